// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/acts/handler.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

OutcomeTask perform(Hands &hands, StepContext c)
{
    const Change submit = change::SubmitToolOutputs{c.step.parent, c.step.object,
                                                    toolOutputsFromJson(c.step.body.value("outputs"_L1).toArray())};
    auto sending = hands.send(submit);
    const Result<QByteArray> answer = co_await sending;
    if (!answer)
        co_return failed(answer.error());
    co_return finished();
}

OutcomeTask happened(Hands &hands, StepContext c)
{
    auto asking = hands.get(Resource::Runs, c.step.object, c.step.parent);
    const Result<Objects> run = co_await asking;
    if (!run)
        co_return failed(run.error());
    const RunStatus status = run->runs.empty() ? RunStatus::Unknown : run->runs.front().status;
    co_return status != RunStatus::RequiresAction ? finished() : notDone();
}

} // namespace

const Handler acts::SubmitToolOutputs{
    .act = Act::SubmitToolOutputs,
    .text = QT_TRANSLATE_NOOP("Acts", "submit tool outputs"),
    .perform = perform,
    .changes = true,
    .once = true,
    .happened = happened,
};

} // namespace bobbin
