// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/settings/ownprices.h"

#include "models/core/privatefiles.h"
#include "models/settings/connections.h"

#include <QDir>
#include <QFileInfo>
#include <QSaveFile>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

QString ownPricesFile()
{
    return QFileInfo(Connections::defaultFile()).dir().filePath(u"prices.json"_s);
}

Result<PriceTable> loadPrices(const QString &ownFile)
{
    PriceTable table = PriceTable::shipped();
    QFile file(ownFile);
    if (!file.exists())
        return table;
    if (!file.open(QIODevice::ReadOnly))
        return fail(Error::Kind::Storage, file.errorString(), ownFile);
    const Result<PriceTable> own = PriceTable::fromJson(file.readAll(), ownFile);
    if (!own)
        return fail(own.error());
    table.apply(*own);
    return table;
}

Done saveOwnPrices(const PriceTable &table, const QString &ownFile)
{
    if (const Done made = makePrivateFolder(QFileInfo(ownFile).path()); !made)
        return made;
    if (const Done made = makePrivateFile(ownFile); !made) // a file that is saved keeps the permissions it had
        return made;
    QSaveFile file(ownFile);
    const QByteArray json = table.overridesToJson();
    if (!file.open(QIODevice::WriteOnly) || file.write(json) != json.size() || !file.commit())
        return fail(Error::Kind::Storage, file.errorString(), ownFile);
    return {};
}

} // namespace bobbin
