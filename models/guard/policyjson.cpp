// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/guard/policyjson.h"

#include "models/core/money.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

#include <algorithm>
#include <cmath>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Policy)
};

constexpr qint64 mostBytes = 4'000'000;
constexpr qint64 version = 1;
constexpr qint64 mostActsAnHour = 10'000;
constexpr qint64 mostBackOff = 3'600; // s

QString listed(const QStringList &words)
{
    return words.join(u", "_s);
}

class PolicyParser {
public:
    explicit PolicyParser(QString place) : m_place(std::move(place)) { }

    PolicyRead read(const QJsonObject &file)
    {
        known(file, {u"policy"_s, u"preset"_s, u"actsAnHour"_s, u"rules"_s, u"metadata"_s, u"assistants"_s}, {});
        GuardPolicy &policy = m_read.policy;
        if (const std::optional<qint64> of = number(file["policy"_L1]); of != version)
            problem(u"policy"_s,
                    Words::tr("is %1; this Bobbin reads version %2")
                        .arg(shown(file["policy"_L1]), QString::number(version)));
        if (const QJsonValue preset = file["preset"_L1]; !preset.isUndefined()) {
            policy.preset = preset.toString();
            QStringList names;
            for (const PolicyPreset &one : policyPresets())
                names << QString::fromLatin1(one.name);
            if (!names.contains(policy.preset))
                problem(u"preset"_s, Words::tr("is %1; there are %2").arg(shown(preset), listed(names)));
        }
        if (const QJsonValue acts = file["actsAnHour"_L1]; !acts.isUndefined()) {
            const std::optional<qint64> n = number(acts);
            if (n && *n >= 0 && *n <= mostActsAnHour)
                policy.actsAnHour = *n;
            else
                outOf(u"actsAnHour"_s, acts, 0, mostActsAnHour);
        }
        policy.connection = layer(file["rules"_L1], u"rules"_s);
        readMetadata(file["metadata"_L1]);
        const QJsonObject assistants = objectAt(file["assistants"_L1], u"assistants"_s);
        for (auto one = assistants.begin(); one != assistants.end(); ++one) {
            const QString at = u"assistants."_s + one.key();
            const QJsonObject own = objectAt(*one, at);
            known(own, {u"rules"_s}, at + u'.');
            if (one.key().isEmpty())
                problem(at, Words::tr("is of no assistant: its id is empty"));
            policy.assistants[one.key()] = layer(own["rules"_L1], at + u".rules"_s);
        }
        return std::move(m_read);
    }

private:
    QString m_place;
    PolicyRead m_read;

    void problem(const QString &at, const QString &what)
    {
        m_read.problems.push_back(fail(Error::Kind::Input, what, m_place + u": "_s + at).value());
    }
    void outOf(const QString &at, const QJsonValue &value, qint64 least, qint64 most)
    {
        problem(at,
                Words::tr("is %1; it takes a whole number from %2 to %3")
                    .arg(shown(value), QString::number(least), QString::number(most)));
    }
    static QString shown(const QJsonValue &value)
    {
        const QByteArray json = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
        return value.isUndefined() ? Words::tr("missing") : QString::fromUtf8(json.mid(1, json.size() - 2)).left(60);
    }
    static std::optional<qint64> number(const QJsonValue &value)
    {
        const double number = value.toDouble(std::nan(""));
        return value.isDouble() && number == std::floor(number) && std::abs(number) <= 9e15
            ? std::optional(value.toInteger())
            : std::nullopt;
    }
    // A name that is misspelt would be a limit that is not kept.
    void known(const QJsonObject &object, const QStringList &names, const QString &before)
    {
        for (auto one = object.begin(); one != object.end(); ++one)
            if (!names.contains(one.key()))
                problem(before + one.key(), Words::tr("is not known here; there are %1").arg(listed(names)));
    }
    QJsonObject objectAt(const QJsonValue &value, const QString &at)
    {
        if (!value.isObject() && !value.isUndefined())
            problem(at, Words::tr("is %1 and not an object").arg(shown(value)));
        return value.toObject();
    }

    void readMetadata(const QJsonValue &all)
    {
        if (!all.isArray() && !all.isUndefined())
            problem(u"metadata"_s, Words::tr("is %1 and not a list").arg(shown(all)));
        int number = 0;
        for (const QJsonValue one : all.toArray()) {
            const QString at = u"metadata[%1]"_s.arg(number++);
            const QJsonObject own = objectAt(one, at);
            known(own, {u"key"_s, u"value"_s, u"rules"_s}, at + u'.');
            for (const QString &text : {u"key"_s, u"value"_s})
                if (!own[text].isString() || (text == "key"_L1 && own[text].toString().isEmpty()))
                    problem(at + u'.' + text, Words::tr("is %1 and not a text").arg(shown(own[text])));
            const auto same = [&](const MetadataLayer &before) {
                return before.key == own["key"_L1].toString() && before.value == own["value"_L1].toString();
            };
            if (std::ranges::any_of(m_read.policy.metadata, same))
                problem(at, Words::tr("is about the same as one before it"));
            m_read.policy.metadata.push_back(
                {own["key"_L1].toString(), own["value"_L1].toString(), layer(own["rules"_L1], at + u".rules"_s)});
        }
    }

    PolicyLayer layer(const QJsonValue &value, const QString &at)
    {
        PolicyLayer layer;
        QStringList words;
        const QJsonObject rules = objectAt(value, at);
        for (const RuleInfo &info : guardRules()) {
            words << QString::fromLatin1(info.word);
            const QJsonValue rule = rules[QLatin1StringView(info.word)];
            if (rule.isUndefined())
                continue;
            const QString here = at + u'.' + words.last();
            const QJsonObject said = objectAt(rule, here);
            RuleSaid &into = layer[std::size_t(info.rule)];
            known(said,
                  info.rule == GuardRule::Retries ? QStringList{u"limit"_s, u"act"_s, u"backOffSeconds"_s}
                                                  : QStringList{u"limit"_s, u"act"_s},
                  here + u'.');
            into.act = act(info, said["act"_L1], here + u".act"_s);
            into.limit = limit(info, said["limit"_L1], here + u".limit"_s);
            if (isBudget(info.rule) && !into.limit) // each is said whole: see budgetsFor()
                problem(here + u".limit"_s, Words::tr("is missing: a budget takes over no other one's"));
            if (isBudget(info.rule) && into.limit && into.limit->none)
                problem(here + u".limit"_s, Words::tr("is null: leave the rule out; it takes away no other budget"));
            if (const QJsonValue pause = said["backOffSeconds"_L1]; !pause.isUndefined()) {
                const std::optional<qint64> seconds = number(pause);
                if (!seconds || *seconds < 0 || *seconds > mostBackOff)
                    outOf(here + u".backOffSeconds"_s, pause, 0, mostBackOff);
                else if (!into.limit || into.limit->none)
                    problem(here + u".backOffSeconds"_s, Words::tr("goes with a limit"));
                else
                    into.limit->backOffSeconds = *seconds;
            }
        }
        known(rules, words, at + u'.');
        return layer;
    }

    std::optional<GuardAct> act(const RuleInfo &info, const QJsonValue &value, const QString &at)
    {
        if (value.isUndefined())
            return std::nullopt;
        QStringList words;
        for (const GuardAct one : info.acts) {
            words << QString::fromLatin1(actWord(one));
            if (value.toString() == words.last())
                return one;
        }
        problem(at, Words::tr("is %1; this rule takes %2").arg(shown(value), listed(words)));
        return std::nullopt;
    }

    std::optional<RuleLimit> limit(const RuleInfo &info, const QJsonValue &value, const QString &at)
    {
        RuleLimit limit;
        if (value.isUndefined())
            return std::nullopt;
        if (value.isNull()) {
            limit.none = true;
            return limit;
        }
        if (info.rule == GuardRule::Models) {
            for (const QJsonValue model : value.toArray())
                if (model.isString() && !model.toString().isEmpty())
                    limit.models << model.toString();
            if (limit.models.isEmpty() || limit.models.size() != value.toArray().size())
                problem(at, Words::tr("is %1; it takes a list of models, or null").arg(shown(value)));
            return limit;
        }
        if (isMoney(info.rule)) {
            limit.number = Money::fromDollars(std::clamp(value.toDouble(-1), -1.0, 2e6)).pico;
            if (!value.isDouble() || limit.number < info.least || limit.number > info.most)
                problem(at,
                        Words::tr("is %1; it takes dollars, up to %2")
                            .arg(shown(value), QString::number(info.most / Money::perDollar)));
            return limit;
        }
        const std::optional<qint64> n = number(value);
        if (n && *n >= info.least && *n <= info.most)
            limit.number = *n;
        else
            outOf(at, value, info.least, info.most);
        return limit;
    }
};

QJsonObject toJson(const PolicyLayer &layer)
{
    QJsonObject rules;
    for (const RuleInfo &info : guardRules()) {
        const RuleSaid &said = layer[std::size_t(info.rule)];
        QJsonObject rule;
        if (said.act)
            rule["act"_L1] = QLatin1StringView(actWord(*said.act));
        if (said.limit && said.limit->none)
            rule["limit"_L1] = QJsonValue::Null;
        else if (said.limit && info.rule == GuardRule::Models)
            rule["limit"_L1] = QJsonArray::fromStringList(said.limit->models);
        else if (said.limit)
            rule["limit"_L1] =
                isMoney(info.rule) ? QJsonValue(Money{said.limit->number}.dollars()) : QJsonValue(said.limit->number);
        if (said.limit && !said.limit->none && info.rule == GuardRule::Retries)
            rule["backOffSeconds"_L1] = said.limit->backOffSeconds;
        if (!rule.isEmpty())
            rules[QLatin1StringView(info.word)] = rule;
    }
    return rules;
}

// 1-based, of a byte of the text.
qint64 lineOf(const QByteArray &text, qsizetype at)
{
    return text.left(at).count('\n') + 1;
}

} // namespace

Result<PolicyRead> policyFromJson(const QByteArray &json, const QString &place)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(json, &error);
    if (document.isNull())
        return fail(Error::Kind::Input, error.errorString(),
                    Words::tr("%1, line %2").arg(place).arg(lineOf(json, error.offset)));
    if (!document.isObject() || !document.object().contains(u"policy"_s))
        return fail(Error::Kind::Input, Words::tr("this is no policy: it begins with {\"policy\": %1").arg(version),
                    place);
    return PolicyParser(place).read(document.object());
}

QByteArray policyToJson(const GuardPolicy &policy)
{
    QJsonObject file{
        {u"policy"_s, version}, {u"actsAnHour"_s, policy.actsAnHour}, {u"rules"_s, toJson(policy.connection)}};
    if (!policy.preset.isEmpty())
        file["preset"_L1] = policy.preset;
    QJsonArray metadata;
    for (const MetadataLayer &one : policy.metadata)
        metadata << QJsonObject{{u"key"_s, one.key}, {u"value"_s, one.value}, {u"rules"_s, toJson(one.layer)}};
    if (!metadata.isEmpty())
        file["metadata"_L1] = metadata;
    QJsonObject assistants;
    for (const auto &[id, layer] : policy.assistants)
        assistants[id] = QJsonObject{{u"rules"_s, toJson(layer)}};
    if (!assistants.isEmpty())
        file["assistants"_L1] = assistants;
    return QJsonDocument(file).toJson();
}

Result<PolicyRead> readPolicy(const QString &file)
{
    QFile from(file);
    if (!from.open(QIODevice::ReadOnly))
        return fail(Error::Kind::Input, from.errorString(), file);
    if (from.size() > mostBytes)
        return fail(Error::Kind::Input, Words::tr("it is too large for a policy"), file);
    return policyFromJson(from.readAll(), QFileInfo(file).fileName());
}

Done writePolicy(const QString &file, const GuardPolicy &policy)
{
    if (const QDir folder = QFileInfo(file).absoluteDir(); !folder.mkpath(u"."_s))
        return fail(Error::Kind::Storage, Words::tr("its folder cannot be made"), folder.path());
    QSaveFile to(file);
    const QByteArray json = policyToJson(policy);
    if (!to.open(QIODevice::WriteOnly) || to.write(json) != json.size() || !to.commit())
        return fail(Error::Kind::Storage, to.errorString(), file);
    return {};
}

QString policyFingerprint(const GuardPolicy &policy)
{
    constexpr qsizetype enough = 32;
    return QString::fromLatin1(
        QCryptographicHash::hash(policyToJson(policy), QCryptographicHash::Sha256).toHex().left(enough));
}

} // namespace bobbin
