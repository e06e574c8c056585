// SPDX-License-Identifier: GPL-3.0-or-later
// From a file that somebody kept to objects: Bobbin's own archives, and what other programs export. No server.
#pragma once

#include "models/domain/contentcount.h"
#include "models/providers/provider.h"

#include <functional>
#include <memory>

namespace bobbin {

// A part of a file.
struct Imported {
    std::shared_ptr<const Objects> objects;
    QStringList whole; // threads of which this is everything
    OptTime asOf; // when it was written
};

class Importer {
public:
    virtual ~Importer() = default;
    [[nodiscard]] virtual QString name() const = 0; // of such files, for a person
    // By the first bytes of a file.
    [[nodiscard]] virtual bool recognises(const QByteArray &head) const = 0;
    // In whose dialect its objects are kept.
    [[nodiscard]] virtual Result<const Provider *> provider(const QString &path) const = 0;
    // Part by part; stops with the place of the first one that cannot be read, or where `each` does. All objects are
    // of `provider`.
    [[nodiscard]] virtual Result<ContentCount> read(const QString &path, const Provider &provider,
                                                    const std::function<Done(const Imported &)> &each) const = 0;
};

} // namespace bobbin
