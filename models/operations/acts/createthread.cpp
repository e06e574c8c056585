// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/acts/marks.h"
#include "models/operations/acts/restoring.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ActText {
    Q_DECLARE_TR_FUNCTIONS(Acts)
};

// The plan has no secrets in it: they come from the old thread, as it is now.
OutcomeTask perform(Hands &hands, StepContext c)
{
    NewThread thread = threadFromJson(c.step.body);
    QString note;
    if (holdsSecretMark(thread.resources.more)) {
        auto asking = hands.belongings(Resource::Threads, c.target->target.id);
        const Result<Belongings> old = co_await asking;
        if (!old && old.error().kind != Error::Kind::NotFound)
            co_return failed(old.error());
        if (old)
            thread.resources.more = old->resources.more;
        else
            note = secretsLeftOut();
    }
    auto creating = createTolerantly(hands, c, thread);
    Outcome outcome = co_await creating;
    if (!note.isEmpty() && outcome.kind == Outcome::Kind::Finished)
        outcome.note = outcome.note.isEmpty() ? note : outcome.note + u"; "_s + note;
    co_return outcome;
}

QString detail(const Step &step)
{
    return ActText::tr("%n message(s)", nullptr, int(step.body.value("messages"_L1).toArray().size()));
}

qint64 seeded(const DoneTarget &done)
{
    qint64 messages = 0;
    for (const Step &step : done.target.steps)
        messages += step.act == Act::CreateThread ? step.body.value("messages"_L1).toArray().size()
            : step.act == Act::AddMessage         ? 1
                                                  : 0;
    return messages;
}

// What took over goes; the old thread is back before, so that at no moment is there neither.
void undo(UndoDraft &draft, const DoneStep &)
{
    const DoneTarget &done = *draft.done;
    if (done.made.isEmpty())
        return;
    const MadeThread now = draft.facts.made.value(done.made);
    PlanTarget &target = draft.target(u"rotation"_s, done.made);
    target.why = ActText::tr("delete the new thread, unmark the old one");
    target.lastActive = now.lastActive;
    target.messages = now.messages;
    target.runs = now.runs;
    if (now.gone)
        return;
    const qint64 before = seeded(done);
    if (now.activeRuns > 0) {
        target.keptBack = ActText::tr("a run is active on the new thread; cancel it first");
    } else if (now.messages > before || now.runs > 0) {
        target.chosen = false;
        target.why = ActText::tr("the new thread was used since (%1 more messages, %2 runs); they would live on in the "
                                 "archive only")
                         .arg(now.messages - before)
                         .arg(now.runs);
    }
    const QJsonObject seen = seenOf(target);
    target.steps.push_back({Act::CheckThread, done.made, {}, seen});
    target.steps.push_back({Act::ArchiveThread, done.made, {}, {}});
    target.steps.push_back({Act::DeleteThread, done.made, {}, seen});
}

} // namespace

const Handler acts::CreateThread{
    .act = Act::CreateThread,
    .text = QT_TRANSLATE_NOOP("Acts", "create thread"),
    .perform = perform,
    .changes = true,
    .once = true,
    .happened = findMadeThread,
    .undo = undo,
    .detail = detail,
};

} // namespace bobbin
