// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/adminkeydialog.h"

#include "models/core/errortext.h"
#include "models/core/format.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QVBoxLayout>

namespace bobbin::ui {

AdminKeyDialog::AdminKeyDialog(SecretStore &secrets, const Connection &connection, bool keychain, QWidget *parent)
    : QDialog(parent), m_secrets(secrets), m_name(Credentials::adminName(connection.id)), m_key(new QLineEdit),
      m_untilQuit(new QCheckBox(tr("Only until Bobbin quits"))), m_state(new QLabel)
{
    setWindowTitle(tr("Admin key"));
    auto *about = new QLabel(tr("What was counted and billed is told to an organization's administrators only, by a "
                                "key of its own (OpenAI: Settings → Admin keys, usage read). It is sent to %1 for "
                                "these figures and for nothing else.")
                                 .arg(format::visible(connection.baseUrl)));
    about->setWordWrap(true);
    m_key->setEchoMode(QLineEdit::Password);
    m_key->setAccessibleName(tr("Admin key"));
    m_untilQuit->setChecked(!keychain);
    m_untilQuit->setEnabled(keychain);
    m_state->setWordWrap(true);
    m_state->hide();
    auto *form = new QFormLayout;
    form->addRow(tr("Admin key"), m_key);
    form->addRow(QString(), m_untilQuit);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    m_keep = buttons->addButton(tr("Keep"), QDialogButtonBox::AcceptRole);
    m_keep->setEnabled(false);
    auto *forgetButton = buttons->addButton(tr("Forget the one that is kept"), QDialogButtonBox::ResetRole);
    forgetButton->setAutoDefault(false);
    auto *column = new QVBoxLayout(this);
    column->addWidget(about);
    column->addLayout(form);
    column->addWidget(m_state);
    column->addWidget(buttons);
    m_keep->setDefault(true); // not before it is in the dialog, which else chooses another
    connect(m_key, &QLineEdit::textChanged, this,
            [this](const QString &text) { m_keep->setEnabled(!text.trimmed().isEmpty()); });
    connect(m_keep, &QPushButton::clicked, this, &AdminKeyDialog::keep);
    connect(forgetButton, &QPushButton::clicked, this, &AdminKeyDialog::forget);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
}

// A keychain that keeps nothing must not stop the work of today.
void AdminKeyDialog::keep()
{
    const QByteArray key = m_key->text().trimmed().toUtf8();
    if (m_untilQuit->isChecked()) {
        m_secrets.keepUntilQuit(m_name, key);
        accept();
        return;
    }
    m_keep->setEnabled(false);
    m_secrets.write(m_name, key, [this, self = QPointer(this), key](const Done &kept) {
        if (!self)
            return;
        if (!kept) {
            m_secrets.keepUntilQuit(m_name, key);
            Q_EMIT failed(kept.error());
        }
        accept();
    });
}

void AdminKeyDialog::forget()
{
    m_secrets.remove(m_name, [this, self = QPointer(this)](const Done &gone) {
        if (!self)
            return;
        m_state->setText(gone ? tr("It is forgotten.") : errorText(gone.error()).line());
        m_state->show();
    });
}

} // namespace bobbin::ui
