// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/derive.h"

#include "models/core/texthash.h"

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype headLength = 200; // characters of a message that are told apart by their hash

const QString derivedKey = u"derived"_s;
const QString derivedVersion = u"1"_s; // of a store that was made anew: its schema has all it needs

struct Kind {
    Resource resource;
    QStringView sql; // key, id of the thread
};
constexpr Kind kinds[] = {
    {Resource::Assistants, u"SELECT key, '' FROM assistant"},
    {Resource::Messages, u"SELECT m.key, t.id FROM message m JOIN thread t ON t.key=m.thread ORDER BY m.key"},
    {Resource::Runs, u"SELECT r.key, t.id FROM run r JOIN thread t ON t.key=r.thread ORDER BY r.key"},
};

} // namespace

// Of what a person wrote: what several messages begin with alike, where it is long, need not be said again each time.
std::optional<qint64> headOf(const Message &m)
{
    if (m.role != "user"_L1 || m.text.size() < headLength)
        return std::nullopt;
    return qint64(textHash(m.text.left(headLength).toStdString()));
}

std::optional<qint64> instructionsOf(const Assistant &a)
{
    return a.instructions.isEmpty() ? std::nullopt : std::optional(qint64(textHash(a.instructions.toStdString())));
}

void Writer::deriveRun(qint64 run, const RunConfig &config)
{
    m_runConfig.bind(configKey(config), run).step();
}

void Writer::deriveSteps(qint64 run, const std::vector<RunStep> &steps)
{
    std::vector<qint64> told;
    qint64 rounds = 0;
    qint64 characters = 0;
    qint64 repeats = 0;
    QSet<quint64> calls;
    for (const RunStep &step : steps) {
        if (step.usage)
            told.push_back(step.usage->prompt);
        rounds += step.toolCalls > 0 || step.type == "tool_calls"_L1 ? 1 : 0;
        characters += step.outputCharacters;
        for (const quint64 call : step.callHashes) {
            repeats += calls.contains(call) ? 1 : 0;
            calls.insert(call);
        }
    }
    if (rounds == 0 && told.size() == 1)
        told.clear(); // the run's own
    m_runCalls.bind(run, writtenCalls(told), rounds, characters / usualCharactersPerToken, repeats).step();
}

void Writer::deriveMessage(qint64 message, const Message &from)
{
    m_database.prepare(u"UPDATE message SET head=? WHERE key=?"_s).bind(headOf(from), message).step();
}

void Writer::deriveAssistant(qint64 assistant, const Assistant &from)
{
    m_database.prepare(u"UPDATE assistant SET instructions=? WHERE key=?"_s)
        .bind(instructionsOf(from), assistant)
        .step();
}

Done deriveAnew(Database &database, const Provider &provider, Writer &writer)
{
    Reader reader(database, provider);
    const Result<QString> known = reader.meta(derivedKey);
    if (!known)
        return fail(known.error());
    if (*known == derivedVersion)
        return {};
    for (const Kind &kind : kinds) {
        Statement all = database.prepare(kind.sql.toString());
        while (all.step()) {
            const qint64 key = all.integer(0);
            const Result<QByteArray> raw = reader.raw(kind.resource, key);
            if (!raw)
                continue; // damaged: who looks at it is told, the rest is there all the same
            const Result<Objects> read =
                provider.readItem(kind.resource, {.thread = all.text(1), .run = {}, .store = {}}, *raw);
            if (!read)
                continue; // a run of which only the steps are known
            for (const Assistant &assistant : read->assistants)
                writer.deriveAssistant(key, assistant);
            for (const Message &message : read->messages)
                writer.deriveMessage(key, message);
            for (const Run &run : read->runs)
                writer.deriveRun(key, run.config);
        }
    }
    Statement all = database.prepare(u"SELECT run FROM steps"_s);
    while (all.step()) {
        const auto contents = reader.steps(all.integer(0));
        if (!contents)
            continue;
        std::vector<RunStep> steps;
        for (const StepContent &content : *contents)
            steps.push_back(content.step);
        writer.deriveSteps(all.integer(0), steps);
    }
    // Steps that were read and are none leave no record.
    database.prepare(u"UPDATE run SET rounds=0 WHERE rounds IS NULL AND steps IS NOT NULL"_s).step();
    writer.setMeta(derivedKey, derivedVersion);
    return database.status();
}

} // namespace bobbin
