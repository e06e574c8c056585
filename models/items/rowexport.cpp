// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/rowexport.h"

#include <QSaveFile>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

// A sum never goes without what it leaves out.
std::vector<int> withUnknown(const RowTableModelBase &model, std::vector<int> columns)
{
    const int unknown = model.columnOf("unknownRuns");
    const auto cost = std::ranges::find(columns, model.columnOf("cost"));
    if (unknown >= 0 && cost != columns.end() && std::ranges::find(columns, unknown) == columns.end())
        columns.insert(cost + 1, unknown);
    return columns;
}

} // namespace

QFuture<Result<qint64>> exportRows(const RowTableModelBase &model, const QString &path, ExportFormat format,
                                   const std::vector<int> &shown, std::shared_ptr<ExportJob> job)
{
    const std::vector<int> columns = withUnknown(model, shown);
    QStringList names;
    for (const int c : columns)
        names << exportKey(model.column(c));
    return model.store()->read(
        [cells = model.cells(model.list().keys, columns, RowTableModelBase::CellForm::Raw), path, format, names,
         job = std::move(job)](Reader &reader) -> Result<qint64> {
            QSaveFile file(path);
            if (!file.open(QIODevice::WriteOnly))
                return fail(Error::Kind::Storage, file.errorString(), path);
            RowWriter writer(file, format, names, true);
            const Done read = cells(reader, [&](const QVariantList &values) {
                writer.add(values);
                ++job->done;
                return !job->stop;
            });
            if (!read)
                return fail(read.error());
            if (Done done = writer.finish(); !done)
                return fail(done.error());
            if (!file.commit())
                return fail(Error::Kind::Storage, file.errorString(), path);
            return job->done;
        },
        Store::Lane::Scan);
}

QFuture<Result<QString>> rowsAsText(const RowTableModelBase &model, std::vector<RowKey> keys,
                                    const std::vector<int> &columns, bool withHeader)
{
    QStringList header;
    for (const int c : columns)
        header << model.columnTitle(c);
    return model.store()->read(
        [cells = model.cells(std::move(keys), columns, RowTableModelBase::CellForm::Shown), header,
         withHeader](Reader &reader) -> Result<QString> {
            QStringList lines;
            if (withHeader)
                lines << header.join(u'\t');
            const Done read = cells(reader, [&](const QVariantList &values) {
                QStringList line;
                for (const QVariant &value : values)
                    line << value.toString();
                lines << line.join(u'\t');
                return true;
            });
            if (!read)
                return fail(read.error());
            return lines.join(u'\n');
        },
        Store::Lane::Scan);
}

} // namespace bobbin
