// SPDX-License-Identifier: GPL-3.0-or-later
// Its store failed at first, and the thread was made without it.
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
    const QString old = c.step.object;
    const auto query = [key = c.job->operation.key, old](Reader &reader) { return reader.madeBy(key, {old}); };
    auto reading = hands.store.read(query);
    const auto made = co_await reading;
    if (!made)
        co_return failed(made.error());
    const QString thread = made->value(old);
    if (thread.isEmpty())
        co_return finished(); // it will be made with the store
    auto asking = hands.belongings(Resource::Threads, thread);
    const Result<Belongings> read = co_await asking;
    if (!read && read.error().kind == Error::Kind::NotFound)
        co_return finished({}, ActText::tr("%1 is gone").arg(thread));
    if (!read)
        co_return failed(read.error());
    ToolResources resources = read->resources;
    if (!resources.vectorStoreIds.isEmpty()) // this one, or one of somebody's choice
        co_return finished();
    resources.vectorStoreIds << c.made;
    const Change pointing = change::EditThread{thread, {}, resources};
    auto editing = hands.edit(Resource::Threads, pointing);
    const Done edited = co_await editing;
    if (!edited)
        co_return failed(edited.error());
    co_return finished({{u"now"_s, c.made}}, thread);
}

} // namespace

const Handler acts::PointRestored{
    .act = Act::PointRestored,
    .text = QT_TRANSLATE_NOOP("Acts", "point the thread made again to it"),
    .perform = perform,
    .changes = true,
};

} // namespace bobbin
