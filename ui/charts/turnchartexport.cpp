// SPDX-License-Identifier: GPL-3.0-or-later
// A turn chart in words and in files.
#include "ui/charts/turnchart.h"

#include "models/core/format.h"
#include "models/items/export.h"
#include "ui/charts/chartexport.h"

#include <QSaveFile>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

QString TurnChart::describe(std::size_t at) const
{
    const TurnPoint &p = points()[at];
    QStringList lines;
    lines << p.runId + u" · "_s + tr("turn %1").arg(format::count(p.turn)) + u" · "_s + p.statusWord;
    if (p.usage)
        lines << tr("prompt %1 (cached %2) · completion %3")
                     .arg(format::count(p.usage->prompt), format::count(p.usage->cached),
                          format::count(p.usage->completion));
    else
        lines << tr("usage unknown");
    if (const std::vector<qint64> calls = callsOf(p.usage, p.calls); calls.size() > 1) {
        QStringList each;
        for (std::size_t i = 0; i < std::min<std::size_t>(calls.size(), 12); ++i)
            each << format::count(calls[i]);
        if (calls.size() > 12)
            each << u"…"_s;
        lines << (p.context && p.context->estimated ? tr("%1 model calls, estimated: %2") : tr("%1 model calls: %2"))
                     .arg(format::count(qint64(calls.size())), each.join(u" + "_s));
    }
    QString last = format::money(p.cost);
    if (p.toolCalls)
        last += u" · "_s + tr("%n tool call(s)", nullptr, int(*p.toolCalls));
    if (p.createdAt && p.endedAt)
        last += u" · "_s + format::duration(*p.endedAt - *p.createdAt);
    lines << last << p.model;
    return lines.join(u'\n');
}

Done TurnChart::exportTo(const QString &path) const
{
    if (path.endsWith(".csv"_L1, Qt::CaseInsensitive)) {
        QSaveFile file(path);
        if (!file.open(QIODevice::WriteOnly))
            return fail(Error::Kind::Storage, file.errorString(), path);
        RowWriter writer(file, ExportFormat::Csv,
                         {u"thread"_s, u"turn"_s, u"run"_s, u"status"_s, u"model"_s, u"context_tokens"_s,
                          u"context_estimated"_s, u"prompt_tokens"_s, u"cached_tokens"_s, u"completion_tokens"_s,
                          u"cost_usd"_s},
                         true);
        const auto add = [&](const QString &name, const std::vector<TurnPoint> &of) {
            const auto orNull = [](std::optional<qint64> n) { return n ? QVariant(*n) : QVariant(); };
            for (const TurnPoint &p : of)
                writer.add(
                    {name, p.turn, p.runId, p.statusWord, p.model, p.context ? QVariant(p.context->first) : QVariant(),
                     p.context ? QVariant(p.context->estimated) : QVariant(),
                     p.usage ? QVariant(p.usage->prompt) : QVariant(), p.usage ? orNull(p.usage->cached) : QVariant(),
                     p.usage ? QVariant(p.usage->completion) : QVariant(),
                     p.cost ? QVariant(p.cost->dollars()) : QVariant()});
        };
        add({}, points());
        for (const TurnSeries &line : compared())
            add(line.name, line.points);
        if (Done done = writer.finish(); !done)
            return done;
        return file.commit() ? Done() : fail(Error::Kind::Storage, file.errorString(), path);
    }
    return savePicture(*canvas(), tr("Prompt tokens per turn"), path);
}

} // namespace bobbin::ui
