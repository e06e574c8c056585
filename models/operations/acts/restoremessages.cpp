// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/acts/restoring.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

// Goes on after as many as are there: nobody else knows the thread yet.
OutcomeTask perform(Hands &hands, StepContext c)
{
    const Result<ArchivedThread> restored = archivedThread(hands, c.step.body);
    if (!restored)
        co_return failed(restored.error());
    auto counting = countMessages(hands, c.made);
    const Result<qint64> there = co_await counting;
    if (!there)
        co_return failed(there.error());
    QStringList notes;
    for (std::size_t i = std::size_t(*there); i < restored->thread.messages.size(); ++i) {
        auto adding = addTolerantly(hands, c.made, restored->thread.messages[i]);
        const Result<QString> note = co_await adding;
        if (!note)
            co_return failed(note.error());
        if (!note->isEmpty())
            notes << *note;
    }
    co_return finished({}, notes.join(u"; "_s));
}

} // namespace

const Handler acts::RestoreMessages{
    .act = Act::RestoreMessages,
    .text = QT_TRANSLATE_NOOP("Acts", "add the archived messages"),
    .perform = perform,
    .changes = true,
};

} // namespace bobbin
