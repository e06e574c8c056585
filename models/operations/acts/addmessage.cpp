// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/acts/restoring.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

OutcomeTask perform(Hands &hands, StepContext c)
{
    const QString thread = c.objectOrMade();
    auto adding = addTolerantly(hands, thread, messageFromJson(c.step.body.value("message"_L1).toObject()));
    const Result<QString> note = co_await adding;
    if (!note)
        co_return failed(note.error());
    co_return finished({}, *note);
}

OutcomeTask happened(Hands &hands, StepContext c)
{
    auto counting = countMessages(hands, c.objectOrMade());
    const Result<qint64> count = co_await counting;
    if (!count)
        co_return failed(count.error());
    co_return *count > c.step.body.value("before"_L1).toInteger() ? finished() : notDone();
}

} // namespace

const Handler acts::AddMessage{
    .act = Act::AddMessage,
    .text = QT_TRANSLATE_NOOP("Acts", "add message"),
    .perform = perform,
    .changes = true,
    .once = true,
    .happened = happened,
};

} // namespace bobbin
