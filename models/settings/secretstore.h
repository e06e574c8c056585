// SPDX-License-Identifier: GPL-3.0-or-later
// Keys in the OS keychain, through QtKeychain, or in memory until the program quits. Every answer is asynchronous: a
// locked keyring may wait for its owner as long as it likes.
#pragma once

#include "models/core/error.h"

#include <QHash>
#include <QObject>
#include <functional>

namespace bobbin {

class SecretStore : public QObject {
    Q_OBJECT
public:
    explicit SecretStore(QString service, QObject *parent = nullptr);

    using Answer = std::function<void(Done)>;
    using KeyAnswer = std::function<void(Result<QByteArray>)>;

    void read(const QString &connectionId, KeyAnswer answer); // empty: none kept
    void write(const QString &connectionId, const QByteArray &key, Answer answer); // reads back before it says done
    void remove(const QString &connectionId, Answer answer);
    void probe(Answer answer); // can the keychain keep a key? writes, reads and deletes a trial entry

    void keepUntilQuit(const QString &connectionId, const QByteArray &key) { m_memory.insert(connectionId, key); }
    void forget(const QString &connectionId) { m_memory.remove(connectionId); } // what is kept until quit
    [[nodiscard]] QByteArray keptUntilQuit(const QString &connectionId) const { return m_memory.value(connectionId); }
    [[nodiscard]] bool inMemory(const QString &connectionId) const { return m_memory.contains(connectionId); }

private:
    QString m_service;
    QHash<QString, QByteArray> m_memory;
};

} // namespace bobbin
