// SPDX-License-Identifier: GPL-3.0-or-later
// A sign-in in the system's browser: authorization code with PKCE, answered on loopback; then refreshed without it.
#pragma once

#include "models/providers/provider.h"

#include <QObject>
#include <QTimer>

class QOAuth2AuthorizationCodeFlow;

namespace bobbin {

struct SignedIn {
    QByteArray token, refreshToken;
    std::optional<Error> problem; // Network and Timeout may pass; Unauthorized is the identity provider's own word
};

class BrowserSignIn : public QObject {
    Q_OBJECT
public:
    BrowserSignIn(const SignInPlace &place, const Connection &connection, QObject *parent = nullptr);
    ~BrowserSignIn() override;

    void begin(std::chrono::milliseconds patience = std::chrono::minutes(5));
    void refresh(const QByteArray &refreshToken, std::chrono::milliseconds patience = std::chrono::seconds(60));

    [[nodiscard]] bool silent() const { return m_silent; } // without the browser: a refresh

Q_SIGNALS:
    void browserWanted(const QUrl &url);
    void ended(const bobbin::SignedIn &result); // once

private:
    QOAuth2AuthorizationCodeFlow *m_flow;
    QTimer m_patience;
    QByteArray m_verifier, m_redirect;
    bool m_silent = false;
    bool m_ended = false;

    void end(SignedIn result);
    void refuse(Error::Kind kind, const QString &why);
};

} // namespace bobbin
