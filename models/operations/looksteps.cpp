// SPDX-License-Identifier: GPL-3.0-or-later
// How a thread stands: what the store has of it, beside what the server has at this moment. A thread is deleted only
// while both say the same as its archive.
#include "models/operations/executor.h"

#include "models/core/clock.h"
#include "models/plans/cleanupplan.h"

#include <QCoreApplication>
#include <QCoroFuture>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct LookText {
    Q_DECLARE_TR_FUNCTIONS(LookSteps)
};

constexpr int mostArchivings = 3; // of a thread that is edited while it is archived

bool sameAs(const QJsonObject &seen, const ThreadRow &row)
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

Result<QString> digestOfFrame(const QString &path, const QJsonObject &frame, const Provider &own)
{
    const Result<ArchivedFrame> archived = readArchived(path, frameFromJson(frame));
    if (!archived)
        return fail(archived.error());
    const Result<const Provider *> provider = providerOf(archived->origin, own);
    if (!provider)
        return fail(provider.error());
    return threadDigest(**provider, archived->thread(), archived->messages());
}

} // namespace

struct Executor::Standing {
    ThreadRow row;
    bool known = false, pinned = false;
    QByteArray raw;
    QHash<QString, QByteArray> messages; // by id
};

struct Executor::Compared {
    ThreadLook look;
    qint64 newMessages = 0, newRuns = 0;
    QString activeRun;
    bool edited = false; // the thread itself or one of its messages
    [[nodiscard]] bool awake(const QString &deadRun = {}) const // that run hangs for long, and is no sign of life
    {
        return newMessages > 0 || newRuns > 0 || (!activeRun.isEmpty() && activeRun != deadRun);
    }
};

QString Executor::digestOf(const Standing &stored) const
{
    return threadDigest(m_store.provider(), stored.raw, stored.messages.values());
}

QCoro::Task<Result<Executor::Standing>> Executor::standing(QString thread)
{
    auto reading = m_store.read([thread](Reader &reader) -> Result<Standing> {
        Standing found;
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

QCoro::Task<Result<Executor::Compared>> Executor::compare(QString thread, Standing stored)
{
    moment("before request");
    auto looking = m_sync.look(thread, m_stop);
    Result<ThreadLook> look = co_await looking;
    moment("after request");
    if (!look)
        co_return fail(look.error());
    Compared found;
    found.look = *std::move(look);
    if (found.look.gone)
        co_return found;
    for (const Message &message : found.look.objects.messages) {
        const auto known = stored.messages.constFind(message.id);
        if (known == stored.messages.cend())
            ++found.newMessages;
        else if (*known != message.raw &&
                 m_store.provider().comparable(Resource::Messages, *known) !=
                     m_store.provider().comparable(Resource::Messages, message.raw))
            found.edited = true;
    }
    const QByteArray &raw = found.look.objects.threads.front().raw;
    if (stored.raw != raw &&
        m_store.provider().comparable(Resource::Threads, stored.raw) !=
            m_store.provider().comparable(Resource::Threads, raw))
        found.edited = true;
    QStringList runs;
    for (const Run &run : found.look.objects.runs) {
        runs << run.id;
        if (isActive(run.status))
            found.activeRun = run.id;
    }
    if (!runs.isEmpty()) {
        auto reading = m_store.read([runs, thread](Reader &reader) -> Result<qint64> {
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

QCoro::Task<Done> Executor::keepLook(ThreadLook look)
{
    const QString id = look.objects.threads.front().id;
    auto storing = put(std::move(look.objects));
    const Done stored = co_await storing;
    if (!stored)
        co_return stored;
    auto settling = m_store.write([id](Writer &writer) { writer.settleThread(id); }, Changed::Threads);
    co_return co_await settling;
}

QString Executor::keptSince(const Context &c, const Standing &stored, const Thread &now) const
{
    if (c.run->operation.kind != OperationKind::Cleanup)
        return {};
    if (stored.pinned)
        return LookText::tr("spared: it was pinned since");
    const auto rule = cleanupRuleFromJson(c.run->operation.options);
    const auto before = m_store.provider().readBelongings(stored.raw);
    const auto read = m_client.provider().readBelongings(now.raw);
    if (!rule || !read)
        return {};
    return keptNow(*rule, before ? toJson(before->metadata) : QJsonObject(), toJson(read->metadata));
}

Executor::Answer Executor::goneMeanwhile(QString thread)
{
    auto marking = setGone(Resource::Threads, thread);
    std::ignore = co_await marking;
    co_return Outcome{Outcome::Kind::Skip, {{u"gone"_s, true}}, goneText(), {}};
}

Executor::Answer Executor::checkThread(Context c)
{
    const QString id = c.step.object;
    const QJsonObject seen = c.step.body;
    auto reading = standing(id);
    const Result<Standing> stored = co_await reading;
    if (!stored)
        co_return failed(stored.error());
    if (!stored->known || stored->row.gone)
        co_return Outcome{Outcome::Kind::Skip, {{u"gone"_s, true}}, goneText(), {}};
    if (!sameAs(seen, stored->row))
        co_return skip(wokeUp(seen, stored->row));
    // A clean-up looks when it has archived, just before it deletes.
    if (c.run->operation.kind == OperationKind::Cleanup)
        co_return finished();
    auto comparing = compare(id, *stored);
    const Result<Compared> now = co_await comparing;
    if (!now)
        co_return failed(now.error());
    if (now->look.gone) {
        auto marking = goneMeanwhile(id);
        co_return co_await marking;
    }
    const bool awake = now->awake(seen.value("dead_run"_L1).toString());
    if (awake || now->edited) {
        auto keeping = keepLook(now->look);
        const Done kept = co_await keeping;
        if (!kept)
            co_return failed(kept.error());
    }
    if (awake)
        co_return skip(wokeUp(now->newMessages, now->newRuns));
    if (c.run->operation.kind != OperationKind::Rotate)
        co_return finished();
    const auto read = m_client.provider().readBelongings(now->look.objects.threads.front().raw);
    const QString successor = read ? read->metadata.value(u"rotated_to"_s) : QString();
    if (!successor.isEmpty() && successor != seen.value("successor"_L1).toString())
        co_return skip(LookText::tr("spared: somebody rotated it meanwhile, %1 took over").arg(successor));
    const QString digest = seen.value("digest"_L1).toString();
    if (now->edited || (!digest.isEmpty() && digest != digestOf(*stored)))
        co_return skip(LookText::tr("spared: it was edited since it was planned; plan it again"));
    co_return finished();
}

// Into a frame of its own behind the first one, and noted in the journal as the archive of this target.
Executor::Answer Executor::archiveAgain(Context c)
{
    const std::vector<Step> steps = stepsOf(c.run->operation.kind, c.target->target);
    const auto step = std::ranges::find_if(
        steps, [&](const Step &s) { return s.act == Act::ArchiveThread && s.object == c.step.object; });
    if (step == steps.end())
        co_return failed(fail(Error::Kind::Input, LookText::tr("it has no archive"), c.step.object).value());
    c.step = *step;
    auto archiving = archiveThread(c);
    const Outcome outcome = co_await archiving;
    if (outcome.kind != Outcome::Kind::Finished)
        co_return outcome;
    const int place = int(step - steps.begin());
    JournalEntry entry{
        c.target->key, {{place, Act::ArchiveThread, StepState::Finished, {}, nowMs(), outcome.result, {}}}, {}};
    auto writing = noted(c.run, std::move(entry));
    if (!co_await writing)
        co_return failed(fail(Error::Kind::Cancelled, {}).value());
    co_return outcome;
}

Executor::Answer Executor::deleteThread(Context c)
{
    const QString id = c.step.object;
    auto holding = archiveHolds(c);
    const Done held = co_await holding;
    if (!held)
        co_return failed(held.error());
    QString archived = c.archived.value("digest"_L1).toString();
    if (archived.isEmpty()) { // by a Bobbin that did not note it
        auto reading = m_store.read([path = c.run->archivePath, frame = c.archived](
                                        Reader &reader) { return digestOfFrame(path, frame, reader.provider()); },
                                    Store::Lane::Scan);
        const Result<QString> digest = co_await reading;
        if (!digest)
            co_return failed(digest.error());
        archived = *digest;
    }
    for (int archivings = 1;; ++archivings) {
        auto reading = standing(id);
        const Result<Standing> stored = co_await reading;
        if (!stored)
            co_return failed(stored.error());
        const bool known = stored->known && !stored->row.gone;
        if (known && !c.step.body.isEmpty() && !sameAs(c.step.body, stored->row))
            co_return skip(wokeUp(c.step.body, stored->row));
        auto comparing = compare(id, *stored);
        const Result<Compared> now = co_await comparing;
        if (!now)
            co_return failed(now.error());
        if (now->look.gone) {
            auto marking = goneMeanwhile(id);
            const Outcome spared = co_await marking;
            co_return c.again ? finished() : spared; // it may have been us
        }
        const QString kept = keptSince(c, *stored, now->look.objects.threads.front());
        const bool same = !now->edited && digestOf(*stored) == archived;
        if (same && kept.isEmpty() && !now->awake())
            break;
        auto keeping = keepLook(now->look);
        const Done written = co_await keeping;
        if (!written)
            co_return failed(written.error());
        if (now->awake())
            co_return skip(wokeUp(now->newMessages, now->newRuns));
        if (!kept.isEmpty())
            co_return skip(kept);
        if (archivings == mostArchivings)
            co_return skip(LookText::tr("spared: it is edited again and again"));
        auto archiving = archiveAgain(c);
        const Outcome again = co_await archiving;
        if (again.kind != Outcome::Kind::Finished)
            co_return again;
        archived = again.result.value("digest"_L1).toString();
    }
    const Change remove = change::DeleteThread{id};
    auto sending = sendNow(remove);
    const Result<QByteArray> answer = co_await sending;
    if (!answer && answer.error().kind != Error::Kind::NotFound)
        co_return failed(answer.error());
    auto marking = setGone(Resource::Threads, id);
    const Done marked = co_await marking;
    if (!marked)
        co_return failed(marked.error());
    co_return finished({}, answer || c.again ? QString() : goneText());
}

} // namespace bobbin
