// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audit/findingjson.h"

#include "models/audit/findingtext.h"
#include "models/core/format.h"
#include "models/core/jsontext.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr QByteArrayView severities[] = {"note", "warning", "serious"};
constexpr QByteArrayView subjects[] = {"workspace", "thread", "run", "assistant", "model",
                                       "store",     "file",   "day", "message"};
constexpr QByteArrayView remedies[] = {"", "rotate", "unlock", "consolidate", "prices", "delete-unused"};
constexpr QByteArrayView states[] = {"open", "dismissed", "snoozed"};

void insert(QJsonObject &into, const QString &key, const std::optional<Money> &money)
{
    if (money)
        into.insert(key, money->pico);
}

std::optional<Money> moneyOf(const QJsonObject &from, const QString &key)
{
    return from.contains(key) ? std::optional(Money{from[key].toInteger()}) : std::nullopt;
}

QJsonValue dollars(const std::optional<Money> &money)
{
    return money ? QJsonValue(money->dollars()) : QJsonValue();
}

QJsonValue timeOrNull(OptTime time)
{
    return time ? QJsonValue(format::isoTime(*time)) : QJsonValue();
}

} // namespace

QByteArrayView severityWord(Severity severity)
{
    return severities[std::size_t(severity)];
}

std::optional<Severity> severityOfWord(QByteArrayView word)
{
    for (std::size_t i = 0; i < std::size(severities); ++i)
        if (severities[i] == word)
            return Severity(i);
    return std::nullopt;
}

QByteArrayView subjectWord(SubjectKind kind)
{
    return subjects[std::size_t(kind)];
}

QByteArrayView remedyWord(Remedy remedy)
{
    return remedies[std::size_t(remedy)];
}

QByteArray contentOf(const Finding &finding)
{
    QJsonArray evidence;
    for (const Evidence &e : finding.evidence) {
        QJsonObject one{{u"kind"_s, int(e.kind)}, {u"key"_s, e.key}};
        if (e.kind != SubjectKind::Run) // runs are named by their keys
            for (const auto &[key, text] : {std::pair(u"id"_s, e.id), {u"name"_s, e.name}})
                if (!text.isEmpty())
                    one.insert(key, text);
        if (e.when)
            one.insert(u"when"_s, *e.when);
        if (e.amount)
            one.insert(u"amount"_s, *e.amount);
        insert(one, u"money"_s, e.money);
        evidence << one;
    }
    return compactBytes({{u"name"_s, finding.subject == SubjectKind::Thread ? QString() : finding.name},
                         {u"remedy"_s, int(finding.remedy)},
                         {u"estimated"_s, finding.estimated},
                         {u"facts"_s, finding.facts},
                         {u"count"_s, finding.evidenceCount},
                         {u"evidence"_s, evidence}});
}

Done readContent(const QByteArray &json, Finding &into)
{
    const QJsonDocument document = QJsonDocument::fromJson(json);
    if (!document.isObject())
        return fail(Error::Kind::Storage, u"a finding that is kept is damaged"_s, into.id);
    const QJsonObject content = document.object();
    into.name = content["name"_L1].toString();
    into.remedy = Remedy(std::clamp<int>(content["remedy"_L1].toInt(), 0, int(std::size(remedies)) - 1));
    into.estimated = content["estimated"_L1].toBool();
    into.facts = content["facts"_L1].toObject();
    into.evidenceCount = content["count"_L1].toInteger();
    for (const QJsonValue value : content["evidence"_L1].toArray()) {
        const QJsonObject one = value.toObject();
        Evidence &e = into.evidence.emplace_back();
        e.kind = SubjectKind(std::clamp<int>(one["kind"_L1].toInt(), 0, int(std::size(subjects)) - 1));
        e.key = one["key"_L1].toInteger();
        e.id = one["id"_L1].toString();
        e.name = one["name"_L1].toString();
        if (one.contains("when"_L1))
            e.when = one["when"_L1].toInteger();
        if (one.contains("amount"_L1))
            e.amount = one["amount"_L1].toInteger();
        e.money = moneyOf(one, u"money"_s);
    }
    return {};
}

QJsonObject toJson(const Finding &finding)
{
    const FindingText text = findingText(finding);
    QJsonArray evidence;
    for (const Evidence &e : finding.evidence)
        evidence << QJsonObject{{u"kind"_s, QLatin1StringView(subjectWord(e.kind))},
                                {u"id"_s, e.id},
                                {u"name"_s, e.name},
                                {u"thread"_s, e.thread.isEmpty() ? QJsonValue() : QJsonValue(e.thread)},
                                {u"when"_s, timeOrNull(e.when)},
                                {u"amount"_s, e.amount ? QJsonValue(*e.amount) : QJsonValue()},
                                {u"costUsd"_s, dollars(e.money)}};
    return {{u"rule"_s, QString::fromLatin1(finding.rule)},
            {u"severity"_s, QLatin1StringView(severityWord(finding.severity))},
            {u"subject"_s, QLatin1StringView(subjectWord(finding.subject))},
            {u"id"_s, finding.id},
            {u"name"_s, finding.name},
            {u"spentUsd"_s, dollars(finding.spent)},
            {u"monthlyUsd"_s, dollars(finding.monthly)},
            {u"confidence"_s, finding.estimated ? u"estimated"_s : u"measured"_s},
            {u"title"_s, text.title},
            {u"sentence"_s, text.sentence},
            {u"advice"_s, text.advice},
            {u"remedy"_s,
             finding.remedy == Remedy::None ? QJsonValue() : QJsonValue(QLatin1StringView(remedyWord(finding.remedy)))},
            {u"facts"_s, finding.facts},
            {u"evidence"_s, evidence},
            {u"evidenceCount"_s, finding.evidenceCount},
            {u"firstSeen"_s, timeOrNull(finding.firstSeen)},
            {u"state"_s, QLatin1StringView(states[std::size_t(finding.state)])},
            {u"until"_s, timeOrNull(finding.until)},
            {u"reason"_s, finding.reason.isEmpty() ? QJsonValue() : QJsonValue(finding.reason)}};
}

} // namespace bobbin
