// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/runfacts.h"

#include <charconv>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

qint64 TurnCounter::turnOf(OptTime created)
{
    ++m_runs;
    while (m_seen < m_asked.size() && created && m_asked[m_seen] <= *created)
        ++m_seen;
    // Without messages (an old export, a deleted message) every run counts as a turn of its own.
    return m_asked.empty() ? m_runs : std::max<qint64>(1, qint64(m_seen));
}

RunCalls readCalls(const Statement &q, int at)
{
    RunCalls calls;
    const std::string_view told = q.utf8(at);
    for (const char *next = told.data(), *end = next + told.size(); next < end;) {
        qint64 tokens = 0;
        const auto [stop, error] = std::from_chars(next, end, tokens);
        if (error != std::errc())
            break;
        calls.told.push_back(tokens);
        next = stop + 1;
    }
    calls.toolRounds = q.optional(at + 1);
    calls.outputTokens = q.integer(at + 2);
    return calls;
}

QString writtenCalls(const std::vector<qint64> &told)
{
    QString text;
    for (const qint64 tokens : told)
        text += (text.isEmpty() ? QString() : u","_s) + QString::number(tokens);
    return text;
}

RunFacts::RunFacts(Database &database)
    : m_messages(
          database.prepare(u"SELECT created, role='user', chars FROM message WHERE thread=? ORDER BY created"_s)),
      m_runs(database.prepare(
          u"SELECT key, created, ended, status, model, prompt, completion, cached, cache_write, cost, assumed, told, "
          "rounds, outputs, repeats, config, assistant, error FROM run WHERE thread=? ORDER BY created, key"_s))
{
}

MessageSums RunFacts::read(qint64 thread, std::vector<RunFact> &runs, FactNames *names)
{
    MessageSums sums;
    TurnCounter turns;
    m_read.clear();
    m_messages.bind(thread);
    while (m_messages.step()) {
        const qint64 created = m_messages.integer(0);
        ++sums.messages;
        sums.characters += m_messages.integer(2);
        sums.newest = std::max(sums.newest, created);
        if (m_messages.integer(1) == 0)
            continue;
        ++sums.turns;
        turns.asked(created);
    }
    m_runs.bind(thread);
    while (m_runs.step()) {
        RunFact &run = m_read.emplace_back();
        run.key = m_runs.integer(0);
        run.created = m_runs.integer(1);
        if (const OptTime ended = m_runs.optional(2); ended && run.created > 0)
            run.lasted =
                qint32(std::clamp<qint64>((*ended - run.created) / 1000, 0, std::numeric_limits<qint32>::max()));
        run.status = RunStatus(m_runs.integer(3));
        run.model = qint32(m_runs.integer(4));
        std::optional<Usage> usage;
        if (!m_runs.isNull(5))
            usage = Usage{m_runs.integer(5), m_runs.integer(6), m_runs.optional(7), m_runs.optional(8), {}};
        run.setUsage(usage);
        run.cost = m_runs.optional(9).value_or(-1);
        run.assumed = m_runs.integer(10) != 0;
        run.setCalls(usage, readCalls(m_runs, 11));
        run.repeats = qint16(std::min<qint64>(m_runs.integer(14), std::numeric_limits<qint16>::max()));
        run.config = qint32(m_runs.integer(15));
        run.turn = qint32(turns.turnOf(m_runs.optional(1)));
        if (!names)
            continue;
        run.assistant = names->assistants.number(m_runs.utf8(16));
        run.error = names->errors.number(m_runs.utf8(17));
    }
    runs.assign(m_read.begin(), m_read.end()); // as large as it has to be: there are many
    return sums;
}

void nameModels(Database &database, RateBook &rates)
{
    Statement models = database.prepare(u"SELECT key, name FROM model"_s);
    while (models.step())
        rates.name(qint32(models.integer(0)), models.text(1));
}

} // namespace bobbin
