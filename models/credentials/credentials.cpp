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
    m_tokens.remove(connectionId);
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
    const QString id = connection.id;
    if (connection.keySource == Connection::KeySource::Command) {
        auto *command = new TokenCommand(connection.command, this);
        connect(command, &TokenCommand::ended, this, [this, id, command](const Result<QByteArray> &token) {
            command->deleteLater();
            settle(id, token);
        });
        command->start();
        return;
    }
    m_secrets.read(id, [this, connection](const Result<QByteArray> &refreshToken) {
        if (!refreshToken) {
            settle(connection.id, fail(refreshToken.error()));
            return;
        }
        if (refreshToken->isEmpty()) {
            settle(connection.id,
                   fail(Error::Kind::Unauthorized,
                        CredentialText::tr("nobody has signed in yet: use Sign in… in the connection's settings")));
            return;
        }
        if (BrowserSignIn *signIn = signInOf(connection))
            signIn->refresh(*refreshToken);
    });
}

void Credentials::signIn(const Connection &connection, KeyAnswer answer)
{
    // A sign-in that is asked for again begins anew: its browser window may be closed.
    if (BrowserSignIn *before = m_signIns.take(connection.id))
        before->deleteLater();
    settle(connection.id, fail(Error::Kind::Cancelled, CredentialText::tr("signing in began anew")));
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
    auto *signIn = new BrowserSignIn(*place, connection.tenant, connection.clientId, this);
    m_signIns.insert(connection.id, signIn);
    connect(signIn, &BrowserSignIn::browserWanted, this, &Credentials::browserWanted);
    connect(signIn, &BrowserSignIn::ended, this, [this, id = connection.id, signIn](const SignedIn &result) {
        if (m_signIns.value(id) != signIn)
            return;
        m_signIns.remove(id);
        signIn->deleteLater();
        if (!result.problem && !result.refreshToken.isEmpty())
            m_secrets.write(id, result.refreshToken, [this, id, result](const Done &kept) {
                if (!kept) // a keychain that keeps nothing must not stop the work of today
                    m_secrets.keepUntilQuit(id, result.refreshToken);
                settle(id, result.token);
            });
        else if (result.problem)
            settle(id, fail(*result.problem));
        else
            settle(id, result.token);
    });
    return signIn;
}

} // namespace bobbin
