// SPDX-License-Identifier: GPL-3.0-or-later
// What may be spent, and how much of it is: by day and month, of a connection, an assistant, or what threads' metadata
// says.
#pragma once

#include "models/audit/ledger.h"

#include <QHash>

namespace bobbin {

struct Budget {
    enum class Scope : quint8 { Connection, Assistant, MetadataValue };
    enum class Per : quint8 { Day, Month }; // UTC
    Scope scope = Scope::Connection;
    Per per = Per::Month;
    QString id; // of the assistant; the key of the metadata
    QString value; // of the metadata
    std::optional<Money> money;
    std::optional<qint64> tokens; // prompt and completion
    [[nodiscard]] bool isThatOf(const Budget &other) const
    {
        return scope == other.scope && per == other.per && id == other.id && value == other.value;
    }
    bool operator==(const Budget &) const = default;
};

struct BudgetState {
    enum class Level : quint8 { Within, Near, Over }; // below 80 %, from there on, from 100 % on
    Budget budget;
    CostSum spent; // in the running day or month
    qint64 tokens = 0;
    double share = 0; // of money or tokens, whichever is further
    Level level = Level::Within;
};
constexpr double nearShare = 0.8;

// `tags`: of every metadata key that a budget is about.
std::vector<BudgetState> budgetStates(const Ledger &ledger, const std::vector<Budget> &budgets,
                                      const QHash<QString, ThreadTags> &tags, qint64 now);

} // namespace bobbin
