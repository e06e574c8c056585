// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/providers/assistants/billed.h"

#include "models/core/days.h"
#include "models/core/decimal.h"
#include "models/wire/json.h"

#include <QCoreApplication>

#include <cmath>

namespace bobbin::assistants {

using namespace Qt::Literals::StringLiterals;

namespace {

struct BilledText {
    Q_DECLARE_TR_FUNCTIONS(Billed)
};

constexpr qint64 daySeconds = dayMs / 1000;

Error badRow(const QString &why, const QString &place)
{
    return fail(Error::Kind::Decode, why, place).value();
}

// Seen both as a number and as text with thirty decimals.
std::optional<Money> amountIn(json::Value amount)
{
    const auto value = json::member(amount, "value");
    if (!value)
        return std::nullopt;
    if (value->is_string()) {
        const auto pico = scaledDecimal(json::asText(*value), 12);
        return pico ? std::optional(Money{*pico}) : std::nullopt;
    }
    double dollars = 0;
    if (value->get(dollars) || !(std::abs(dollars) < 9e6))
        return std::nullopt;
    return Money{std::llround(dollars * double(Money::perDollar))};
}

void readItem(json::Value row, qint64 day, const QString &place, BilledPage &page)
{
    const auto amount = json::member(row, "amount");
    const auto money = amount ? amountIn(*amount) : std::nullopt;
    if (!money) {
        page.problems.push_back(badRow(BilledText::tr("a cost without an amount"), place));
        return;
    }
    const QString currency = json::text(*amount, "currency");
    if (!currency.isEmpty() && currency.compare("usd"_L1, Qt::CaseInsensitive) != 0) {
        page.problems.push_back(
            badRow(BilledText::tr("an amount in %1: only US dollars can be compared").arg(currency.toUpper()), place));
        return;
    }
    page.billed.items.push_back({day, json::text(row, "line_item"), json::text(row, "project_id"), *money});
}

void readUsage(json::Value row, qint64 day, const QString &place, BilledPage &page)
{
    CountedUsage usage;
    usage.day = day;
    usage.model = json::text(row, "model");
    usage.project = json::text(row, "project_id");
    usage.tier = tierOf(json::text(row, "service_tier"), json::text(row, "batch") == "true"_L1);
    usage.requests = json::integer(row, "num_model_requests").value_or(0);
    const auto prompt = json::integer(row, "input_tokens");
    const auto completion = json::integer(row, "output_tokens");
    if (!prompt || !completion || *prompt < 0 || *completion < 0) {
        page.problems.push_back(badRow(BilledText::tr("usage without tokens"), place));
        return;
    }
    usage.prompt = *prompt;
    usage.completion = *completion;
    usage.cached = std::clamp<qint64>(json::integer(row, "input_cached_tokens").value_or(0), 0, *prompt);
    page.billed.usage.push_back(usage);
}

} // namespace

Request billedRequest(const BilledRef &ref, const QString &from)
{
    const bool usage = ref.list == BilledList::Usage;
    Request request;
    request.path = usage ? u"/organization/usage/completions"_s : u"/organization/costs"_s;
    request.query.addQueryItem(u"start_time"_s, QString::number(ref.from * daySeconds));
    request.query.addQueryItem(u"end_time"_s, QString::number(ref.until * daySeconds));
    request.query.addQueryItem(u"bucket_width"_s, u"1d"_s);
    request.query.addQueryItem(u"limit"_s, usage ? u"31"_s : u"180"_s); // the most that are allowed
    const QStringList groups = usage ? QStringList{u"project_id"_s, u"model"_s, u"batch"_s, u"service_tier"_s}
                                     : QStringList{u"project_id"_s, u"line_item"_s};
    for (const QString &group : groups)
        request.query.addQueryItem(u"group_by%5B%5D"_s, group);
    if (!from.isEmpty())
        request.query.addQueryItem(u"page"_s, QString::fromLatin1(QUrl::toPercentEncoding(from)));
    return request;
}

Result<BilledPage> readBilledPage(const BilledRef &ref, const QByteArray &bytes)
{
    BilledPage page;
    std::optional<Error> wrong;
    const Done read = json::withObject(bytes, [&](json::Value top) {
        const auto data = json::member(top, "data");
        if (!data || !data->is_array()) {
            wrong = badRow(BilledText::tr("the answer has no list of days"), u"data"_s);
            return;
        }
        if (json::text(top, "has_more") == "true"_L1) {
            page.next = json::text(top, "next_page");
            if (page.next.isEmpty())
                wrong = badRow(BilledText::tr("there are more days, and nothing says where"), u"next_page"_s);
        }
        int bucketNumber = 0;
        for (const json::Value bucket : json::array(top, "data")) {
            const QString place = u"data[%1]"_s.arg(bucketNumber++);
            const auto start = json::integer(bucket, "start_time");
            if (!start) {
                page.problems.push_back(badRow(BilledText::tr("a day without its date"), place));
                continue;
            }
            int rowNumber = 0;
            const auto rows = json::array(bucket, "results");
            // The first answers of this API said "result".
            for (const json::Value row : rows.empty() ? json::array(bucket, "result") : rows) {
                const QString at = place + u".results[%1]"_s.arg(rowNumber++);
                if (ref.list == BilledList::Usage)
                    readUsage(row, *start / daySeconds, at, page);
                else
                    readItem(row, *start / daySeconds, at, page);
            }
        }
    });
    if (!read)
        return fail(read.error());
    if (wrong)
        return fail(*wrong);
    return page;
}

} // namespace bobbin::assistants
