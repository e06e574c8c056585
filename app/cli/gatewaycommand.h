// SPDX-License-Identifier: GPL-3.0-or-later
// bobbin-cli gateway: stands in the line, and watches besides.
#pragma once

#include "app/cli/guarding.h"
#include "models/gateway/gateway.h"

namespace bobbin::cli {

class GatewayCommand : public GuardingCommand {
    Q_OBJECT
public:
    // `key`: the connection's, empty where there is none; `freshKey` gets another one, where the server refused it.
    GatewayCommand(const Options &options, Session &session, GuardPolicy policy, QByteArray key,
                   std::function<void(KeyAnswer)> freshKey, End end);

protected:
    [[nodiscard]] bool acts() const override;
    void begin() override;
    void beginToEnd() override;
    void finish() override;

private:
    QByteArray m_key;
    std::function<void(KeyAnswer)> m_freshKey;
    QByteArray m_token; // of callers; empty: they send the server's key
    std::unique_ptr<Watch> m_watch;
    std::unique_ptr<Gateway> m_gateway;
    bool m_keyAsked = false;

    void listening(const QString &address);
};

} // namespace bobbin::cli
