// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/acts/handler.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ActText {
    Q_DECLARE_TR_FUNCTIONS(Acts)
};

// Not before those that need them elsewhere have them: the stores they came from.
OutcomeTask perform(Hands &hands, StepContext c)
{
    const auto query = [key = c.job->operation.key](Reader &reader) {
        return reader.targets(key, {TargetState::Failed, TargetState::Stopped}, 0, 0);
    };
    auto reading = hands.store.read(query);
    const auto open = co_await reading;
    if (!open)
        co_return failed(open.error());
    for (const DoneTarget &target : *open)
        if (target.target.phase < c.target->target.phase)
            co_return failed(
                Error::Kind::Conflict,
                ActText::tr("they stay until “%1” is back, whose owners need them").arg(target.target.label),
                c.step.object);
    const QStringList files = strings(c.step.body.value("files"_L1));
    for (const QString &file : files) {
        const Change remove = change::RemoveStoreFile{c.step.object, file};
        auto sending = hands.send(remove);
        const Result<QByteArray> answer = co_await sending;
        if (!answer && answer.error().kind != Error::Kind::NotFound)
            co_return failed(answer.error());
    }
    auto refreshing = hands.sync.refreshStore(c.step.object, hands.stop);
    std::ignore = co_await refreshing;
    co_return finished({}, ActText::tr("%n file(s) taken out again", nullptr, int(files.size())));
}

QString detail(const Step &step)
{
    return filesText(step.body.value("files"_L1).toArray().size());
}

} // namespace

const Handler acts::RemoveStoreFiles{
    .act = Act::RemoveStoreFiles,
    .text = QT_TRANSLATE_NOOP("Acts", "take files out of the store"),
    .perform = perform,
    .changes = true,
    .detail = detail,
};

} // namespace bobbin
