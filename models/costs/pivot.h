// SPDX-License-Identifier: GPL-3.0-or-later
// Cost and tokens by time and by what a person asks for: computed over the ledger, so that it is there at once.
#pragma once

#include "models/audit/ledger.h"

#include <QDate>

namespace bobbin {

enum class Period : quint8 { Day, Week, Month }; // UTC; weeks begin on Monday
enum class GroupBy : quint8 { Assistant, Model, Thread, Cause, MetadataValue };

struct Amount {
    CostSum cost;
    qint64 usageRuns = 0; // that have usage
    qint64 prompt = 0, cached = 0, completion = 0; // tokens of these; cached ones are among the prompt's

    void add(const RunFact &run);
    Amount &operator+=(const Amount &other);
    [[nodiscard]] qint64 runs() const { return cost.pricedRuns + cost.unknownRuns; }
    bool operator==(const Amount &) const = default;
};

struct PivotQuery {
    Period period = Period::Day;
    GroupBy by = GroupBy::Assistant;
    QDate from, until; // the first day, and that after the last; invalid: as far as runs go
    std::size_t mostGroups = 12; // the costliest; the others are one
};

struct Pivot {
    struct Column {
        QDate from, until; // the day after its last
        Amount sum;
    };
    struct Group {
        QString id; // of the assistant; the model's name; what the metadata says; of causes their number
        RowKey thread = 0; // of threads
        bool others = false; // all that are not named
        bool without = false; // what has no assistant, model, or value of the metadata
        qint64 members = 1; // groups that are in it
        Amount sum;
        std::vector<Amount> columns;
    };
    std::vector<Column> columns;
    std::vector<Group> groups; // the costliest first, the others last
    Amount sum; // of all columns
    Amount undated; // runs without a date: in no column and not in the sum
};

// `tags`: for GroupBy::MetadataValue.
Pivot pivotOf(const Ledger &ledger, const PivotQuery &query, const ThreadTags &tags = {});

// With so many groups at the most, and the others as one more.
Pivot folded(const Pivot &pivot, std::size_t named);

QDate periodStart(Period period, const QDate &day);
QDate nextPeriod(Period period, const QDate &start);

} // namespace bobbin
