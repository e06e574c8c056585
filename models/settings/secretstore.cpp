// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/settings/secretstore.h"

#include <QTimer>
#include <qt6keychain/keychain.h>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

Error keychainError(const QKeychain::Job &job)
{
    return fail(Error::Kind::Secrets, job.errorString(), u"keychain"_s).value();
}

} // namespace

SecretStore::SecretStore(QString service, QObject *parent) : QObject(parent), m_service(std::move(service))
{
}

void SecretStore::read(const QString &connectionId, KeyAnswer answer)
{
    if (m_memory.contains(connectionId)) {
        QTimer::singleShot(0, this, [answer, key = m_memory.value(connectionId)] { answer(key); });
        return;
    }
    auto *job = new QKeychain::ReadPasswordJob(m_service, this);
    job->setKey(connectionId);
    connect(job, &QKeychain::Job::finished, this, [job, answer] {
        if (job->error() == QKeychain::EntryNotFound)
            answer(QByteArray());
        else if (job->error() != QKeychain::NoError)
            answer(fail(keychainError(*job)));
        else
            answer(job->binaryData());
    });
    job->start();
}

void SecretStore::write(const QString &connectionId, const QByteArray &key, Answer answer)
{
    auto *job = new QKeychain::WritePasswordJob(m_service, this);
    job->setKey(connectionId);
    job->setBinaryData(key);
    connect(job, &QKeychain::Job::finished, this, [this, job, connectionId, key, answer] {
        if (job->error() != QKeychain::NoError) {
            answer(fail(keychainError(*job)));
            return;
        }
        m_memory.remove(connectionId);
        // A locked keyring may say yes and keep nothing.
        read(connectionId, [answer, key](const Result<QByteArray> &kept) {
            if (!kept)
                answer(fail(kept.error()));
            else if (*kept != key)
                answer(
                    fail(Error::Kind::Secrets, u"the keychain did not keep the key: is it locked?"_s, u"keychain"_s));
            else
                answer({});
        });
    });
    job->start();
}

void SecretStore::remove(const QString &connectionId, Answer answer)
{
    m_memory.remove(connectionId);
    auto *job = new QKeychain::DeletePasswordJob(m_service, this);
    job->setKey(connectionId);
    connect(job, &QKeychain::Job::finished, this, [job, answer] {
        if (job->error() != QKeychain::NoError && job->error() != QKeychain::EntryNotFound)
            answer(fail(keychainError(*job)));
        else
            answer({});
    });
    job->start();
}

void SecretStore::probe(Answer answer)
{
    const QString trial = u"bobbin-trial"_s;
    write(trial, "trial", [this, trial, answer](const Done &written) {
        if (!written) {
            answer(written);
            return;
        }
        remove(trial, answer);
    });
}

} // namespace bobbin
