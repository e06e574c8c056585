// SPDX-License-Identifier: GPL-3.0-or-later
// Deleted only while it stands as its archive has it.
#include "models/core/clock.h"
#include "models/operations/acts/archiving.h"
#include "models/operations/acts/stores.h"
#include "models/operations/acts/threadlook.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ActText {
    Q_DECLARE_TR_FUNCTIONS(Acts)
};

constexpr int mostArchivings = 3; // of a thread that is edited while it is archived

Result<QString> digestOfFrame(const QString &path, const QJsonObject &frame, const Provider &own)
{
    const Result<ArchivedFrame> archived = readArchived(path, frameFromJson(frame));
    if (!archived)
        return fail(archived.error());
    const Result<const Provider *> provider = providerOf(archived->origin, own);
    if (!provider)
        return fail(provider.error());
    return threadDigest(**provider, archived->thread(), archived->messages());
}

// Into a frame of its own behind the first one, and noted in the journal as the archive of this target.
OutcomeTask archiveAgain(Hands &hands, StepContext c)
{
    const std::vector<Step> steps = stepsOf(c.job->operation.kind, c.target->target);
    const auto step = std::ranges::find_if(
        steps, [&](const Step &s) { return s.act == Act::ArchiveThread && s.object == c.step.object; });
    if (step == steps.end())
        co_return failed(Error::Kind::Input, ActText::tr("it has no archive"), c.step.object);
    c.step = *step;
    auto archiving = archiveThread(hands, c);
    const Outcome outcome = co_await archiving;
    if (outcome.kind != Outcome::Kind::Finished)
        co_return outcome;
    const int place = int(step - steps.begin());
    JournalEntry entry{
        c.target->key, {{place, Act::ArchiveThread, StepState::Finished, {}, nowMs(), outcome.result, {}}}, {}};
    auto writing = c.job->note(std::move(entry));
    if (!co_await writing)
        co_return failed(Error::Kind::Cancelled, {}, {});
    co_return outcome;
}

OutcomeTask perform(Hands &hands, StepContext c)
{
    const QString id = c.step.object;
    auto holding = archiveHolds(hands, c);
    const Done held = co_await holding;
    if (!held)
        co_return failed(held.error());
    QString archived = c.archived.value("digest"_L1).toString();
    if (archived.isEmpty()) { // by a Bobbin that did not note it
        auto reading = hands.store.read([path = c.job->archivePath, frame = c.archived](
                                            Reader &reader) { return digestOfFrame(path, frame, reader.provider()); },
                                        Store::Lane::Scan);
        const Result<QString> digest = co_await reading;
        if (!digest)
            co_return failed(digest.error());
        archived = *digest;
    }
    for (int archivings = 1;; ++archivings) {
        auto reading = storedThread(hands, id);
        const Result<StoredThread> stored = co_await reading;
        if (!stored)
            co_return failed(stored.error());
        const bool known = stored->known && !stored->row.gone;
        if (known && !c.step.body.isEmpty() && !seenAs(c.step.body, stored->row))
            co_return skip(wokeUp(c.step.body, stored->row));
        auto comparing = threadNow(hands, id, *stored);
        const Result<ThreadNow> now = co_await comparing;
        if (!now)
            co_return failed(now.error());
        if (now->look.gone) {
            auto marking = goneMeanwhile(hands, id);
            const Outcome spared = co_await marking;
            co_return c.again ? finished() : spared; // it may have been us
        }
        const QString kept = keptSince(hands, c, *stored, now->look.objects.threads.front());
        const bool same = !now->edited && stored->digest(hands.store.provider()) == archived;
        if (same && kept.isEmpty() && !now->awake())
            break;
        auto keeping = keepLook(hands, now->look);
        const Done written = co_await keeping;
        if (!written)
            co_return failed(written.error());
        if (now->awake())
            co_return skip(wokeUp(now->newMessages, now->newRuns));
        if (!kept.isEmpty())
            co_return skip(kept);
        if (archivings == mostArchivings)
            co_return skip(ActText::tr("spared: it is edited again and again"));
        auto archiving = archiveAgain(hands, c);
        const Outcome again = co_await archiving;
        if (again.kind != Outcome::Kind::Finished)
            co_return again;
        archived = again.result.value("digest"_L1).toString();
    }
    const Change remove = change::DeleteThread{id};
    auto sending = hands.sendNow(remove);
    const Result<QByteArray> answer = co_await sending;
    if (!answer && answer.error().kind != Error::Kind::NotFound)
        co_return failed(answer.error());
    auto marking = hands.setGone(Resource::Threads, id);
    const Done marked = co_await marking;
    if (!marked)
        co_return failed(marked.error());
    co_return finished({}, answer || c.again ? QString() : goneText());
}

OutcomeTask happened(Hands &hands, StepContext c)
{
    return isGone(hands, Resource::Threads, c.step.object);
}

void restore(PlanTarget &target, const UndoDraft &draft, bool unmark)
{
    const DoneStep *archived = draft.done->done(Act::ArchiveThread);
    if (!archived) {
        target.keptBack = ActText::tr("it has no archive");
        return;
    }
    QJsonObject body = archived->result;
    body.insert(u"file"_s, draft.operation.archive);
    if (unmark)
        body.insert(u"unmark"_s, true);
    target.steps.push_back({Act::RestoreThread, {}, {}, body});
    target.steps.push_back({Act::TakeMarkOff, {}, {}, body});
    target.steps.push_back({Act::RestoreMessages, {}, {}, body});
}

void undo(UndoDraft &draft, const DoneStep &)
{
    const DoneTarget &done = *draft.done;
    if (!done.made.isEmpty()) { // it was rotated by what is taken back
        restore(draft.target(u"rotation"_s, done.made), draft, true);
        return;
    }
    PlanTarget &target = draft.target(u"thread"_s, done.target.id);
    target.messages = done.target.messages;
    target.why = ActText::tr("create it again, with its %n message(s)", nullptr, int(done.target.messages.value_or(0)));
    target.phase = 1; // after the stores it points to
    restore(target, draft, false);
}

} // namespace

const Handler acts::DeleteThread{
    .act = Act::DeleteThread,
    .text = QT_TRANSLATE_NOOP("Acts", "look at it once more, whole, and delete it"),
    .perform = perform,
    .changes = true,
    .happened = happened,
    .undo = undo,
};

} // namespace bobbin
