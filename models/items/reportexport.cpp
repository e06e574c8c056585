// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/reportexport.h"

#include "models/items/export.h"

#include <QBuffer>
#include <QSaveFile>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

QByteArray reportCsv(const Report &report)
{
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    RowWriter writer(buffer, ExportFormat::Csv,
                     {u"week"_s, u"assistant"_s, u"runs"_s, u"promptTokens"_s, u"cachedTokens"_s, u"completionTokens"_s,
                      u"costUsd"_s, u"unknownRuns"_s},
                     true);
    for (std::size_t c = 0; c < report.weeks.columns.size(); ++c)
        for (std::size_t g = 0; g < report.weeks.groups.size(); ++g) {
            const Amount &cell = report.weeks.groups[g].columns[c];
            if (cell.runs() == 0)
                continue;
            const bool known = cell.cost.pricedRuns > 0;
            writer.add({report.weeks.columns[c].from.toString(Qt::ISODate), report.assistants[g], cell.runs(),
                        cell.prompt, cell.cached, cell.completion,
                        known ? QVariant(cell.cost.known.dollars()) : QVariant(), cell.cost.unknownRuns});
        }
    std::ignore = writer.finish(); // memory takes all
    return buffer.data();
}

} // namespace

QByteArray reportBytes(const Report &report, ReportForm form)
{
    switch (form) {
    case ReportForm::Json:
        return reportJson(report);
    case ReportForm::Csv:
        return reportCsv(report);
    case ReportForm::Html:
        break;
    }
    return reportHtml(report);
}

ReportForm reportFormOf(const QString &path)
{
    if (path.endsWith(".json"_L1, Qt::CaseInsensitive))
        return ReportForm::Json;
    return path.endsWith(".csv"_L1, Qt::CaseInsensitive) ? ReportForm::Csv : ReportForm::Html;
}

Done writeReport(const Report &report, const QString &path)
{
    QSaveFile file(path);
    const QByteArray bytes = reportBytes(report, reportFormOf(path));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        return fail(Error::Kind::Storage, file.errorString(), path);
    return {};
}

} // namespace bobbin
