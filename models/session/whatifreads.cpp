// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/whatifreads.h"

#include "models/core/clock.h"

#include <algorithm>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t mostMissed = 100;

Money costOf(const TouchedThread &thread)
{
    return thread.replayed.sum.actual;
}

QString textOf(const MessageContent &message)
{
    QString text;
    for (const ContentPart &part : message.parts)
        if (part.kind == ContentPart::Kind::Text)
            text += part.text + u'\n';
    return text;
}

// Turns are counted as runs are: by the messages of the person.
std::vector<SaidMessage> saidIn(const std::vector<MessageContent> &messages)
{
    std::vector<SaidMessage> said;
    qint32 turn = 0;
    for (const MessageContent &message : messages) {
        const bool answer = message.role != "user"_L1;
        turn += answer ? 0 : 1;
        SaidMessage one{std::max(1, turn), answer, textOf(message), {}};
        if (answer) {
            for (const ContentPart &part : message.parts)
                for (const Citation &citation : part.citations)
                    if (!citation.fileId.isEmpty())
                        one.files << citation.fileId;
        } else {
            one.files = message.attachments;
        }
        said.push_back(std::move(one));
    }
    return said;
}

} // namespace

ReplayScope ReplayQuestion::scope(const Ledger &ledger) const
{
    ReplayScope scope;
    scope.thread = thread;
    scope.from = from;
    if (assistant) // one that never ran has no number
        scope.assistant = ledger.names.assistants.find(assistant->toStdString()).value_or(-1);
    return scope;
}

Replay ReplayQuestion::replayed(const Ledger &ledger) const
{
    return replayedAll(ledger, {measures}).front();
}

std::vector<Replay> ReplayQuestion::replayed(const Ledger &ledger, const std::vector<FrontierPoint> &pairs) const
{
    std::vector<Measures> each;
    each.reserve(pairs.size());
    for (const FrontierPoint &pair : pairs)
        each.push_back(with(measures, pair));
    return replayedAll(ledger, each);
}

// What is stored is the same whatever the limits.
std::vector<Replay> ReplayQuestion::replayedAll(const Ledger &ledger, const std::vector<Measures> &each) const
{
    const ReplayScope within = scope(ledger);
    const StorageReplay storage = replayStorage(ledger, stores ? *stores : StoredStores(), measures, within,
                                                assistant.value_or(QString()), nowMs());
    std::vector<Replay> all;
    for (const Measures &one : each) {
        all.push_back(replay(ledger, one, within, simple ? *simple : SimpleRuns()));
        addStorage(all.back(), storage, one);
    }
    return all;
}

std::vector<ThreadTurns> turnsIn(const Ledger &ledger)
{
    std::vector<ThreadTurns> all;
    for (const ThreadFact &thread : ledger.threads) {
        if (thread.runs.empty())
            continue;
        ThreadTurns &one = all.emplace_back();
        one.thread = thread.key;
        one.runs.reserve(thread.runs.size());
        for (const RunFact &run : thread.runs)
            one.runs.emplace_back(run.key, run.turn);
    }
    return all;
}

Result<SimpleRuns> readSimpleRuns(Reader &reader, const std::vector<ThreadTurns> &threads, const WordingRule &rule,
                                  ReadProgress &progress)
{
    SimpleRuns simple;
    progress.all = qint64(threads.size());
    for (const ThreadTurns &thread : threads) {
        if (progress.stopped)
            return fail(Error::Kind::Cancelled, {});
        ++progress.done;
        const auto messages = reader.conversation(thread.thread, std::numeric_limits<int>::max(), 0);
        if (!messages)
            return fail(messages.error());
        std::vector<bool> turns;
        for (const MessageContent &message : *messages)
            if (message.role == "user"_L1)
                turns.push_back(isSimple(textOf(message), rule));
        for (const auto &[run, turn] : thread.runs) {
            if (turn < 1 || std::size_t(turn) > turns.size() || !turns[std::size_t(turn) - 1])
                continue;
            if (simple.size() <= std::size_t(run))
                simple.resize(std::size_t(run) + 1);
            simple[std::size_t(run)] = true;
        }
    }
    return simple;
}

std::vector<TouchedThread> touchedBy(const Ledger &ledger, const ReplayQuestion &question, std::size_t most)
{
    const Measures &measures = question.measures;
    const ReplayScope scope = question.scope(ledger);
    std::vector<TouchedThread> touched;
    for (const ThreadFact &thread : ledger.threads) {
        if ((scope.thread != 0 && thread.key != scope.thread) || thread.runs.empty() ||
            thread.runs.back().created < scope.from || (scope.assistant && thread.assistant != *scope.assistant))
            continue;
        ThreadReplay replayed = replayThread(ledger, thread, measures);
        if (replayed.sum.rotations == 0 && !(measures.lastMessages && replayed.sum.tokensCut > 0))
            continue; // nothing that an answer could have needed was left behind
        touched.push_back({thread.key, std::move(replayed)});
        std::ranges::push_heap(touched, std::greater<>(), costOf);
        if (touched.size() > most) {
            std::ranges::pop_heap(touched, std::greater<>(), costOf);
            touched.pop_back();
        }
    }
    std::ranges::sort_heap(touched, std::greater<>(), costOf);
    return touched;
}

Result<MissedAnswers> readMissed(Reader &reader, const std::vector<TouchedThread> &threads, const Measures &measures,
                                 ReadProgress &progress)
{
    progress.all = qint64(threads.size());
    MissedAnswers found;
    for (const TouchedThread &one : threads) {
        if (progress.stopped)
            return fail(Error::Kind::Cancelled, {});
        ++progress.done;
        const auto messages = reader.conversation(one.thread, std::numeric_limits<int>::max(), 0);
        const auto rows = reader.rows<ThreadRow>({one.thread});
        if (!messages || !rows)
            return fail(!messages ? messages.error() : rows.error());
        const std::vector<Reach> answers = reachOf(saidIn(*messages));
        ++found.threads;
        found.answers += qint64(answers.size());
        for (const Reach &answer : missedBy(answers, one.replayed, measures)) {
            ++found.missed;
            if (found.some.size() < mostMissed)
                found.some.push_back(
                    {one.thread, rows->front().title.isEmpty() ? rows->front().id : rows->front().title, answer});
        }
    }
    return found;
}

} // namespace bobbin
