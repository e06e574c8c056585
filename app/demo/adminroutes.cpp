// SPDX-License-Identifier: GPL-3.0-or-later
// The organization's own figures, for an admin key: tokens by model and costs by line item, in buckets of a day. The
// demo company has a second project and a nightly batch, which no thread knows of; it pays for storage and tools too.
#include "app/demo/demoserver.h"
#include "app/demo/replies.h"

#include <map>

namespace bobbin::demo {

namespace {

constexpr qint64 daySeconds = 86'400;
constexpr auto project = "proj_bots";
constexpr auto otherProject = "proj_marketing";

// What this company pays, in dollars a million tokens.
struct OwnPrice {
    const char *model, *snapshot; // as runs name it; as it is billed
    double input, cached, output;
};
constexpr OwnPrice prices[] = {
    {"gpt-4o", "gpt-4o-2024-08-06", 2.5, 1.25, 10}, {"gpt-4o-mini", "gpt-4o-mini-2024-07-18", 0.15, 0.075, 0.6},
    {"gpt-4.1", "gpt-4.1-2025-04-14", 2, 0.5, 8},   {"gpt-4.1-mini", "gpt-4.1-mini-2025-04-14", 0.4, 0.1, 1.6},
    {"gpt-5.4", "gpt-5.4", 2.5, 0.25, 15},
};
constexpr OwnPrice anyOther{"", "", 3, 1.5, 12};
constexpr double batchShare = 0.5, gigabyteDay = 0.10, sessionFee = 0.03, searchFee = 0.0025;
constexpr qint64 freeBytes = 1'000'000'000;

struct Counted {
    qint64 requests = 0, prompt = 0, cached = 0, completion = 0;
};
struct Day {
    std::map<std::tuple<QByteArray, QByteArray, bool>, Counted> usage; // project, model, batch
    qint64 sessions = 0, searches = 0;
};

const OwnPrice &priceOf(const QByteArray &model)
{
    for (const OwnPrice &one : prices)
        if (model == one.model || model == one.snapshot)
            return one;
    return anyOther;
}

QString decimal(double dollars) // as the real one writes it
{
    return QString::number(dollars, 'f', 12) + QString(16, u'0');
}

QJsonValue orNull(bool known, const QString &text)
{
    return known ? QJsonValue(text) : QJsonValue();
}

void count(const DemoRun &run, Day &day)
{
    if (run.tokens.prompt <= 0)
        return;
    const OwnPrice &price = priceOf(run.model);
    Counted &all = day.usage[{project, *price.snapshot ? QByteArray(price.snapshot) : run.model, false}];
    all.requests += std::max<qint64>(1, qint64(run.steps.size()));
    all.prompt += run.tokens.prompt;
    all.cached += std::max<qint64>(0, run.tokens.cached);
    all.completion += run.tokens.completion;
    for (const DemoStep &step : run.steps) {
        day.sessions += step.calls.contains("\"code_interpreter\"") ? 1 : 0;
        day.searches += step.calls.contains("\"file_search\"") ? 1 : 0;
    }
}

std::map<qint64, Day> daysOf(DemoState &state, qint64 from, qint64 until)
{
    std::map<qint64, Day> days;
    for (qint64 at = from; at < until && at <= nowSeconds(); at += daySeconds) {
        Day &one = days[at];
        const qint64 weekday = (at / daySeconds + 3) % 7; // 0: Monday
        if (weekday < 5)
            one.usage[{otherProject, "gpt-4o-mini-2024-07-18", false}] = {40, 160'000, 30'000, 24'000};
        one.usage[{project, "gpt-4o-mini-2024-07-18", true}] = {12, 90'000, 0, 18'000};
    }
    for (const auto *threads : {&state.threads, &state.removed})
        for (const auto &thread : *threads) {
            thread->load();
            for (const DemoRun &run : thread->runs)
                if (const auto found = days.find(run.created / daySeconds * daySeconds); found != days.end())
                    count(run, found->second);
        }
    return days;
}

QSet<QString> groupsOf(const QUrlQuery &query)
{
    QSet<QString> groups;
    for (const QString &name : {u"group_by"_s, u"group_by[]"_s, u"group_by%5B%5D"_s})
        for (const QString &value : query.allQueryItemValues(name, QUrl::FullyDecoded))
            for (const QString &one : value.split(u','))
                groups.insert(one);
    return groups;
}

QJsonArray usageRows(const Day &day, const QSet<QString> &by)
{
    const bool byProject = by.contains(u"project_id"_s), byModel = by.contains(u"model"_s),
               byBatch = by.contains(u"batch"_s), byTier = by.contains(u"service_tier"_s);
    std::map<std::tuple<QByteArray, QByteArray, bool>, Counted> rows;
    for (const auto &[key, counted] : day.usage) {
        const auto &[inProject, model, batch] = key;
        Counted &row = rows[{byProject ? inProject : QByteArray(), byModel ? model : QByteArray(), byBatch && batch}];
        row.requests += counted.requests;
        row.prompt += counted.prompt;
        row.cached += counted.cached;
        row.completion += counted.completion;
    }
    QJsonArray all;
    for (const auto &[key, row] : rows) {
        const auto &[inProject, model, batch] = key;
        all << QJsonObject{{u"object"_s, u"organization.usage.completions.result"_s},
                           {u"input_tokens"_s, row.prompt},
                           {u"output_tokens"_s, row.completion},
                           {u"input_cached_tokens"_s, row.cached},
                           {u"input_audio_tokens"_s, 0},
                           {u"output_audio_tokens"_s, 0},
                           {u"num_model_requests"_s, row.requests},
                           {u"project_id"_s, orNull(byProject, QString::fromLatin1(inProject))},
                           {u"user_id"_s, QJsonValue()},
                           {u"api_key_id"_s, QJsonValue()},
                           {u"model"_s, orNull(byModel, QString::fromUtf8(model))},
                           {u"batch"_s, byBatch ? QJsonValue(batch) : QJsonValue()},
                           {u"service_tier"_s, orNull(byTier, batch ? u"batch"_s : u"default"_s)}};
    }
    return all;
}

QJsonArray costRows(const Day &day, const QSet<QString> &by, qint64 storedBytes)
{
    std::map<std::pair<QString, QString>, double> rows; // project, item
    const bool byProject = by.contains(u"project_id"_s), byItem = by.contains(u"line_item"_s);
    const auto add = [&](const QString &inProject, const QString &item, double dollars) {
        if (dollars > 0)
            rows[{byProject ? inProject : QString(), byItem ? item : QString()}] += dollars;
    };
    for (const auto &[key, counted] : day.usage) {
        const auto &[inProject, model, batch] = key;
        const OwnPrice &price = priceOf(model);
        const double share = (batch ? batchShare : 1) / 1e6;
        const QString name = QString::fromUtf8(model);
        const QString where = QString::fromLatin1(inProject);
        const QString tail = batch ? u" (batch)"_s : QString();
        add(where, name + u", input"_s + tail, double(counted.prompt - counted.cached) * price.input * share);
        add(where, name + u", cached input"_s + tail, double(counted.cached) * price.cached * share);
        add(where, name + u", output"_s + tail, double(counted.completion) * price.output * share);
    }
    const QString mine = QString::fromLatin1(project);
    add(mine, u"file storage"_s, double(std::max<qint64>(0, storedBytes - freeBytes)) / 1e9 * gigabyteDay);
    add(mine, u"code interpreter sessions"_s, double(day.sessions) * sessionFee);
    add(mine, u"file search tool calls"_s, double(day.searches) * searchFee);
    QJsonArray all;
    for (const auto &[key, dollars] : rows)
        all << QJsonObject{{u"object"_s, u"organization.costs.result"_s},
                           {u"amount"_s, QJsonObject{{u"value"_s, decimal(dollars)}, {u"currency"_s, u"usd"_s}}},
                           {u"line_item"_s, orNull(byItem, key.second)},
                           {u"project_id"_s, orNull(byProject, key.first)},
                           {u"api_key_id"_s, QJsonValue()},
                           {u"quantity"_s, QJsonValue()}};
    return all;
}

} // namespace

Reply DemoServer::organization(const HttpRequest &request)
{
    const QString what = request.segments.mid(2).join(u'/');
    const bool usage = what == "usage/completions"_L1;
    if (request.method != "GET" || (!usage && what != "costs"_L1))
        return error(404, u"Invalid URL (%1 %2)"_s.arg(QString::fromLatin1(request.method), request.path));
    if (!request.headers.value("authorization").startsWith("Bearer sk-admin-"))
        return error(403,
                     u"You have insufficient permissions for this operation. Missing scopes: api.usage.read. Check "
                     "that you have the correct role in your organization."_s);
    bool startKnown = false;
    bool known = true;
    const auto number = [&](const QString &name, qint64 usual) {
        const QString text = request.query.queryItemValue(name);
        bool ok = true;
        const qint64 value = text.isEmpty() ? usual : text.toLongLong(&ok);
        known = known && ok;
        return value;
    };
    qint64 start = request.query.queryItemValue(u"start_time"_s).toLongLong(&startKnown);
    if (!startKnown)
        return error(400, u"Missing required parameter: 'start_time'."_s, u"start_time"_s,
                     u"missing_required_parameter"_s);
    const qint64 mostBuckets = usage ? 31 : 180;
    const qint64 end = number(u"end_time"_s, nowSeconds() + 1);
    const qint64 limit = number(u"limit"_s, 7);
    if (!known || limit < 1 || limit > mostBuckets || end <= start)
        return error(
            400,
            u"Invalid 'limit' or time: expected 1 to %1 buckets, and 'end_time' after 'start_time'."_s.arg(mostBuckets),
            u"limit"_s, u"invalid_value"_s);
    const QString width = request.query.queryItemValue(u"bucket_width"_s);
    if (!width.isEmpty() && width != "1d"_L1)
        return error(400, u"Invalid value for 'bucket_width': this server has buckets of '1d' only."_s,
                     u"bucket_width"_s, u"invalid_value"_s);
    const QString page = request.query.queryItemValue(u"page"_s, QUrl::FullyDecoded);
    if (!page.isEmpty()) {
        bool ok = false;
        start = page.section(u'_', 1).toLongLong(&ok);
        if (!ok || !page.startsWith("page_"_L1))
            return error(400, u"Invalid 'page'."_s, u"page"_s, u"invalid_value"_s);
    }
    start = start / daySeconds * daySeconds;
    const qint64 until = std::min((end + daySeconds - 1) / daySeconds * daySeconds, start + limit * daySeconds);
    const QSet<QString> by = groupsOf(request.query);
    qint64 storedBytes = 0;
    for (const QJsonObject &store : m_state.stores.all())
        storedBytes += store["usage_bytes"_L1].toInteger();
    QJsonArray buckets;
    for (const auto &[at, day] : daysOf(m_state, start, until))
        buckets << QJsonObject{{u"object"_s, u"bucket"_s},
                               {u"start_time"_s, at},
                               {u"end_time"_s, at + daySeconds},
                               {u"results"_s, usage ? usageRows(day, by) : costRows(day, by, storedBytes)}};
    const bool more = until < end && until <= nowSeconds();
    return ok(compact(QJsonObject{{u"object"_s, u"page"_s},
                                  {u"data"_s, buckets},
                                  {u"has_more"_s, more},
                                  {u"next_page"_s, orNull(more, u"page_%1"_s.arg(until))}}));
}

} // namespace bobbin::demo
