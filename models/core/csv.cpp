// SPDX-License-Identifier: GPL-3.0-or-later
// Ours, because the one library in Debian (libcsv) has had no release since 2013 and is in no package manager of
// Windows.
#include "models/core/csv.h"

#include <QCoreApplication>

#include <algorithm>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct CsvText {
    Q_DECLARE_TR_FUNCTIONS(Csv)
};

// The one that the first line has most of, outside quotes.
QChar separatorOf(const QString &text)
{
    qsizetype commas = 0, semicolons = 0, tabs = 0;
    bool quoted = false;
    for (const QChar c : text) {
        if (c == u'"')
            quoted = !quoted;
        if (quoted)
            continue;
        if (c == u'\n' || c == u'\r')
            break;
        commas += c == u',' ? 1 : 0;
        semicolons += c == u';' ? 1 : 0;
        tabs += c == u'\t' ? 1 : 0;
    }
    if (tabs > std::max(commas, semicolons))
        return u'\t';
    return semicolons > commas ? u';' : u',';
}

} // namespace

qsizetype CsvTable::column(QStringView name) const
{
    for (qsizetype i = 0; i < head.size(); ++i)
        if (head[i].compare(name, Qt::CaseInsensitive) == 0)
            return i;
    return -1;
}

Result<CsvTable> readCsv(const QByteArray &bytes)
{
    QString text = QString::fromUtf8(bytes);
    if (text.startsWith(QChar::ByteOrderMark))
        text.remove(0, 1);
    const QChar separator = separatorOf(text);
    CsvTable table;
    qint64 line = 1;
    qsizetype at = 0;
    const auto refuse = [](const QString &why, qint64 where) {
        return fail(Error::Kind::Decode, why, CsvText::tr("line %1").arg(where));
    };
    while (at < text.size()) {
        CsvTable::Row row;
        row.line = line;
        bool ended = false;
        while (!ended) {
            QString field;
            if (at < text.size() && text[at] == u'"') {
                for (++at;; ++at) {
                    if (at >= text.size())
                        return refuse(CsvText::tr("a quotation mark is not closed"), row.line);
                    if (text[at] == u'"' && (at + 1 >= text.size() || text[at + 1] != u'"'))
                        break;
                    if (text[at] == u'"')
                        ++at;
                    line += text[at] == u'\n' ? 1 : 0;
                    field += text[at];
                }
                ++at;
            }
            while (at < text.size() && text[at] != separator && text[at] != u'\n' && text[at] != u'\r')
                field += text[at++];
            row.fields << field;
            ended = at >= text.size() || text[at] != separator;
            at += at < text.size() && text[at] == u'\r' && at + 1 < text.size() && text[at + 1] == u'\n' ? 2 : 1;
        }
        ++line;
        if (row.fields.size() == 1 && row.fields.front().trimmed().isEmpty())
            continue;
        if (table.head.isEmpty()) {
            std::ranges::transform(row.fields, std::back_inserter(table.head),
                                   [](const QString &name) { return name.trimmed(); });
            continue;
        }
        if (row.fields.size() > table.head.size())
            return refuse(
                CsvText::tr("%1 fields, where the first line names %2").arg(row.fields.size()).arg(table.head.size()),
                row.line);
        while (row.fields.size() < table.head.size())
            row.fields << QString();
        table.rows.push_back(std::move(row));
    }
    if (table.head.isEmpty())
        return refuse(CsvText::tr("there is nothing in it"), 1);
    return table;
}

} // namespace bobbin
