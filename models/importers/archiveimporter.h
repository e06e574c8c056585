// SPDX-License-Identifier: GPL-3.0-or-later
// Bobbin's own archives.
#pragma once

#include "models/importers/importer.h"

namespace bobbin {

class ArchiveImporter : public Importer {
public:
    [[nodiscard]] QString name() const override;
    [[nodiscard]] bool recognises(const QByteArray &head) const override;
    [[nodiscard]] Result<const Provider *> provider(const QString &path) const override;
    [[nodiscard]] Result<ContentCount> read(const QString &path, const Provider &provider,
                                            const std::function<Done(const Imported &)> &each) const override;
};

} // namespace bobbin
