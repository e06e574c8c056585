// SPDX-License-Identifier: GPL-3.0-or-later
// What a thread's page asks.
#include "models/store/listing.h"
#include "models/store/runfacts.h"

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

Result<std::vector<TurnPoint>> Reader::turns(RowKey thread)
{
    TurnCounter turns;
    Statement messages =
        prepare(u"SELECT coalesce(created,0) FROM message WHERE thread=? AND role='user' ORDER BY 1"_s);
    messages.bind(thread);
    while (messages.step())
        turns.asked(messages.integer(0));
    Statement query = m_database.prepare(
        u"SELECT t.key, t.id, t.status, t.word, (SELECT name FROM model m WHERE m.key=t.model), t.created, t.ended, "
        "t.prompt, t.completion, t.cached, t.cache_write, t.reasoning, t.cost, t.calls, t.told, t.rounds, t.outputs "
        "FROM run t WHERE t.thread=? "
        "ORDER BY t.created, t.key"_s);
    query.bind(thread);
    std::vector<TurnPoint> points;
    while (query.step()) {
        TurnPoint p;
        p.key = query.integer(0);
        p.runId = query.text(1);
        p.status = RunStatus(query.integer(2));
        p.statusWord = statusWord(int(query.integer(2)), query.text(3));
        p.model = query.text(4);
        p.createdAt = query.optional(5);
        p.endedAt = query.optional(6);
        if (!query.isNull(7))
            p.usage =
                Usage{query.integer(7), query.integer(8), query.optional(9), query.optional(10), query.optional(11)};
        if (const auto cost = query.optional(12))
            p.cost = Money{*cost};
        p.toolCalls = query.optional(13);
        p.calls = readCalls(query, 14);
        p.context = contextOf(p.usage, p.calls);
        p.turn = turns.turnOf(p.createdAt);
        points.push_back(std::move(p));
    }
    return unlessFailed(std::move(points));
}

Result<std::vector<MessageRaw>> Reader::messages(RowKey thread, int limit, int offset)
{
    Statement query = prepare(u"SELECT id, key FROM message WHERE thread=? ORDER BY created, key LIMIT ? OFFSET ?"_s);
    query.bind(thread, limit, offset);
    std::vector<MessageRaw> all;
    while (query.step()) {
        Result<QByteArray> raw = this->raw(Resource::Messages, query.integer(1));
        if (!raw)
            return fail(raw.error());
        all.push_back({query.text(0), *raw});
    }
    return unlessFailed(std::move(all));
}

Result<std::optional<qint64>> Reader::messageIndex(RowKey thread, const QString &messageId)
{
    Statement query = prepare(u"SELECT (SELECT count(*) FROM message b WHERE b.thread=m.thread AND "
                              "(b.created,b.key)<(m.created,m.key)) FROM message m WHERE m.id=? AND m.thread=?"_s);
    const auto index = query.bind(messageId, thread).step() ? std::optional(query.integer(0)) : std::nullopt;
    return unlessFailed(index);
}

Result<std::vector<MessageContent>> Reader::conversation(RowKey thread, int limit, int offset)
{
    const auto raws = messages(thread, limit, offset);
    if (!raws)
        return fail(raws.error());
    std::vector<MessageContent> all;
    for (const MessageRaw &raw : *raws)
        if (Result<MessageContent> message = m_provider.readMessage(raw.raw))
            all.push_back(*std::move(message));
    return all;
}

Result<std::vector<RunRow>> Reader::runsOfThread(RowKey thread, int limit, int offset)
{
    std::vector<RowKey> keys;
    Statement query = prepare(u"SELECT key FROM run WHERE thread=? ORDER BY created, key LIMIT ? OFFSET ?"_s);
    query.bind(thread, limit, offset);
    while (query.step())
        keys.push_back(query.integer(0));
    return rows<RunRow>(keys);
}

Result<std::vector<StepContent>> Reader::steps(RowKey run)
{
    std::vector<StepContent> steps;
    Statement query = prepare(u"SELECT dict, data FROM steps WHERE run=?"_s);
    if (!query.bind(run).step())
        return unlessFailed(std::move(steps));
    const Result<QByteArray> all = m_raw.unpack(query.optional(0), query.blob(1));
    if (!all)
        return fail(all.error());
    for (const QByteArray &raw : all->split(packSeparator))
        if (Result<StepContent> step = m_provider.readStep(raw))
            steps.push_back(*std::move(step));
    return steps;
}

Result<std::vector<ToolCall>> Reader::requiredAction(RowKey run)
{
    const Result<QByteArray> raw = this->raw(Resource::Runs, run);
    if (!raw)
        return fail(raw.error());
    return m_provider.readRequiredAction(*raw).value_or(std::vector<ToolCall>());
}

} // namespace bobbin
