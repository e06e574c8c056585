// SPDX-License-Identifier: GPL-3.0-or-later
// Of a provider whose requests and answers the gateway understands: an addition to Provider, see passingOf(). Pure.
#pragma once

#include "models/domain/asked.h"
#include "models/domain/content.h"

namespace bobbin {

class Provider;

class Passing {
public:
    virtual ~Passing() = default;
    // `path` below the base URL, without its query. Without a body: what kind it is, and the ids of its path.
    [[nodiscard]] virtual Asked readAsked(const QByteArray &method, const QString &path,
                                          const QByteArray &body) const = 0;
    // The target, of another thread; empty where it is not about what is inside `from`.
    [[nodiscard]] virtual QByteArray inThread(const QByteArray &target, const QString &from,
                                              const QString &to) const = 0;
    // An object of an answer, or of one of its events; nothing where it is none that is kept. Of calls without a
    // thread, usage and model are kept, and no text.
    [[nodiscard]] virtual Result<Told> readTold(const Asked &asked, const QByteArray &json) const = 0;
    // The body of a message, or of what messages come with, without these files to search in; what else they are
    // attached for stays.
    [[nodiscard]] virtual Result<QByteArray> withoutAttached(const QByteArray &body,
                                                             const QStringList &files) const = 0;

protected:
    Passing() = default;
    Passing(const Passing &) = default;
    Passing &operator=(const Passing &) = default;
};

const Passing *passingOf(const Provider &provider); // null: its requests are passed on as they come

} // namespace bobbin
