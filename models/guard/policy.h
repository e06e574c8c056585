// SPDX-License-Identifier: GPL-3.0-or-later
// What a bot is held to, and what happens where it goes beyond: said once for a connection, and otherwise for an
// assistant or for threads of some metadata. What nobody says is as the preset has it; nothing acts unless it is said.
#pragma once

#include "models/domain/content.h"

#include <array>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace bobbin {

enum class GuardRule : quint8 {
    TurnCap, // turns of a thread
    ContextCeiling, // tokens that a run's first call reads
    ToolSteps, // steps of tool calls in a run
    IdenticalCalls, // calls of a run with the same name and arguments as one before
    Retries, // of a failed run, without a new message of the person
    SessionTokens, // of a thread, all runs together
    RequiresAction, // minutes that a run waits for tool outputs
    Cancelling, // minutes that a run takes to be cancelled
    AttachedAgain, // messages of a thread that the same file is attached to
    Models, // that may be used
    MoneyADay, // pico-dollars; of all that the layer which says so is about; days and months in UTC
    MoneyAMonth,
    TokensADay, // prompt and completion
    TokensAMonth,
};
constexpr std::size_t guardRuleCount = std::size_t(GuardRule::TokensAMonth) + 1;

enum class GuardAct : quint8 {
    Notify,
    Ask,
    Refuse, // the run, the retry or the outputs
    CancelRun,
    Rotate, // and go on in the successor
    Replace, // a file that is attached again by the thread's store
};

struct RuleInfo {
    GuardRule rule;
    const char *word; // in files
    qint64 least, most; // of its limit
    std::vector<GuardAct> acts; // that make sense
};
std::span<const RuleInfo> guardRules(); // in the order of GuardRule
const RuleInfo &infoOf(GuardRule rule);
const char *actWord(GuardAct act);

struct RuleLimit {
    bool none = false; // whatever is inherited, there is no limit
    qint64 number = 0; // in the rule's unit
    QStringList models; // of Models
    qint64 backOffSeconds = 2; // of Retries: 2, 4, 8 …
    bool operator==(const RuleLimit &) const = default;
};

struct RuleSaid { // what one layer says about a rule; the rest is inherited
    std::optional<RuleLimit> limit;
    std::optional<GuardAct> act;
    bool operator==(const RuleSaid &) const = default;
};
using PolicyLayer = std::array<RuleSaid, guardRuleCount>;

struct MetadataLayer {
    QString key, value;
    PolicyLayer layer;
    bool operator==(const MetadataLayer &) const = default;
};

struct GuardPolicy {
    QString preset; // empty: the usual one
    PolicyLayer connection;
    std::vector<MetadataLayer> metadata; // of those that are about a thread, the last one holds
    std::map<QString, PolicyLayer> assistants; // by id; above metadata
    qint64 actsAnHour = 10; // more are asked about
    bool operator==(const GuardPolicy &) const = default;
};

struct RuleOrigin {
    enum class From : quint8 { Preset, Connection, MetadataValue, Assistant };
    From from = From::Preset;
    QString name; // of the preset, "key=value", or the assistant's id
    bool operator==(const RuleOrigin &) const = default;
};
struct RuleNow {
    RuleLimit limit;
    GuardAct act = GuardAct::Notify;
    RuleOrigin limitFrom, actFrom;
};
using PolicyNow = std::array<RuleNow, guardRuleCount>;
// Of budgets the narrowest one.
PolicyNow policyFor(const GuardPolicy &policy, const QString &assistant, const Metadata &metadata);

// Budgets do not replace each other: the connection's counts all runs, and an assistant's counts its own besides. Each
// is said whole by its layer: without an act it notifies. Those of `rule` that runs count for, the widest first.
[[nodiscard]] bool isBudget(GuardRule rule);
[[nodiscard]] bool isMoney(GuardRule rule); // its unit is
std::vector<RuleNow> budgetsFor(const GuardPolicy &policy, GuardRule rule, const QString &assistant,
                                const Metadata &metadata);

struct PolicyBudget {
    GuardRule rule = GuardRule::MoneyADay;
    RuleNow now;
    QString id, value; // of the assistant; key and value of the metadata
};
std::vector<PolicyBudget> allBudgets(const GuardPolicy &policy);

struct PolicyPreset {
    const char *name;
    qint64 toolSteps;
};
std::span<const PolicyPreset> policyPresets(); // the first is the usual one

} // namespace bobbin
