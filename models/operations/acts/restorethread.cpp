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

OutcomeTask perform(Hands &hands, StepContext c)
{
    auto asking = hands.sync.listsThreads(hands.stop);
    const Result<bool> lists = co_await asking;
    if (!lists)
        co_return failed(lists.error());
    const Result<ArchivedThread> restored = archivedThread(hands, c.step.body);
    if (!restored)
        co_return failed(restored.error());
    NewThread thread = restored->thread;
    const auto query = [key = c.job->operation.key, stores = thread.resources.vectorStoreIds](Reader &reader) {
        return reader.madeBy(key, stores);
    };
    auto reading = hands.store.read(query);
    const auto made = co_await reading;
    if (!made)
        co_return failed(made.error());
    QStringList stores;
    QStringList missing;
    for (const QString &id : thread.resources.vectorStoreIds) {
        const QString now = made->value(id, id); // made by the same operation, just before
        (now.isEmpty() ? missing : stores) << (now.isEmpty() ? id : now);
    }
    thread.resources.vectorStoreIds = stores;
    const int most = *lists ? hands.provider().capabilities().messagesAtCreation : 0; // see findMadeThread()
    thread.messages.resize(std::min(thread.messages.size(), std::size_t(most)));
    auto creating = createTolerantly(hands, c, thread);
    Outcome outcome = co_await creating;
    if (outcome.kind == Outcome::Kind::Failed && refused(*outcome.error) && !thread.messages.empty()) {
        thread.messages.clear(); // one by one: whatever is wrong with one of them
        auto empty = createTolerantly(hands, c, thread);
        outcome = co_await empty;
    }
    if (outcome.kind != Outcome::Kind::Finished)
        co_return outcome;
    QStringList notes{ActText::tr("created again as %1").arg(outcome.result.value("id"_L1).toString())};
    if (!outcome.note.isEmpty())
        notes << outcome.note;
    if (holdsSecretMark(thread.resources.more))
        notes << secretsLeftOut();
    if (!missing.isEmpty())
        notes << ActText::tr("without %1, which was not made again yet").arg(missing.join(u", "_s));
    if (restored->leftOut > 0)
        notes << ActText::tr("%n empty message(s) left out", nullptr, restored->leftOut);
    if (!restored->refusedRole.isEmpty())
        notes << ActText::tr("messages of the role \"%1\" became the user's").arg(restored->refusedRole);
    outcome.note = notes.join(u"; "_s);
    co_return outcome;
}

} // namespace

const Handler acts::RestoreThread{
    .act = Act::RestoreThread,
    .text = QT_TRANSLATE_NOOP("Acts", "create thread from the archive"),
    .perform = perform,
    .changes = true,
    .once = true,
    .happened = findMadeThread,
};

} // namespace bobbin
