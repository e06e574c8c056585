// SPDX-License-Identifier: GPL-3.0-or-later
// One connection: where, with which key, and whether it answers.
#pragma once

#include "models/settings/connections.h"
#include "models/settings/secretstore.h"

#include <QDialog>

class QCheckBox;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;

namespace bobbin::ui {

class Notice;

class ConnectionDialog : public QDialog {
    Q_OBJECT
public:
    ConnectionDialog(Connections &connections, SecretStore &secrets, const std::optional<Connection> &existing,
                     QWidget *parent = nullptr);
    [[nodiscard]] const Connection &connection() const { return m_connection; } // after it was accepted

private:
    Connections &m_connections;
    SecretStore &m_secrets;
    Connection m_connection;
    bool m_existing;
    QLineEdit *m_name, *m_url, *m_key, *m_organization, *m_project;
    QPlainTextEdit *m_headers, *m_query;
    QCheckBox *m_untilQuit;
    QPushButton *m_test, *m_save;
    Notice *m_notice;

    bool read();
    void test();
    void save();
    bool m_probed = false;
    void probeKeychain();
    void keepKey();
};

} // namespace bobbin::ui
