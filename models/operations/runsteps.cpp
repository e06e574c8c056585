// SPDX-License-Identifier: GPL-3.0-or-later
// What is done to runs.
#include "models/operations/executor.h"

#include "models/core/clock.h"
#include "models/core/format.h"

#include <QCoreApplication>
#include <QCoroFuture>
#include <QDir>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct RunStepText {
    Q_DECLARE_TR_FUNCTIONS(RunSteps)
};

} // namespace

Executor::Answer Executor::cancelRun(Context c)
{
    const Change cancel = change::CancelRun{c.step.parent, c.step.object};
    auto sending = send(cancel);
    const Result<QByteArray> answer = co_await sending;
    if (answer)
        co_return finished();
    // It may have ended meanwhile: following it tells how.
    auto asking = get(Resource::Runs, c.step.object, c.step.parent);
    const Result<Objects> run = co_await asking;
    if (run && !run->runs.empty() && answer.error().httpStatus >= 400 && answer.error().httpStatus < 500 &&
        (!isActive(run->runs.front().status) || run->runs.front().status == RunStatus::Cancelling))
        co_return finished();
    co_return failed(answer.error());
}

Executor::Answer Executor::followRun(Context c)
{
    const qint64 started = nowMs();
    auto wait = m_times.firstPoll;
    while (true) {
        auto asking = get(Resource::Runs, c.step.object, c.step.parent);
        const Result<Objects> now = co_await asking;
        if (!now)
            co_return failed(now.error());
        if (now->runs.empty())
            co_return failed(fail(Error::Kind::Decode, u"the answer has no run"_s, c.step.object).value());
        const Run run = now->runs.front();
        if (!isActive(run.status)) {
            auto refreshing = m_sync.refresh(c.step.parent, m_stop);
            std::ignore = co_await refreshing;
            const auto query = [id = run.id, thread = c.step.parent](Reader &reader) -> Result<std::optional<Money>> {
                const auto key = reader.keyOf(RowKind::Runs, id, thread);
                if (!key || !*key)
                    return std::optional<Money>();
                const auto rows = reader.rows<RunRow>({**key});
                return rows ? rows->front().cost : std::optional<Money>();
            };
            auto reading = m_store.read(query);
            const auto cost = co_await reading;
            const QString money = format::money(cost.value_or(std::nullopt));
            QString note;
            if (c.run->operation.kind == OperationKind::Answer)
                note = RunStepText::tr("the run is %1 now").arg(run.statusWord);
            else if (run.status == RunStatus::Cancelled)
                note = RunStepText::tr("cancelled; it cost %1 all the same").arg(money);
            else
                note = RunStepText::tr("it had ended by itself: %1; cost %2").arg(run.statusWord, money);
            co_return finished({{u"status"_s, run.statusWord}}, note);
        }
        // Only what was asked to end is waited for; a run that was answered may go on for long.
        if (c.run->operation.kind == OperationKind::Answer && run.status != RunStatus::RequiresAction &&
            run.status != RunStatus::Queued) {
            auto storing = put(*now);
            std::ignore = co_await storing;
            co_return finished({{u"status"_s, run.statusWord}},
                               RunStepText::tr("answered; the run is %1").arg(run.statusWord));
        }
        const qint64 waited = nowMs() - started;
        if (waited > m_times.patience.count() || c.run->control->cancelled()) {
            auto storing = put(*now);
            std::ignore = co_await storing;
            const std::optional<qint64> age = run.createdAt ? std::optional(nowMs() - *run.createdAt) : std::nullopt;
            Error error;
            error.kind = Error::Kind::Conflict;
            error.place = run.id;
            error.message = RunStepText::tr("It is still %1 (age: %2). Servers free such a run when it expires; "
                                            "until then rotating the thread lets the user go on.")
                                .arg(run.statusWord, format::duration(age));
            co_return failed(error);
        }
        says(c,
             RunStepText::tr("it is %1; asked again every %2, given up after %3")
                 .arg(run.statusWord, format::duration(m_times.longestPoll.count()),
                      format::duration(m_times.patience.count())));
        auto waiting = waitFor(c.run, c.run->control->changes(), wait);
        co_await waiting;
        if (m_stop->requested())
            co_return finished();
        wait = std::min(wait * 3 / 2, m_times.longestPoll);
    }
}

Executor::Answer Executor::submitToolOutputs(Context c)
{
    const Change submit = change::SubmitToolOutputs{c.step.parent, c.step.object,
                                                    toolOutputsFromJson(c.step.body.value("outputs"_L1).toArray())};
    auto sending = send(submit);
    const Result<QByteArray> answer = co_await sending;
    if (!answer)
        co_return failed(answer.error());
    co_return finished();
}

} // namespace bobbin
