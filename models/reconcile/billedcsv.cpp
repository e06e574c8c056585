// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/reconcile/billedcsv.h"

#include "models/core/csv.h"
#include "models/core/days.h"
#include "models/core/decimal.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct CsvText {
    Q_DECLARE_TR_FUNCTIONS(BilledCsv)
};

constexpr qint64 mostBytes = 256'000'000;

class Columns {
public:
    explicit Columns(const CsvTable &table) : m_table(table) { }
    [[nodiscard]] qsizetype first(std::initializer_list<QStringView> names) const
    {
        for (const QStringView name : names)
            if (const qsizetype column = m_table.column(name); column >= 0)
                return column;
        return -1;
    }

private:
    const CsvTable &m_table;
};

QString at(const CsvTable::Row &row, qsizetype column)
{
    return column < 0 ? QString() : row.fields[column].trimmed();
}

std::optional<qint64> dayIn(const QString &text)
{
    constexpr qint64 latest = 100'000'000'000; // seconds: in the year 5138
    if (const auto seconds = scaledDecimal(text, 0); seconds && *seconds > 0 && *seconds < latest)
        return *seconds * 1000 / dayMs;
    const QDate date = QDate::fromString(text.left(10), Qt::ISODate);
    return date.isValid() ? std::optional(dayNumber(date)) : std::nullopt;
}

struct Reading {
    const CsvTable &table;
    const QString &name; // of the file
    Columns columns{table};
    qsizetype day = columns.first({u"start_time", u"start_time_iso", u"date", u"day"});
    qsizetype amount = columns.first({u"amount_value", u"amount", u"cost"});
    qsizetype currency = columns.first({u"amount_currency", u"currency"});
    qsizetype item = columns.first({u"line_item"});
    qsizetype project = columns.first({u"project_id", u"project_name", u"project"});
    qsizetype model = columns.first({u"model"});
    qsizetype prompt = columns.first({u"input_tokens"});
    qsizetype completion = columns.first({u"output_tokens"});
    qsizetype cached = columns.first({u"input_cached_tokens"});
    qsizetype requests = columns.first({u"num_model_requests"});
    qsizetype batch = columns.first({u"batch"});
    qsizetype service = columns.first({u"service_tier"});
    BilledFile file = {};

    void problem(const CsvTable::Row &row, const QString &why)
    {
        file.problems.push_back(
            fail(Error::Kind::Input, why, name + u", "_s + CsvText::tr("line %1").arg(row.line)).value());
    }
    void readCost(const CsvTable::Row &row, qint64 dayOf)
    {
        const QString text = at(row, amount);
        if (text.isEmpty())
            return; // a day without any
        const auto pico = scaledDecimal(text, 12);
        const QString unit = at(row, currency);
        if (!pico)
            problem(row, CsvText::tr("“%1” is no amount").arg(text));
        else if (!unit.isEmpty() && unit.compare("usd"_L1, Qt::CaseInsensitive) != 0)
            problem(row, CsvText::tr("an amount in %1: only US dollars can be compared").arg(unit.toUpper()));
        else
            file.billed.items.push_back({dayOf, at(row, item), at(row, project), Money{*pico}});
    }
    void readUsage(const CsvTable::Row &row, qint64 dayOf)
    {
        const auto tokens = [&](qsizetype column) { return scaledDecimal(at(row, column), 0); };
        if (at(row, prompt).isEmpty() && at(row, completion).isEmpty())
            return;
        CountedUsage usage;
        usage.day = dayOf;
        usage.model = at(row, model);
        usage.project = at(row, project);
        usage.tier = tierOf(at(row, service), at(row, batch).compare("true"_L1, Qt::CaseInsensitive) == 0);
        const auto input = tokens(prompt);
        const auto output = tokens(completion);
        if (!input || !output || *input < 0 || *output < 0) {
            problem(row, CsvText::tr("usage without tokens"));
            return;
        }
        usage.prompt = *input;
        usage.completion = *output;
        usage.cached = std::clamp<qint64>(tokens(cached).value_or(0), 0, *input);
        usage.requests = tokens(requests).value_or(0);
        file.billed.usage.push_back(usage);
    }
};

} // namespace

Result<BilledFile> readBilledCsv(const QByteArray &bytes, const QString &name)
{
    const Result<CsvTable> table = readCsv(bytes);
    if (!table) {
        Error error = table.error();
        error.kind = Error::Kind::Input;
        error.place = name + u", "_s + error.place;
        return fail(error);
    }
    Reading reading{*table, name};
    const bool usage = reading.prompt >= 0 && reading.completion >= 0 && reading.model >= 0;
    if (reading.day < 0 || (!usage && reading.amount < 0))
        return fail(Error::Kind::Input,
                    CsvText::tr("This is no export of costs or of usage: it needs start_time with amount_value, or "
                                "with model, input_tokens and output_tokens. It has: %1")
                        .arg(table->head.mid(0, 12).join(u", "_s)),
                    name);
    std::optional<qint64> first, last;
    for (const CsvTable::Row &row : table->rows) {
        const auto day = dayIn(at(row, reading.day));
        if (!day) {
            reading.problem(row, CsvText::tr("“%1” is no day").arg(at(row, reading.day)));
            continue;
        }
        first = std::min(first.value_or(*day), *day);
        last = std::max(last.value_or(*day), *day);
        if (usage)
            reading.readUsage(row, *day);
        else
            reading.readCost(row, *day);
    }
    constexpr qint64 mostDays = 3'660;
    if (first && *last - *first > mostDays)
        return fail(Error::Kind::Input, CsvText::tr("It spans more than ten years: one of its days cannot be true."),
                    name);
    if (first)
        for (qint64 day = *first; day <= *last; ++day)
            (usage ? reading.file.billed.usageDays : reading.file.billed.itemDays).insert(day);
    return std::move(reading.file);
}

Result<BilledFile> readBilledCsv(const QString &path)
{
    QFile file(path);
    const QString name = QFileInfo(path).fileName();
    if (!file.open(QIODevice::ReadOnly))
        return fail(Error::Kind::Input, CsvText::tr("The file cannot be read: %1.").arg(file.errorString()), path);
    if (file.size() > mostBytes)
        return fail(Error::Kind::Input, CsvText::tr("It is larger than 256 MB: export fewer days at once."), name);
    return readBilledCsv(file.readAll(), name);
}

void replaceDays(Billed &all, const Billed &newer)
{
    std::erase_if(all.usage, [&](const CountedUsage &one) { return newer.usageDays.contains(one.day); });
    std::erase_if(all.items, [&](const BilledItem &one) { return newer.itemDays.contains(one.day); });
    all.usage.insert(all.usage.end(), newer.usage.begin(), newer.usage.end());
    all.items.insert(all.items.end(), newer.items.begin(), newer.items.end());
    all.usageDays.insert(newer.usageDays.begin(), newer.usageDays.end());
    all.itemDays.insert(newer.itemDays.begin(), newer.itemDays.end());
}

} // namespace bobbin
