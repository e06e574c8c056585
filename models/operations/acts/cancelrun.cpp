// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/acts/handler.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

OutcomeTask perform(Hands &hands, StepContext c)
{
    const Change cancel = change::CancelRun{c.step.parent, c.step.object};
    auto sending = hands.send(cancel);
    const Result<QByteArray> answer = co_await sending;
    if (answer)
        co_return finished();
    // It may have ended meanwhile: following it tells how.
    auto asking = hands.get(Resource::Runs, c.step.object, c.step.parent);
    const Result<Objects> run = co_await asking;
    if (run && !run->runs.empty() && answer.error().httpStatus >= 400 && answer.error().httpStatus < 500 &&
        (!isActive(run->runs.front().status) || run->runs.front().status == RunStatus::Cancelling))
        co_return finished();
    co_return failed(answer.error());
}

OutcomeTask happened(Hands &hands, StepContext c)
{
    auto asking = hands.get(Resource::Runs, c.step.object, c.step.parent);
    const Result<Objects> run = co_await asking;
    if (!run)
        co_return failed(run.error());
    const RunStatus status = run->runs.empty() ? RunStatus::Unknown : run->runs.front().status;
    co_return status == RunStatus::Cancelling || !isActive(status) ? finished() : notDone();
}

} // namespace

const Handler acts::CancelRun{
    .act = Act::CancelRun,
    .text = QT_TRANSLATE_NOOP("Acts", "cancel run"),
    .perform = perform,
    .changes = true,
    .happened = happened,
};

} // namespace bobbin
