// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/acts/stores.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ActText {
    Q_DECLARE_TR_FUNCTIONS(Acts)
};

} // namespace

QString targetStore(const StepContext &c)
{
    const QString to = c.step.body.value("to"_L1).toString();
    return to.isEmpty() ? c.made : to;
}

QCoro::Task<Result<QStringList>> filesIn(Hands &hands, QString store)
{
    ListRef ref{Resource::StoreFiles};
    ref.parent.store = store;
    QStringList ids;
    const auto add = [&ids](const Page &page) {
        for (const StoreFile &file : page.objects.storeFiles)
            ids << file.id;
        return !page.objects.storeFiles.empty();
    };
    auto reading = hands.eachPage(ref, add);
    const Done done = co_await reading;
    if (!done)
        co_return fail(done.error());
    co_return ids;
}

OutcomeTask keepFor(Hands &hands, StepContext c, QString user)
{
    const auto query = [key = c.job->operation.key](Reader &reader) {
        return reader.targets(key, {TargetState::Failed, TargetState::Stopped}, 0, 0);
    };
    auto reading = hands.store.read(query);
    const auto targets = co_await reading;
    if (!targets)
        co_return failed(targets.error());
    // This operation could not delete the user, and may yet: tried again, it goes, and this with it.
    for (const DoneTarget &target : *targets)
        if (target.target.id == user) {
            Error error;
            error.kind = Error::Kind::Conflict;
            error.message = ActText::tr("kept: %1 could not be deleted").arg(user);
            co_return failed(error);
        }
    co_return skip(ActText::tr("kept: %1 uses it").arg(user));
}

OutcomeTask isGone(Hands &hands, Resource resource, QString id)
{
    auto asking = hands.get(resource, id);
    const Result<Objects> there = co_await asking;
    if (there)
        co_return notDone();
    if (there.error().kind != Error::Kind::NotFound)
        co_return failed(there.error());
    auto marking = hands.setGone(resource, id);
    std::ignore = co_await marking;
    co_return finished();
}

} // namespace bobbin
