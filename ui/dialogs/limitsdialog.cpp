// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/limitsdialog.h"

#include "models/core/format.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace bobbin::ui {

LimitsDialog::LimitsDialog(QSettings &file, const Connection &connection, const std::vector<NamedCost> &assistants,
                           QWidget *parent)
    : QDialog(parent), m_file(file), m_connection(connection.id), m_scope(new QComboBox)
{
    setWindowTitle(tr("Limits"));
    auto *about = new QLabel(tr("From here on something stands out. What is not set for an assistant is as for its "
                                "connection, and that as everywhere. The chart and “Rotate all above the ceiling” "
                                "go by the connection's."));
    about->setWordWrap(true);
    m_scope->addItem(tr("everywhere"));
    if (!m_connection.isEmpty()) {
        m_scope->addItem(tr("connection %1").arg(format::visible(connection.name)));
        for (const NamedCost &assistant : assistants)
            m_scope->addItem(tr("assistant %1").arg(format::visible(assistant.name)), assistant.id);
    }
    m_scope->setAccessibleName(tr("For"));
    auto *form = new QFormLayout;
    form->addRow(tr("For"), m_scope);
    struct Field {
        qint64 Limits::*member;
        QString label, suffix;
    };
    const Field fields[] = {
        {&Limits::contextCeiling, tr("Context ceiling, tokens that one call reads"), tr(" tokens")},
        {&Limits::failedInARow, tr("Failed runs in a row without a new message"), tr(" runs")},
        {&Limits::toolSteps, tr("Steps of tool calls in one run"), tr(" steps")},
        {&Limits::windowPercent, tr("Share of the model's window from which older messages drop out"), tr(" %")},
        {&Limits::attachedAgain, tr("Messages that the same file is attached to"), tr(" messages")},
        {&Limits::stuckMinutes, tr("How long a run may be active"), tr(" minutes")},
        {&Limits::staleDays, tr("Days after which nobody uses a store any more"), tr(" days")},
        {&Limits::retireDays, tr("How long before a model is switched off"), tr(" days")},
        {&Limits::storedTokenRate,
         tr("Price of 1,000,000 tokens of threads a day, in thousandths of a dollar (0: not billed)"),
         {}},
    };
    for (const Field &field : fields) {
        const Setting &setting = settingOf(field.member);
        auto *box = new QSpinBox;
        box->setRange(int(setting.least), int(setting.most));
        box->setGroupSeparatorShown(true);
        box->setSuffix(field.suffix);
        box->setAccessibleName(field.label);
        form->addRow(field.label, box);
        m_fields.emplace_back(field.member, box);
    }
    this->field(&Limits::contextCeiling)->setSingleStep(5'000);
    auto *buttons =
        new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel | QDialogButtonBox::RestoreDefaults);
    buttons->button(QDialogButtonBox::RestoreDefaults)->setText(tr("As usual"));
    auto *column = new QVBoxLayout(this);
    column->addWidget(about);
    column->addLayout(form);
    column->addWidget(buttons);
    connect(m_scope, &QComboBox::currentIndexChanged, this, &LimitsDialog::showScope);
    connect(buttons, &QDialogButtonBox::accepted, this, &LimitsDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons->button(QDialogButtonBox::RestoreDefaults), &QPushButton::clicked, this, [this] {
        const LimitSet set = limitsOf(m_file, assistantOf(m_current).isEmpty() ? QString() : m_connection);
        fill(m_current == 0 ? Limits() : set.usual);
    });
    showScope(0);
}

QSpinBox *LimitsDialog::field(qint64 Limits::*member) const
{
    return std::ranges::find(m_fields, member, [](const auto &field) { return field.first; })->second;
}

QString LimitsDialog::assistantOf(int scope) const
{
    return m_scope->itemData(scope).toString();
}

QString LimitsDialog::connectionOf(int scope) const
{
    return scope == 0 ? QString() : m_connection;
}

void LimitsDialog::showScope(int scope)
{
    keep();
    m_current = scope;
    m_shown = limitsOf(m_file, connectionOf(scope)).of(assistantOf(scope));
    Limits limits = m_shown;
    if (const auto changed = m_changed.find(scope); changed != m_changed.end())
        for (const auto &[box, member] : changed->second)
            limits.*member = m_values[scope].*member;
    fill(limits);
}

void LimitsDialog::fill(const Limits &limits)
{
    for (const auto &[member, box] : m_fields)
        box->setValue(int(limits.*member));
}

// What was only looked at goes on following the wider ones.
void LimitsDialog::keep()
{
    for (const auto &[member, box] : m_fields)
        if (m_current >= 0 && box->value() != m_shown.*member)
            m_changed[m_current].insert_or_assign(box, member);
    if (m_current >= 0)
        m_values[m_current] = limits();
}

Limits LimitsDialog::limits() const
{
    Limits limits;
    for (const auto &[member, box] : m_fields)
        limits.*member = box->value();
    return limits;
}

// The wider ones first: what is as it would be otherwise is not written.
void LimitsDialog::accept()
{
    keep();
    for (const auto &[scope, changed] : m_changed) {
        Limits limits = limitsOf(m_file, connectionOf(scope)).of(assistantOf(scope)); // as the wider ones are by now
        for (const auto &[box, member] : changed)
            limits.*member = m_values[scope].*member;
        setLimits(m_file, connectionOf(scope), assistantOf(scope), limits);
    }
    QDialog::accept();
}

} // namespace bobbin::ui
