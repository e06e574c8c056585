// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/acts/threadlook.h"

#include "models/plans/cleanupplan.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct LookText {
    Q_DECLARE_TR_FUNCTIONS(LookSteps)
};

} // namespace

bool seenAs(const QJsonObject &seen, const ThreadRow &row)
{
    const auto same = [&](QLatin1String key, const std::optional<qint64> &value) {
        const QJsonValue was = seen.value(key);
        return was.isDouble() ? value && *value == was.toInteger() : !value.has_value();
    };
    return same("last_active"_L1, row.lastActiveAt) && same("messages"_L1, row.messages) && same("runs"_L1, row.runs);
}

QString wokeUp(qint64 messages, qint64 runs)
{
    return LookText::tr("spared: it woke up since (%1 new messages, %2 new runs)").arg(messages).arg(runs);
}

QString wokeUp(const QJsonObject &seen, const ThreadRow &row)
{
    return wokeUp(row.messages.value_or(0) - seen.value("messages"_L1).toInteger(),
                  row.runs.value_or(0) - seen.value("runs"_L1).toInteger());
}

QString goneText()
{
    return LookText::tr("the server no longer has it");
}

QString StoredThread::digest(const Provider &provider) const
{
    return threadDigest(provider, raw, messages.values());
}

QCoro::Task<Result<StoredThread>> storedThread(Hands &hands, QString thread)
{
    auto reading = hands.store.read([thread](Reader &reader) -> Result<StoredThread> {
        StoredThread found;
        const auto key = reader.keyOf(RowKind::Threads, thread);
        if (!key)
            return fail(key.error());
        if (!*key)
            return found;
        const auto rows = reader.rows<ThreadRow>({**key});
        const auto raw = reader.raw(Resource::Threads, **key);
        const auto messages = reader.messages(**key, -1, 0);
        const auto pinned = reader.isPinned(thread);
        if (!rows || !raw || !messages || !pinned)
            return fail(!rows ? rows.error() : !raw ? raw.error() : !messages ? messages.error() : pinned.error());
        found.row = rows->front();
        found.known = true;
        found.pinned = *pinned;
        found.raw = *raw;
        for (const MessageRaw &message : *messages)
            found.messages.insert(message.id, message.raw);
        return found;
    });
    co_return co_await reading;
}

QCoro::Task<Result<ThreadNow>> threadNow(Hands &hands, QString thread, StoredThread stored)
{
    hands.moment("before request");
    auto looking = hands.sync.look(thread, hands.stop);
    Result<ThreadLook> look = co_await looking;
    hands.moment("after request");
    if (!look)
        co_return fail(look.error());
    ThreadNow found;
    found.look = *std::move(look);
    if (found.look.gone)
        co_return found;
    for (const Message &message : found.look.objects.messages) {
        const auto known = stored.messages.constFind(message.id);
        if (known == stored.messages.cend())
            ++found.newMessages;
        else if (*known != message.raw &&
                 hands.store.provider().comparable(Resource::Messages, *known) !=
                     hands.store.provider().comparable(Resource::Messages, message.raw))
            found.edited = true;
    }
    const QByteArray &raw = found.look.objects.threads.front().raw;
    if (stored.raw != raw &&
        hands.store.provider().comparable(Resource::Threads, stored.raw) !=
            hands.store.provider().comparable(Resource::Threads, raw))
        found.edited = true;
    QStringList runs;
    for (const Run &run : found.look.objects.runs) {
        runs << run.id;
        if (isActive(run.status))
            found.activeRun = run.id;
    }
    if (!runs.isEmpty()) {
        auto reading = hands.store.read([runs, thread](Reader &reader) -> Result<qint64> {
            qint64 fresh = 0;
            for (const QString &id : runs) {
                const auto key = reader.keyOf(RowKind::Runs, id, thread);
                if (!key)
                    return fail(key.error());
                fresh += *key ? 0 : 1;
            }
            return fresh;
        });
        const auto fresh = co_await reading;
        if (!fresh)
            co_return fail(fresh.error());
        found.newRuns = *fresh;
    }
    co_return found;
}

QCoro::Task<Done> keepLook(Hands &hands, ThreadLook look)
{
    const QString id = look.objects.threads.front().id;
    auto storing = hands.put(std::move(look.objects));
    const Done stored = co_await storing;
    if (!stored)
        co_return stored;
    auto settling = hands.store.write([id](Writer &writer) { writer.settleThread(id); });
    co_return co_await settling;
}

QString keptSince(const Hands &hands, const StepContext &c, const StoredThread &stored, const Thread &now)
{
    if (c.job->operation.kind != OperationKind::Cleanup)
        return {};
    if (stored.pinned)
        return LookText::tr("spared: it was pinned since");
    const auto rule = cleanupRuleFromJson(c.job->operation.options);
    const auto before = hands.store.provider().readBelongings(stored.raw);
    const auto read = hands.provider().readBelongings(now.raw);
    if (!rule || !read)
        return {};
    return keptNow(*rule, before ? toJson(before->metadata) : QJsonObject(), toJson(read->metadata));
}

OutcomeTask goneMeanwhile(Hands &hands, QString thread)
{
    auto marking = hands.setGone(Resource::Threads, thread);
    std::ignore = co_await marking;
    co_return Outcome{Outcome::Kind::Skip, {{u"gone"_s, true}}, goneText(), {}};
}

} // namespace bobbin
