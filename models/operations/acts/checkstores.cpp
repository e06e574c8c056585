// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/acts/stores.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ActText {
    Q_DECLARE_TR_FUNCTIONS(Acts)
};

OutcomeTask perform(Hands &hands, StepContext c)
{
    const QJsonObject planned = c.step.body.value("stores"_L1).toObject();
    for (auto it = planned.begin(); it != planned.end(); ++it) {
        auto asking = filesIn(hands, it.key());
        const Result<QStringList> now = co_await asking;
        if (!now && now.error().kind == Error::Kind::NotFound) {
            auto marking = hands.setGone(Resource::VectorStores, it.key());
            std::ignore = co_await marking;
            co_return skip(ActText::tr("the server no longer has %1").arg(it.key()));
        }
        if (!now)
            co_return failed(now.error());
        const QStringList was = strings(it.value());
        if (QSet<QString>(now->begin(), now->end()) == QSet<QString>(was.begin(), was.end()))
            continue;
        auto refreshing = hands.sync.refreshStore(it.key(), hands.stop);
        std::ignore = co_await refreshing;
        co_return skip(ActText::tr("spared: the files of %1 changed since (%2 planned, %3 now)")
                           .arg(it.key())
                           .arg(was.size())
                           .arg(now->size()));
    }
    co_return finished();
}

QString detail(const Step &step)
{
    return step.body.value("stores"_L1).toObject().keys().join(u", "_s);
}

} // namespace

const Handler acts::CheckStores{
    .act = Act::CheckStores,
    .text = QT_TRANSLATE_NOOP("Acts", "look whether the stores are as planned"),
    .perform = perform,
    .again = Handler::Again::UntilChanged,
    .detail = detail,
};

} // namespace bobbin
