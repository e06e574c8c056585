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
    const QString id = c.objectOrMade();
    const qint64 expected = c.step.body.value("files"_L1).toInteger();
    const bool mayFail = c.step.body.value("may_fail"_L1).toBool();
    auto wait = hands.times.firstPoll;
    qint64 movedAt = nowMs();
    std::optional<qint64> pending;
    while (true) {
        auto refreshing = hands.get(Resource::VectorStores, id);
        const Result<Objects> now = co_await refreshing;
        if (!now)
            co_return failed(now.error());
        if (now->stores.empty())
            co_return failed(Error::Kind::Decode, u"the answer has no store"_s, id);
        const VectorStore store = now->stores.front();
        // What had failed before is no reason to stop: it was not searchable then either.
        const qint64 failedFiles = store.failedFiles.value_or(0) - c.step.body.value("failed"_L1).toInteger();
        if (store.pendingFiles.value_or(0) == 0 && store.status != "in_progress"_L1) {
            auto listing = hands.sync.refreshStore(id, hands.stop);
            std::ignore = co_await listing;
            Error error;
            error.kind = Error::Kind::Rejected;
            error.place = id;
            if (failedFiles > 0 && !mayFail)
                error.message = ActText::tr("%n file(s) could not be indexed; nothing was re-pointed or deleted",
                                            nullptr, int(failedFiles));
            else if (store.fileCount.value_or(0) < expected)
                error.message = ActText::tr("it holds %1 files where %2 must be; nothing was re-pointed or deleted")
                                    .arg(store.fileCount.value_or(0))
                                    .arg(expected);
            if (!error.message.isEmpty())
                co_return failed(error);
            co_return finished({{u"files"_s, store.fileCount.value_or(0)}},
                               failedFiles > 0
                                   ? ActText::tr("%n file(s) could not be indexed", nullptr, int(failedFiles))
                                   : QString());
        }
        if (store.pendingFiles != pending)
            movedAt = nowMs();
        pending = store.pendingFiles;
        const QString left = ActText::tr("%n file(s) are not indexed yet", nullptr, int(pending.value_or(0)));
        if (nowMs() - movedAt > hands.times.patience.count())
            co_return failed(Error::Kind::Conflict,
                             ActText::tr("%1, and for %2 nothing moved; nothing was re-pointed or deleted. "
                                         "Try it again later.")
                                 .arg(left, format::duration(hands.times.patience.count())),
                             id);
        c.says(ActText::tr("%1; asked again every %2, given up when nothing moves for %3")
                   .arg(left, format::duration(hands.times.longestPoll.count()),
                        format::duration(hands.times.patience.count())));
        auto waiting = hands.waitFor(c.job, c.job->control->changes(), wait);
        co_await waiting;
        if (hands.stop->requested())
            co_return finished();
        if (c.job->control->cancelled())
            co_return failed(Error::Kind::Conflict, ActText::tr("cancelled while files were indexed"), id);
        wait = std::min(wait * 3 / 2, hands.times.longestPoll);
    }
}

QString detail(const Step &step)
{
    return filesText(step.body.value("files"_L1).toInteger());
}

} // namespace

const Handler acts::AwaitStore{
    .act = Act::AwaitStore,
    .text = QT_TRANSLATE_NOOP("Acts", "wait until every file is indexed"),
    .perform = perform,
    .detail = detail,
};

} // namespace bobbin
