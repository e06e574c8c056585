// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/acts/marks.h"

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

QJsonObject resultOf(const QString &run)
{
    return {{u"run"_s, run}};
}

OutcomeTask perform(Hands &hands, StepContext c)
{
    const QString thread = c.objectOrMade();
    const Change start = change::StartRun{thread, c.step.body.value("assistant"_L1).toString(),
                                          c.step.body.value("model"_L1).toString(), marked({}, c, hands.provider())};
    auto sending = hands.send(start);
    const Result<QByteArray> answer = co_await sending;
    if (!answer)
        co_return failed(answer.error());
    const Parent parent{thread, {}, {}};
    const Result<Objects> begun = hands.provider().readItem(Resource::Runs, parent, *answer);
    if (!begun || begun->runs.empty())
        co_return failed(begun ? fail(Error::Kind::Decode, u"the answer has no run"_s, thread).value() : begun.error());
    auto storing = hands.put(*begun);
    std::ignore = co_await storing;
    co_return finished(resultOf(begun->runs.front().id));
}

// Runs lock their thread: it is among the newest ones.
OutcomeTask happened(Hands &hands, StepContext c)
{
    QString run;
    const auto look = [&](const Page &page) {
        for (const Run &one : page.objects.runs) {
            const auto read = hands.provider().readBelongings(one.raw);
            if (read && read->metadata.value(markKey) == c.marker)
                run = one.id;
        }
        return false;
    };
    ListRef ref{Resource::Runs, {c.objectOrMade(), {}, {}}};
    ref.newestFirst = true;
    auto reading = hands.eachPage(ref, look);
    const Done done = co_await reading;
    if (!done)
        co_return failed(done.error());
    co_return run.isEmpty() ? notDone() : finished(resultOf(run));
}

} // namespace

const Handler acts::StartRun{
    .act = Act::StartRun,
    .text = QT_TRANSLATE_NOOP("Acts", "start run"),
    .perform = perform,
    .changes = true,
    .once = true,
    .happened = happened,
};

} // namespace bobbin
