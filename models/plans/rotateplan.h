// SPDX-License-Identifier: GPL-3.0-or-later
// Rotation: a new thread takes over, seeded with a summary and the last messages; the old one is archived and marked.
// Arithmetic: break-even = ceil(cost of the summary / cost saved a turn); both threads then grow alike.
#pragma once

#include "models/plans/keepsakes.h"
#include "models/plans/plan.h"
#include "models/pricing/pricetable.h"
#include "models/providers/provider.h"

namespace bobbin {

struct RotateOptions {
    enum class Source { Extract, LastAnswer, Written };
    Source source = Source::Extract;
    QString text; // Written: by a model, or by the person
    std::optional<Money> writingCost; // what a model took for it
    int lastMessages = 5; // verbatim; none with LastAnswer
    bool deleteOld = false;
};

// A thread as it is known, everything of it.
struct RotateSubject {
    QString id, title, model;
    QByteArray raw;
    QByteArrayList messages; // raw, oldest first
    qint64 runs = 0;
    QString activeRun, activeStatus;
    std::optional<qint64> contextFirst, contextNow;
    OptTime lastActive;
    CostSum cost;
    QString unknown; // why it is not known whole; empty: it is
    QString successor; // another thread took over already, and is there
    bool deadRun = false; // the active run should have ended long ago, and cannot be cancelled
};

struct RotateDraft {
    PlanTarget target;
    QString summary;
    qsizetype verbatim = 0; // messages carried word for word
    std::vector<Keepsake> keepsakes; // found in the old thread
    std::optional<qint64> contextNow;
    qint64 contextAfter = 0; // estimated
    std::optional<Money> turnNow, turnAfter, savedPerTurn; // prompt cost of a turn
    std::optional<qint64> breakEvenTurns; // 0: from the next turn on
    QString model;
    QStringList stores, files; // carried
    QStringList warnings;
    QString activeRun; // has to be cancelled first
    bool savesNothing = false; // the new thread would begin with as many tokens
};

// `provider`: whose the subject's JSON is; `can`: what can be created there at this moment.
RotateDraft draftRotation(const RotateSubject &subject, const RotateOptions &options, const PriceTable &prices,
                          const Provider &provider, const Capabilities &can, qint64 nowMs);
Plan planRotation(std::vector<RotateDraft> drafts, const RotateOptions &options);
// Characters a token, from the runs of the thread itself; 4 where they do not tell.
double charactersPerToken(qsizetype firstCharacters, qsizetype allCharacters, std::optional<qint64> contextFirst,
                          std::optional<qint64> contextNow);

} // namespace bobbin
