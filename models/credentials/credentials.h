// SPDX-License-Identifier: GPL-3.0-or-later
// Where a connection's key comes from: the keychain, a command the person configured, or a sign-in in the browser.
// Tokens are in memory only; the keychain holds pasted keys and refresh tokens. Lives on one thread, never blocks it.
#pragma once

#include "models/providers/provider.h"
#include "models/settings/secretstore.h"

namespace bobbin {

// Answers once, perhaps when its owner has unlocked something.
using KeyAnswer = std::function<void(const Result<QByteArray> &key)>;
// fresh: the server refused the last one.
using KeySource = std::function<void(const Connection &connection, bool fresh, KeyAnswer answer)>;

class BrowserSignIn;

class Credentials : public QObject {
    Q_OBJECT
public:
    explicit Credentials(SecretStore &secrets, QObject *parent = nullptr);
    ~Credentials() override;

    void ask(const Connection &connection, bool fresh, KeyAnswer answer);
    // Opens the browser; ends with a token in memory and its refresh token in the keychain.
    void signIn(const Connection &connection, KeyAnswer answer);
    void forget(const QString &connectionId); // what is in memory
    [[nodiscard]] KeySource source();
    [[nodiscard]] SecretStore &secrets() { return m_secrets; }

Q_SIGNALS:
    void browserWanted(const QUrl &url); // to be opened: this layer cannot

private:
    SecretStore &m_secrets;
    QHash<QString, QByteArray> m_tokens; // by connection
    QHash<QString, std::vector<KeyAnswer>> m_waiting; // one command or sign-in at a time serves all that ask
    QHash<QString, BrowserSignIn *> m_signIns;

    bool join(const Connection &connection, KeyAnswer answer); // true: it is the first
    void settle(const QString &connectionId, const Result<QByteArray> &token);
    BrowserSignIn *signInOf(const Connection &connection);
};

} // namespace bobbin
