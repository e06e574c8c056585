// SPDX-License-Identifier: GPL-3.0-or-later
// Where a connection's key comes from: the keychain, a command the person configured, or a sign-in in the browser.
// Tokens are in memory only; the keychain holds pasted keys and refresh tokens, each under a name of its own, so that
// neither is ever taken for the other. Lives on one thread, never blocks it.
#pragma once

#include "models/providers/provider.h"
#include "models/settings/secretstore.h"

namespace bobbin {

// Answers once, perhaps when its owner has unlocked something.
using KeyAnswer = std::function<void(const Result<QByteArray> &key)>;
// fresh: the server refused the last one.
using KeySource = std::function<void(const Connection &connection, bool fresh, KeyAnswer answer)>;

class BrowserSignIn;
struct SignedIn;

class Credentials : public QObject {
    Q_OBJECT
public:
    explicit Credentials(SecretStore &secrets, QObject *parent = nullptr);
    ~Credentials() override;

    void ask(const Connection &connection, bool fresh, KeyAnswer answer);
    // Opens the browser; what it brings is in memory until it is kept.
    void signIn(const Connection &connection, KeyAnswer answer);
    // What is not saved yet is tried under an id of its own, and leaves no trace under the saved one.
    static QString trialId(const QString &connectionId);
    void keepSignIn(const QString &connectionId); // the one on trial becomes the connection's; none: nothing
    void forgetTrial(const QString &connectionId);
    // Its token, and what is under way; that somebody has signed in stays known.
    void forget(const QString &connectionId);
    void remove(const QString &connectionId, SecretStore::Answer answer); // and what the keychain has
    // The keychain's name of the connection's other key: an administrator's, that may read what was billed.
    static QString adminName(const QString &connectionId);
    [[nodiscard]] KeySource source();
    [[nodiscard]] SecretStore &secrets() { return m_secrets; }

Q_SIGNALS:
    void browserWanted(const QUrl &url); // to be opened: this layer cannot

private:
    SecretStore &m_secrets;
    QHash<QString, QByteArray> m_tokens; // by connection
    QHash<QString, std::vector<KeyAnswer>> m_waiting; // one command or sign-in at a time serves all that ask
    QHash<QString, BrowserSignIn *> m_signIns;
    QHash<QString, int> m_turn; // what answers for an earlier one is dropped

    bool join(const Connection &connection, KeyAnswer answer); // true: it is the first
    void settle(const QString &connectionId, const Result<QByteArray> &token);
    void runCommand(const Connection &connection);
    void refresh(const Connection &connection);
    BrowserSignIn *signInOf(const Connection &connection);
    void signedIn(const QString &connectionId, const SignedIn &result, bool silent);
};

} // namespace bobbin
