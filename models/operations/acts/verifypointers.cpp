// SPDX-License-Identifier: GPL-3.0-or-later
// Nobody points to what is going to be deleted, whoever they are.
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
    const QStringList from = strings(c.step.body.value("from"_L1));
    auto looking = hands.lookAround(false);
    const Done looked = co_await looking;
    if (!looked)
        co_return failed(looked.error());
    const auto query = [from](Reader &reader) { return reader.usersOf(from); };
    auto reading = hands.store.read(query);
    const auto users = co_await reading;
    if (!users)
        co_return failed(users.error());
    if (users->empty())
        co_return finished();
    const QString user = users->front().second;
    if (c.step.body.value("spare"_L1).toBool()) {
        auto keeping = keepFor(hands, c, user);
        co_return co_await keeping;
    }
    Error error;
    error.kind = Error::Kind::Conflict;
    error.place = user;
    error.message = ActText::tr("%1 still points to what was to be deleted; nothing was deleted.").arg(user);
    co_return failed(error);
}

} // namespace

const Handler acts::VerifyPointers{
    .act = Act::VerifyPointers,
    .text = QT_TRANSLATE_NOOP("Acts", "read back who points where"),
    .perform = perform,
    .again = Handler::Again::Always,
};

} // namespace bobbin
