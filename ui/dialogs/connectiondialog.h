// SPDX-License-Identifier: GPL-3.0-or-later
// One connection: where, whose protocol, with which key, by which way, and what will work there.
#pragma once

#include "models/api/connectiontest.h"
#include "models/credentials/credentials.h"
#include "models/settings/connections.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QSpinBox;
class QTableWidget;

namespace bobbin::ui {

class Notice;

class ConnectionDialog : public QDialog {
    Q_OBJECT
public:
    ConnectionDialog(Connections &connections, Credentials &credentials, const std::optional<Connection> &existing,
                     QWidget *parent = nullptr);
    ~ConnectionDialog() override;
    [[nodiscard]] const Connection &connection() const { return m_connection; } // after it was accepted

private:
    Connections &m_connections;
    Credentials &m_credentials;
    Connection m_connection;
    bool m_existing;
    bool m_providerChosen; // by hand: the address no longer decides
    std::optional<ConnectionReport> m_report; // of the last test
    QLineEdit *m_name, *m_url, *m_key, *m_command, *m_tenant, *m_clientId, *m_organization, *m_project;
    QLineEdit *m_caFile, *m_certificate, *m_certificateKey, *m_proxy;
    QComboBox *m_provider, *m_keySource, *m_keyForm, *m_proxyKind;
    QSpinBox *m_timeout;
    QPlainTextEdit *m_headers, *m_query;
    QCheckBox *m_untilQuit;
    QFormLayout *m_form; // of server and key
    QLabel *m_retirement;
    QTableWidget *m_features;
    QPushButton *m_signIn, *m_test, *m_save;
    Notice *m_notice;
    bool m_probed = false;
    bool m_signedIn = false; // just now, on trial: kept when it is saved
    Connection::KeySource m_sourceBefore;

    QWidget *serverPage();
    void addKeyRows();
    void keySourceChanged();
    QWidget *networkPage();
    QWidget *extrasPage();
    QWidget *fileRow(QLineEdit *field, const QString &title);
    [[nodiscard]] const Provider *provider() const; // as it is chosen now
    void urlEdited();
    void providerChanged();
    void showFeatures();
    bool read();
    [[nodiscard]] Connection onTrial() const;
    void withKey(const std::function<void(const QByteArray &key)> &use);
    void signIn();
    void test();
    void tested(const Result<ConnectionReport> &report);
    void save();
    void probeKeychain();
    void keepKey();
};

} // namespace bobbin::ui
