// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/settings/settings.h"

#include "models/core/privatefiles.h"
#include "models/whatif/measuresjson.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStandardPaths>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto versionKey = "version"_L1;

QString keyOf(const Setting &setting)
{
    return QString::fromLatin1(setting.key);
}

} // namespace

QString settingsFile()
{
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation));
    const QString file = folder.filePath(u"window.ini"_s);
    // Where that fails, settings are not saved, which QSettings tells.
    if (makePrivateFolder(folder.path()))
        std::ignore = makePrivateFile(file);
    return file;
}

qint64 settingOf(const QSettings &file, const Setting &setting)
{
    bool readable = false;
    const qint64 value = file.value(keyOf(setting)).toLongLong(&readable);
    return readable ? std::clamp(value, setting.least, setting.most) : setting.usual;
}

void setSetting(QSettings &file, const Setting &setting, qint64 value)
{
    value = std::clamp(value, setting.least, setting.most);
    if (value == setting.usual)
        file.remove(keyOf(setting));
    else
        file.setValue(keyOf(setting), value);
}

namespace {

constexpr LimitSetting allLimits[] = {
    {{"contextCeiling", 40'000, 1'000, 10'000'000}, &Limits::contextCeiling},
    {{"failedInARow", 2, 2, 1'000}, &Limits::failedInARow},
    {{"toolCalls", 5, 1, 10'000}, &Limits::toolSteps}, // as it was called first
    {{"turnCap", 30, 2, 100'000}, &Limits::turnCap},
    {{"sessionTokens", 500'000, 1'000, 1'000'000'000}, &Limits::sessionTokens},
    {{"windowPercent", 95, 50, 100}, &Limits::windowPercent},
    {{"attachedAgain", 2, 2, 1'000}, &Limits::attachedAgain},
    {{"staleDays", 30, 1, 3'650}, &Limits::staleDays},
    {{"stuckMinutes", 10, 1, 10'000}, &Limits::stuckMinutes},
    {{"retireDays", 90, 1, 3'650}, &Limits::retireDays},
    {{"storedTokenRate", 0, 0, 1'000'000}, &Limits::storedTokenRate},
};

QString groupOf(const QString &connection, const QString &assistant)
{
    if (connection.isEmpty())
        return u"limits/"_s;
    const QString group = u"connectionLimits/"_s + connection + u'/';
    return assistant.isEmpty() ? group : group + u"assistants/"_s + assistant + u'/';
}

Limits read(const QSettings &file, const QString &group, Limits limits)
{
    for (const LimitSetting &limit : allLimits) {
        bool readable = false;
        const qint64 value = file.value(group + keyOf(limit.setting)).toLongLong(&readable);
        if (readable)
            limits.*limit.member = std::clamp(value, limit.setting.least, limit.setting.most);
    }
    return limits;
}

} // namespace

std::span<const LimitSetting> limitSettings()
{
    return allLimits;
}

const Setting &settingOf(qint64 Limits::*member)
{
    return std::ranges::find(allLimits, member, &LimitSetting::member)->setting;
}

LimitSet limitsOf(const QSettings &file, const QString &connection)
{
    LimitSet set;
    set.usual = read(file, groupOf({}, {}), {});
    if (connection.isEmpty())
        return set;
    set.usual = read(file, groupOf(connection, {}), set.usual);
    const QString beginning = groupOf(connection, {}) + u"assistants/"_s;
    for (const QString &key : file.allKeys())
        if (key.startsWith(beginning)) {
            const QString assistant = key.mid(beginning.size()).section(u'/', 0, -2);
            if (!set.assistants.contains(assistant))
                set.assistants.insert(assistant, read(file, groupOf(connection, assistant), set.usual));
        }
    return set;
}

void setLimits(QSettings &file, const QString &connection, const QString &assistant, const Limits &limits)
{
    const Limits otherwise = connection.isEmpty() ? Limits()
        : assistant.isEmpty()                     ? limitsOf(file, {}).usual
                                                  : limitsOf(file, connection).usual;
    const QString group = groupOf(connection, assistant);
    for (const LimitSetting &limit : allLimits) {
        const QString key = group + keyOf(limit.setting);
        const qint64 value = std::clamp(limits.*limit.member, limit.setting.least, limit.setting.most);
        if (value == otherwise.*limit.member)
            file.remove(key);
        else
            file.setValue(key, value);
    }
}

namespace {

constexpr std::pair<Budget::Scope, const char *> scopeWords[] = {{Budget::Scope::Connection, "connection"},
                                                                 {Budget::Scope::Assistant, "assistant"},
                                                                 {Budget::Scope::MetadataValue, "metadata"}};

constexpr double mostBudget = 1e6; // dollars

QString budgetsKey(const QString &connection)
{
    return u"budgets/"_s + connection;
}

} // namespace

std::vector<Budget> budgetsOf(const QSettings &file, const QString &connection)
{
    std::vector<Budget> budgets;
    const QByteArray kept = file.value(budgetsKey(connection)).toString().toUtf8();
    for (const QJsonValue value : QJsonDocument::fromJson(kept).array()) {
        const QJsonObject row = value.toObject();
        const QString word = row["scope"_L1].toString();
        const auto scope = std::ranges::find_if(
            scopeWords, [&](const auto &known) { return word == QLatin1StringView(known.second); });
        if (scope == std::end(scopeWords))
            continue;
        Budget budget;
        budget.scope = scope->first;
        budget.per = row["per"_L1].toString() == "day"_L1 ? Budget::Per::Day : Budget::Per::Month;
        budget.id = row["id"_L1].toString();
        budget.value = row["value"_L1].toString();
        if (const double dollars = row["usd"_L1].toDouble(); dollars > 0)
            budget.money = Money::fromDollars(std::min(dollars, mostBudget));
        if (row["tokens"_L1].toInteger() > 0)
            budget.tokens = row["tokens"_L1].toInteger();
        if (budget.money || budget.tokens)
            budgets.push_back(std::move(budget));
    }
    return budgets;
}

void setBudgets(QSettings &file, const QString &connection, const std::vector<Budget> &budgets)
{
    QJsonArray rows;
    for (const Budget &budget : budgets) {
        const auto scope = std::ranges::find(scopeWords, budget.scope, [](const auto &known) { return known.first; });
        QJsonObject row{{u"scope"_s, QLatin1StringView(scope->second)},
                        {u"per"_s, budget.per == Budget::Per::Day ? u"day"_s : u"month"_s}};
        if (!budget.id.isEmpty())
            row[u"id"_s] = budget.id;
        if (budget.scope == Budget::Scope::MetadataValue)
            row[u"value"_s] = budget.value;
        if (budget.money)
            row[u"usd"_s] = budget.money->dollars();
        if (budget.tokens)
            row[u"tokens"_s] = *budget.tokens;
        rows << row;
    }
    if (rows.isEmpty())
        file.remove(budgetsKey(connection));
    else
        file.setValue(budgetsKey(connection), QString::fromUtf8(QJsonDocument(rows).toJson(QJsonDocument::Compact)));
}

namespace {

QString policyKey(const QString &connection, const QString &assistant)
{
    const QString group = u"policies/"_s + connection;
    return assistant.isEmpty() ? group + u"/all"_s : group + u"/assistants/"_s + assistant;
}

} // namespace

std::optional<Policy> policyOf(const QSettings &file, const QString &connection, const QString &assistant)
{
    const QJsonObject kept =
        QJsonDocument::fromJson(file.value(policyKey(connection, assistant)).toString().toUtf8()).object();
    if (kept.isEmpty())
        return std::nullopt;
    return Policy{measuresFromJson(kept["measures"_L1].toObject()),
                  QDate::fromString(kept["since"_L1].toString(), Qt::ISODate)};
}

void setPolicy(QSettings &file, const QString &connection, const QString &assistant,
               const std::optional<Policy> &policy)
{
    const QString key = policyKey(connection, assistant);
    if (!policy) {
        file.remove(key);
        return;
    }
    const QJsonObject kept{{u"since"_s, policy->since.toString(Qt::ISODate)},
                           {u"measures"_s, measuresToJson(policy->measures)}};
    file.setValue(key, QString::fromUtf8(QJsonDocument(kept).toJson(QJsonDocument::Compact)));
}

bool isWatched(const QSettings &file, const QString &connection)
{
    return file.value(u"watched/"_s + connection).toBool();
}

void setWatched(QSettings &file, const QString &connection, bool watched)
{
    if (connection.isEmpty())
        return;
    if (watched)
        file.setValue(u"watched/"_s + connection, true);
    else
        file.remove(u"watched/"_s + connection);
}

void bringUpToDate(QSettings &file)
{
    if (file.value(versionKey, 0).toInt() < settingsVersion)
        file.setValue(versionKey, settingsVersion);
}

} // namespace bobbin
