// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/acts/marks.h"
#include "models/operations/acts/restoring.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

bool isAsIs(const StepContext &c)
{
    return c.step.body.value("as_is"_L1).toBool();
}

OutcomeTask perform(Hands &hands, StepContext c)
{
    const QString thread = c.objectOrMade();
    NewMessage message = messageFromJson(c.step.body.value("message"_L1).toObject());
    if (isAsIs(c)) {
        for (Attachment &attached : message.attachments)
            if (attached.fileId == "{file}"_L1)
                attached.fileId = c.uploaded;
        message.metadata = marked(message.metadata, c, hands.provider());
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

// Into a thread that others write to as well it is found by its mark.
OutcomeTask findMarked(Hands &hands, StepContext c)
{
    bool isThere = false;
    const auto look = [&](const Page &page) {
        for (const Message &one : page.objects.messages) {
            const auto read = hands.provider().readBelongings(one.raw);
            isThere = isThere || (read && read->metadata.value(markKey) == c.marker);
        }
        return false; // it is among the newest
    };
    ListRef ref{Resource::Messages, {c.objectOrMade(), {}, {}}};
    ref.newestFirst = true;
    auto reading = hands.eachPage(ref, look);
    const Done done = co_await reading;
    if (!done)
        co_return failed(done.error());
    co_return isThere ? finished() : notDone();
}

OutcomeTask happened(Hands &hands, StepContext c)
{
    if (isAsIs(c)) {
        auto finding = findMarked(hands, c);
        co_return co_await finding;
    }
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
