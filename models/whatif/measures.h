// SPDX-License-Identifier: GPL-3.0-or-later
// What could have been done otherwise: each a measure that a replay of the record takes into account.
#pragma once

#include "models/core/money.h"

#include <QString>

#include <array>
#include <optional>
#include <vector>

namespace bobbin {

// In the order in which they apply; what one saves is counted after those before it.
enum class Measure : quint8 {
    Retries, // failed runs that would not have been tried again
    ToolSteps, // calls of a run beyond the ceiling
    TurnCap, // rotation after so many turns
    ContextCeiling, // rotation before a call reads more
    LastMessages, // truncation_strategy
    MaxPromptTokens,
    Caching, // all that an unchanged prefix allows
    Model, // another one for all runs
    Routing, // a smaller one for simple turns
    Batch,
    OneStore, // vector stores that hold the same are one
    AttachOnce, // files that are attached to several messages of a thread
};
constexpr std::size_t measureCount = std::size_t(Measure::AttachOnce) + 1;

struct Measures {
    std::optional<qint64> retries; // of a transient failure; others are not tried again
    std::optional<qint64> toolSteps; // a run
    std::optional<qint64> turnCap; // turns of a thread
    std::optional<qint64> contextCeiling; // tokens
    qint64 summaryTokens = 500; // what a rotated thread begins with
    bool summaryByModel = false; // else it is an extract, which is free
    std::optional<qint64> lastMessages;
    std::optional<qint64> maxPromptTokens; // a run, all calls
    bool perfectCaching = false;
    QString model; // for all runs; empty: theirs
    QString routeTo; // for simple turns; empty: theirs
    bool batch = false;
    bool oneStore = false;
    std::optional<qint64> attachOnce; // what embedding costs, US cents a million tokens

    [[nodiscard]] bool has(Measure measure) const
    {
        switch (measure) {
        case Measure::Retries:
            return retries.has_value();
        case Measure::ToolSteps:
            return toolSteps.has_value();
        case Measure::TurnCap:
            return turnCap.has_value();
        case Measure::ContextCeiling:
            return contextCeiling.has_value();
        case Measure::LastMessages:
            return lastMessages.has_value();
        case Measure::MaxPromptTokens:
            return maxPromptTokens.has_value();
        case Measure::Caching:
            return perfectCaching;
        case Measure::Model:
            return !model.isEmpty();
        case Measure::Routing:
            return !routeTo.isEmpty();
        case Measure::Batch:
            return batch;
        case Measure::OneStore:
            return oneStore;
        case Measure::AttachOnce:
            return attachOnce.has_value();
        }
        return false;
    }
    [[nodiscard]] bool any() const
    {
        for (std::size_t measure = 0; measure < measureCount; ++measure)
            if (has(Measure(measure)))
                return true;
        return false;
    }
    bool operator==(const Measures &) const = default;
};

} // namespace bobbin
