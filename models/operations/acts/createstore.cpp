// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/acts/marks.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ActText {
    Q_DECLARE_TR_FUNCTIONS(Acts)
};

OutcomeTask perform(Hands &hands, StepContext c)
{
    NewStore store = storeFromJson(c.step.body);
    store.metadata = marked(store.metadata, c, hands.provider());
    const Change create = change::CreateStore{store};
    auto sending = hands.send(create);
    const Result<QByteArray> answer = co_await sending;
    if (!answer)
        co_return failed(answer.error());
    const Result<Objects> made = hands.provider().readItem(Resource::VectorStores, {}, *answer);
    if (!made || made->stores.empty())
        co_return failed(made ? fail(Error::Kind::Decode, u"the answer has no id"_s, u"POST /vector_stores"_s).value()
                              : made.error());
    auto storing = hands.put(*made);
    std::ignore = co_await storing;
    co_return finished({{u"id"_s, made->stores.front().id}});
}

QString detail(const Step &step)
{
    return step.body.value("name"_L1).toString();
}

void undo(UndoDraft &draft, const DoneStep &)
{
    const DoneTarget &done = *draft.done;
    if (done.made.isEmpty())
        return;
    QJsonArray assistants;
    QJsonArray threads;
    for (const DoneStep &step : done.steps)
        if (step.state == StepState::Finished && step.result.value("now"_L1) == done.made)
            (step.step.act == Act::RepointAssistant ? assistants : threads) << step.step.object;
    PlanTarget &target = draft.target(u"made"_s, done.made);
    target.why = ActText::tr("delete the merged store, which nothing points to then");
    target.phase = 1;
    target.steps = {{Act::ArchiveStores, done.made, {}, {{u"stores"_s, QJsonArray{done.made}}}},
                    {Act::VerifyPointers,
                     done.made,
                     {},
                     {{u"from"_s, QJsonArray{done.made}}, {u"assistants"_s, assistants}, {u"threads"_s, threads}}},
                    {Act::DeleteStore, done.made, {}, {}}};
}

} // namespace

const Handler acts::CreateStore{
    .act = Act::CreateStore,
    .text = QT_TRANSLATE_NOOP("Acts", "create vector store"),
    .perform = perform,
    .changes = true,
    .once = true,
    .happened = findMadeStore,
    .undo = undo,
    .detail = detail,
};

} // namespace bobbin
