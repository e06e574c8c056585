// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/core/clock.h"
#include "models/core/format.h"
#include "models/operations/acts/handler.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ActText {
    Q_DECLARE_TR_FUNCTIONS(Acts)
};

OutcomeTask perform(Hands &hands, StepContext c)
{
    const qint64 started = nowMs();
    auto wait = hands.times.firstPoll;
    while (true) {
        auto asking = hands.get(Resource::Runs, c.step.object, c.step.parent);
        const Result<Objects> now = co_await asking;
        if (!now)
            co_return failed(now.error());
        if (now->runs.empty())
            co_return failed(Error::Kind::Decode, u"the answer has no run"_s, c.step.object);
        const Run run = now->runs.front();
        if (!isActive(run.status)) {
            auto refreshing = hands.sync.refresh(c.step.parent, hands.stop);
            std::ignore = co_await refreshing;
            const auto query = [id = run.id, thread = c.step.parent](Reader &reader) -> Result<std::optional<Money>> {
                const auto key = reader.keyOf(RowKind::Runs, id, thread);
                if (!key || !*key)
                    return std::optional<Money>();
                const auto rows = reader.rows<RunRow>({**key});
                return rows ? rows->front().cost : std::optional<Money>();
            };
            auto reading = hands.store.read(query);
            const auto cost = co_await reading;
            const QString money = format::money(cost.value_or(std::nullopt));
            QString note;
            if (c.job->operation.kind == OperationKind::Answer)
                note = ActText::tr("the run is %1 now").arg(run.statusWord);
            else if (run.status == RunStatus::Cancelled)
                note = ActText::tr("cancelled; it cost %1 all the same").arg(money);
            else if (run.status == RunStatus::Failed && !hands.provider().capabilities().tellsCancelled)
                note =
                    ActText::tr("it ended as \"%1\", as runs do there when they are cancelled; it cost %2 all the same")
                        .arg(run.statusWord, money);
            else
                note = ActText::tr("it had ended by itself: %1; cost %2").arg(run.statusWord, money);
            co_return finished({{u"status"_s, run.statusWord}}, note);
        }
        // Only what was asked to end is waited for; a run that was answered may go on for long.
        if (c.job->operation.kind == OperationKind::Answer && run.status != RunStatus::RequiresAction &&
            run.status != RunStatus::Queued) {
            auto storing = hands.put(*now);
            std::ignore = co_await storing;
            co_return finished({{u"status"_s, run.statusWord}},
                               ActText::tr("answered; the run is %1").arg(run.statusWord));
        }
        const qint64 waited = nowMs() - started;
        if (waited > hands.times.patience.count() || c.job->control->cancelled()) {
            auto storing = hands.put(*now);
            std::ignore = co_await storing;
            const std::optional<qint64> age = run.createdAt ? std::optional(nowMs() - *run.createdAt) : std::nullopt;
            Error error;
            error.kind = Error::Kind::Conflict;
            error.place = run.id;
            error.message = ActText::tr("It is still %1 (age: %2). Servers free such a run when it expires; "
                                        "until then rotating the thread lets the user go on.")
                                .arg(run.statusWord, format::duration(age));
            co_return failed(error);
        }
        c.says(ActText::tr("it is %1; asked again every %2, given up after %3")
                   .arg(run.statusWord, format::duration(hands.times.longestPoll.count()),
                        format::duration(hands.times.patience.count())));
        auto waiting = hands.waitFor(c.job, c.job->control->changes(), wait);
        co_await waiting;
        if (hands.stop->requested())
            co_return finished();
        wait = std::min(wait * 3 / 2, hands.times.longestPoll);
    }
}

} // namespace

const Handler acts::FollowRun{
    .act = Act::FollowRun,
    .text = QT_TRANSLATE_NOOP("Acts", "follow run to its end"),
    .perform = perform,
};

} // namespace bobbin
