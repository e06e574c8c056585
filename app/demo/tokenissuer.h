// SPDX-License-Identifier: GPL-3.0-or-later
// Tokens that run out, and the two pages of an identity provider that hand them out: authorization code with PKCE, and
// refresh. It signs everybody in.
#pragma once

#include "app/demo/httpserver.h"

#include <QDateTime>
#include <QSet>

#include <optional>

namespace bobbin::demo {

class TokenIssuer {
public:
    int seconds = 0; // that a token lives; 0: for ever

    [[nodiscard]] QByteArray issue();
    [[nodiscard]] bool isGood(const QByteArray &token) const;
    void expireAll() { m_tokens.clear(); }
    // /TENANT/oauth2/v2.0/authorize and …/token; nothing: not one of them.
    std::optional<HttpAnswer> answer(const HttpRequest &request);

private:
    struct Code {
        QString challenge, redirect, client;
    };
    QHash<QByteArray, qint64> m_tokens; // each with when it ends, Unix ms; 0: never
    QHash<QString, Code> m_codes;
    QSet<QString> m_refreshTokens; // each may be used once

    HttpAnswer authorize(const QUrlQuery &query);
    HttpAnswer token(const QUrlQuery &form);
};

} // namespace bobbin::demo
