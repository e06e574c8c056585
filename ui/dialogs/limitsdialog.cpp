// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/limitsdialog.h"

#include "models/settings/settings.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>

namespace bobbin::ui {

namespace {

QSpinBox *boxOf(const Setting &setting, const QString &suffix)
{
    auto *box = new QSpinBox;
    box->setRange(int(setting.least), int(setting.most));
    box->setGroupSeparatorShown(true);
    box->setSuffix(suffix);
    return box;
}

} // namespace

LimitsDialog::LimitsDialog(const Limits &limits, QWidget *parent)
    : QDialog(parent), m_ceiling(boxOf(setting::contextCeiling, tr(" tokens"))),
      m_failed(boxOf(setting::failedInARow, tr(" runs"))), m_calls(boxOf(setting::toolCalls, tr(" calls")))
{
    setWindowTitle(tr("Limits"));
    auto *about = new QLabel(tr("From here on something stands out: in the chart, in the findings of a thread, and for "
                                "“Rotate all above the ceiling”."));
    about->setWordWrap(true);
    m_ceiling->setSingleStep(5'000);
    auto *form = new QFormLayout;
    const auto row = [form](const QString &label, QWidget *field) {
        field->setAccessibleName(label);
        form->addRow(label, field);
    };
    row(tr("Context ceiling, prompt tokens of a run"), m_ceiling);
    row(tr("Failed runs in a row without a new message"), m_failed);
    row(tr("Tool calls in one run"), m_calls);
    auto *buttons =
        new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel | QDialogButtonBox::RestoreDefaults);
    buttons->button(QDialogButtonBox::RestoreDefaults)->setText(tr("As usual"));
    auto *column = new QVBoxLayout(this);
    column->addWidget(about);
    column->addLayout(form);
    column->addWidget(buttons);
    fill(limits);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons->button(QDialogButtonBox::RestoreDefaults), &QPushButton::clicked, this, [this] { fill({}); });
}

void LimitsDialog::fill(const Limits &limits)
{
    m_ceiling->setValue(int(limits.contextCeiling));
    m_failed->setValue(limits.failedInARow);
    m_calls->setValue(limits.toolCalls);
}

Limits LimitsDialog::limits() const
{
    return {m_ceiling->value(), m_failed->value(), m_calls->value()};
}

} // namespace bobbin::ui
