// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/acts/threadlook.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ActText {
    Q_DECLARE_TR_FUNCTIONS(Acts)
};

OutcomeTask perform(Hands &hands, StepContext c)
{
    const QString id = c.step.object;
    const QJsonObject seen = c.step.body;
    auto reading = storedThread(hands, id);
    const Result<StoredThread> stored = co_await reading;
    if (!stored)
        co_return failed(stored.error());
    if (!stored->known || stored->row.gone)
        co_return Outcome{Outcome::Kind::Skip, {{u"gone"_s, true}}, goneText(), {}};
    if (!seenAs(seen, stored->row))
        co_return skip(wokeUp(seen, stored->row));
    // A clean-up looks when it has archived, just before it deletes.
    if (c.job->operation.kind == OperationKind::Cleanup)
        co_return finished();
    auto comparing = threadNow(hands, id, *stored);
    const Result<ThreadNow> now = co_await comparing;
    if (!now)
        co_return failed(now.error());
    if (now->look.gone) {
        auto marking = goneMeanwhile(hands, id);
        co_return co_await marking;
    }
    const bool awake = now->awake(seen.value("dead_run"_L1).toString());
    if (awake || now->edited) {
        auto keeping = keepLook(hands, now->look);
        const Done kept = co_await keeping;
        if (!kept)
            co_return failed(kept.error());
    }
    if (awake)
        co_return skip(wokeUp(now->newMessages, now->newRuns));
    if (c.job->operation.kind != OperationKind::Rotate)
        co_return finished();
    const auto read = hands.provider().readBelongings(now->look.objects.threads.front().raw);
    const QString successor = read ? read->metadata.value(u"rotated_to"_s) : QString();
    if (!successor.isEmpty() && successor != seen.value("successor"_L1).toString())
        co_return skip(ActText::tr("spared: somebody rotated it meanwhile, %1 took over").arg(successor));
    const QString digest = seen.value("digest"_L1).toString();
    if (now->edited || (!digest.isEmpty() && digest != stored->digest(hands.store.provider())))
        co_return skip(ActText::tr("spared: it was edited since it was planned; plan it again"));
    co_return finished();
}

} // namespace

const Handler acts::CheckThread{
    .act = Act::CheckThread,
    .text = QT_TRANSLATE_NOOP("Acts", "compare with what was planned"),
    .perform = perform,
    .again = Handler::Again::UntilChanged,
};

} // namespace bobbin
