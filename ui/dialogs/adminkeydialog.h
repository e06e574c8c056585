// SPDX-License-Identifier: GPL-3.0-or-later
// The admin key of a connection: entered, kept in the keychain or until the program quits, or forgotten.
#pragma once

#include "models/credentials/credentials.h"

#include <QDialog>

class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace bobbin::ui {

class AdminKeyDialog : public QDialog {
    Q_OBJECT
public:
    // `keychain`: the key may be kept there, as of a saved connection; else only until the program quits.
    AdminKeyDialog(SecretStore &secrets, const Connection &connection, bool keychain, QWidget *parent = nullptr);
    [[nodiscard]] QLineEdit *field() const { return m_key; }
    [[nodiscard]] QPushButton *keepButton() const { return m_keep; }

Q_SIGNALS:
    void failed(const bobbin::Error &error); // the keychain does not keep it: it is there until the program quits

private:
    SecretStore &m_secrets;
    QString m_name;
    QLineEdit *m_key;
    QCheckBox *m_untilQuit;
    QLabel *m_state;
    QPushButton *m_keep;
    void keep();
    void forget();
};

} // namespace bobbin::ui
