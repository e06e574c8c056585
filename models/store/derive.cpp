// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/derive.h"

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

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
