// SPDX-License-Identifier: GPL-3.0-or-later
// From where on something stands out: of a workspace, or of one assistant.
#pragma once

#include <QHash>
#include <QString>

namespace bobbin {

struct Limits {
    qint64 contextCeiling = 40'000; // tokens that a run's first call reads
    qint64 failedInARow = 2; // without a new user message
    qint64 toolSteps = 5; // steps of tool calls in one run
    qint64 turnCap = 30; // turns of a thread
    qint64 sessionTokens = 500'000; // of a thread, all runs together
    qint64 windowPercent = 95; // of the model's window: what comes beyond drops out unseen
    qint64 attachedAgain = 2; // messages that the same file is attached to
    qint64 staleDays = 30; // since the last activity
    qint64 stuckMinutes = 10; // that a run is active
    qint64 retireDays = 90; // before a model is switched off
    qint64 storedTokenRate = 0; // thousandths of a dollar a million tokens and day; 0: threads are kept for nothing
    bool operator==(const Limits &) const = default;
};

struct LimitSet {
    Limits usual;
    QHash<QString, Limits> assistants; // by id: in place of the usual ones
    [[nodiscard]] const Limits &of(const QString &assistant) const
    {
        const auto own = assistants.constFind(assistant);
        return own == assistants.cend() ? usual : *own;
    }
    bool operator==(const LimitSet &) const = default;
};

} // namespace bobbin
