// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/acts/restoring.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

OutcomeTask perform(Hands &hands, StepContext c)
{
    const QString thread = c.objectOrMade();
    NewMessage message = messageFromJson(c.step.body.value("message"_L1).toObject());
    if (c.step.body.value("as_is"_L1).toBool()) {
        for (Attachment &attached : message.attachments)
            if (attached.fileId == "{file}"_L1)
                attached.fileId = c.uploaded;
        auto sending = hands.send(change::AddMessage{thread, message});
        const Result<QByteArray> answer = co_await sending;
        if (!answer)
            co_return failed(answer.error());
        co_return finished();
    }
    auto adding = addTolerantly(hands, thread, message);
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
