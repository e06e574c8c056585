// SPDX-License-Identifier: GPL-3.0-or-later
// bobbin-cli connections: list, add, edit, remove, test.
#pragma once

#include "app/cli/options.h"
#include "models/credentials/credentials.h"
#include "models/session/workspace.h"
#include "models/settings/connections.h"

namespace bobbin::cli {

class ConnectionCommand : public QObject {
    Q_OBJECT
public:
    ConnectionCommand(const Options &options, Connections &connections, Credentials &credentials,
                      std::function<void(int code)> end);
    void start();

private:
    const Options &m_options;
    Connections &m_connections;
    Credentials &m_credentials;
    std::function<void(int code)> m_end;

    void list();
    void add();
    void edit();
    void remove();
    void test();
    std::optional<Connection> named(); // or a complaint, and the end
    void keepKeys(const QString &id, const std::optional<QByteArray> &key, const std::optional<QByteArray> &adminKey);
    void keep(const Connection &connection, bool isNew);
    void report(const Connection &connection, const Result<ConnectionReport> &report);
    void refuse(const Error &error, int code);
};

} // namespace bobbin::cli
