// SPDX-License-Identifier: GPL-3.0-or-later
// The saved connections, without their keys. One INI file a person may read; ids never change.
#pragma once

#include "models/providers/provider.h"

namespace bobbin {

QString keySourceWord(Connection::KeySource source); // "pasted", "command", "sign-in"

class Connections {
public:
    explicit Connections(QString file);
    static QString defaultFile();
    static QString storeFile(const Connection &connection); // where its store lives

    [[nodiscard]] std::vector<Connection> all() const;
    [[nodiscard]] std::optional<Connection> byName(const QString &name) const; // name or id
    [[nodiscard]] Done save(Connection connection); // new or changed, by id
    [[nodiscard]] Done remove(const QString &id);
    static QString newId();
    // What must hold before it is saved or used: the place names the field.
    static Done check(const Connection &connection);

private:
    QString m_file;
};

} // namespace bobbin
