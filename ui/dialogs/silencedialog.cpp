// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/silencedialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace bobbin::ui {

SilenceDialog::SilenceDialog(qint64 findings, QWidget *parent)
    : QDialog(parent), m_reason(new QLineEdit), m_duration(new QComboBox)
{
    setWindowTitle(tr("Dismiss %n finding(s)", nullptr, int(findings)));
    auto *about = new QLabel(tr("It comes back when it gets worse: more serious, or a quarter dearer."));
    about->setWordWrap(true);
    m_duration->addItem(tr("for good"), 0);
    m_duration->addItem(tr("for 7 days"), 7);
    m_duration->addItem(tr("for 30 days"), 30);
    m_reason->setPlaceholderText(tr("for whoever asks later"));
    auto *form = new QFormLayout;
    const auto row = [form](const QString &label, QWidget *field) {
        field->setAccessibleName(label);
        form->addRow(label, field);
    };
    row(tr("Reason"), m_reason);
    row(tr("How long"), m_duration);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    QPushButton *dismiss = buttons->button(QDialogButtonBox::Ok);
    dismiss->setText(tr("Dismiss"));
    dismiss->setEnabled(false);
    connect(m_reason, &QLineEdit::textChanged, this,
            [dismiss](const QString &text) { dismiss->setEnabled(!text.trimmed().isEmpty()); });
    auto *column = new QVBoxLayout(this);
    column->addWidget(about);
    column->addLayout(form);
    column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
}

QString SilenceDialog::reason() const
{
    return m_reason->text().trimmed();
}

OptTime SilenceDialog::until(qint64 now) const
{
    constexpr qint64 day = 86'400'000;
    const qint64 days = m_duration->currentData().toLongLong();
    return days > 0 ? OptTime(now + days * day) : OptTime();
}

} // namespace bobbin::ui
