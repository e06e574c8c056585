// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/credentials/credentials.h"

#include "models/credentials/browsersignin.h"
#include "models/credentials/tokencommand.h"
#include "models/providers/registry.h"

#include <QCoreApplication>
#include <QTimer>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct CredentialText {
    Q_DECLARE_TR_FUNCTIONS(Credentials)
};

QString refreshName(const QString &connectionId)
{
    return connectionId + u"/refresh-token"_s;
}

} // namespace

Credentials::Credentials(SecretStore &secrets, QObject *parent) : QObject(parent), m_secrets(secrets)
{
}

Credentials::~Credentials() = default;

KeySource Credentials::source()
{
    return [this](const Connection &connection, bool fresh, KeyAnswer answer) {
        ask(connection, fresh, std::move(answer));
    };
}

void Credentials::forget(const QString &connectionId)
{
    ++m_turn[connectionId];
    m_tokens.remove(connectionId);
    if (BrowserSignIn *before = m_signIns.take(connectionId))
        before->deleteLater();
    settle(connectionId, fail(Error::Kind::Cancelled, CredentialText::tr("the connection was changed meanwhile")));
}

void Credentials::remove(const QString &connectionId, SecretStore::Answer answer)
{
    forget(connectionId);
    forgetTrial(connectionId);
    const auto rest = [this, connectionId, answer](const Done &done) {
        if (done)
            m_secrets.remove(connectionId, answer);
        else
            answer(done);
    };
    m_secrets.remove(refreshName(connectionId), [this, connectionId, answer, rest](const Done &done) {
        if (done)
            m_secrets.remove(adminName(connectionId), rest);
        else
            answer(done);
    });
}

QString Credentials::adminName(const QString &connectionId)
{
    return connectionId + u"/admin-key"_s;
}

QString Credentials::trialId(const QString &connectionId)
{
    return connectionId + u"/trial"_s;
}

void Credentials::forgetTrial(const QString &connectionId)
{
    forget(trialId(connectionId));
    m_secrets.forget(refreshName(trialId(connectionId)));
}

void Credentials::keepSignIn(const QString &connectionId)
{
    const QByteArray token = m_tokens.value(trialId(connectionId));
    const QByteArray refreshToken = m_secrets.keptUntilQuit(refreshName(trialId(connectionId)));
    forgetTrial(connectionId);
    if (token.isEmpty())
        return;
    forget(connectionId);
    m_tokens.insert(connectionId, token);
    if (refreshToken.isEmpty()) // it lasts as long as the token
        return;
    m_secrets.write(refreshName(connectionId), refreshToken, [this, connectionId, refreshToken](const Done &kept) {
        if (!kept) // a keychain that keeps nothing must not stop the work of today
            m_secrets.keepUntilQuit(refreshName(connectionId), refreshToken);
    });
}

bool Credentials::join(const Connection &connection, KeyAnswer answer)
{
    std::vector<KeyAnswer> &waiting = m_waiting[connection.id];
    waiting.push_back(std::move(answer));
    return waiting.size() == 1;
}

void Credentials::settle(const QString &connectionId, const Result<QByteArray> &token)
{
    if (token)
        m_tokens.insert(connectionId, *token);
    for (const KeyAnswer &answer : m_waiting.take(connectionId))
        answer(token);
}

void Credentials::ask(const Connection &connection, bool fresh, KeyAnswer answer)
{
    if (connection.keySource == Connection::KeySource::Pasted) {
        m_secrets.read(connection.id, std::move(answer));
        return;
    }
    if (fresh)
        m_tokens.remove(connection.id);
    else if (const auto known = m_tokens.constFind(connection.id); known != m_tokens.cend()) {
        QTimer::singleShot(0, this, [answer, token = *known] { answer(token); });
        return;
    }
    if (!join(connection, std::move(answer)))
        return;
    if (connection.keySource == Connection::KeySource::Command)
        runCommand(connection);
    else
        refresh(connection);
}

void Credentials::runCommand(const Connection &connection)
{
    auto *command = new TokenCommand(connection.command, this);
    const auto take = [this, id = connection.id, turn = m_turn.value(connection.id),
                       command](const Result<QByteArray> &token) {
        command->deleteLater();
        if (turn == m_turn.value(id))
            settle(id, token);
    };
    connect(command, &TokenCommand::ended, this, take);
    command->start();
}

void Credentials::refresh(const Connection &connection)
{
    const auto take = [this, connection, turn = m_turn.value(connection.id)](const Result<QByteArray> &refreshToken) {
        if (turn != m_turn.value(connection.id))
            return;
        if (!refreshToken) {
            settle(connection.id, fail(refreshToken.error()));
        } else if (refreshToken->isEmpty()) {
            settle(connection.id,
                   fail(Error::Kind::Unauthorized,
                        CredentialText::tr("nobody has signed in yet: use Sign in… in the connection's settings")));
        } else if (BrowserSignIn *signIn = signInOf(connection)) {
            signIn->refresh(*refreshToken);
        }
    };
    m_secrets.read(refreshName(connection.id), take);
}

// One that is asked for again begins anew: its browser window may be closed.
void Credentials::signIn(const Connection &connection, KeyAnswer answer)
{
    forget(connection.id);
    join(connection, std::move(answer));
    if (BrowserSignIn *signIn = signInOf(connection))
        signIn->begin();
}

BrowserSignIn *Credentials::signInOf(const Connection &connection)
{
    const Result<const Provider *> provider = providerById(connection.provider);
    const std::optional<SignInPlace> place = provider ? (*provider)->signInPlace() : std::nullopt;
    if (!place) {
        settle(connection.id,
               fail(Error::Kind::NotSupported,
                    CredentialText::tr("This provider knows no sign-in; paste a key or configure a command.")));
        return nullptr;
    }
    auto *signIn = new BrowserSignIn(*place, connection, this);
    m_signIns.insert(connection.id, signIn);
    connect(signIn, &BrowserSignIn::browserWanted, this, &Credentials::browserWanted);
    connect(signIn, &BrowserSignIn::ended, this, [this, id = connection.id, signIn](const SignedIn &result) {
        if (m_signIns.value(id) != signIn)
            return;
        m_signIns.remove(id);
        signIn->deleteLater();
        signedIn(id, result, signIn->silent());
    });
    return signIn;
}

void Credentials::signedIn(const QString &connectionId, const SignedIn &result, bool silent)
{
    if (result.problem) {
        settle(connectionId, fail(*result.problem));
        return;
    }
    const QString name = refreshName(connectionId);
    const bool onlyInMemory = m_secrets.inMemory(name);
    if (!result.refreshToken.isEmpty()) {
        m_secrets.keepUntilQuit(name, result.refreshToken);
        // Identity providers hand out another one at each refresh. A new sign-in waits for keepSignIn().
        if (silent && !onlyInMemory)
            m_secrets.write(name, result.refreshToken, [](const Done &) {}); // where that fails it stays in memory
    }
    settle(connectionId, result.token);
}

} // namespace bobbin
