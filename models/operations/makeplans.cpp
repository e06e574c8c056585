// SPDX-License-Identifier: GPL-3.0-or-later
// Plans that need the server or the journal: what is fetched first, then handed to the pure planners.
#include "models/operations/operations.h"

#include "models/core/clock.h"
#include "models/plans/summary.h"

#include <QCoreApplication>
#include <QCoroFuture>
#include <QCryptographicHash>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct OperationsText {
    Q_DECLARE_TR_FUNCTIONS(Operations)
};

constexpr int refreshLanes = 6;
constexpr qsizetype mostSummarised = 400'000; // characters sent to a model, the newest
constexpr qint64 mostCompared = 20'000'000; // bytes of a file that is read to be compared
constexpr std::size_t mostSame = 5;
constexpr int summaryTokens = 800; // expected of it, for the price shown before

struct Successor {
    QString id; // empty: none, or it is known to be gone
    bool known = false;
};

Result<Successor> successorOf(Reader &reader, const QByteArray &threadRaw)
{
    Successor next;
    const auto read = reader.provider().readBelongings(threadRaw);
    if (!read)
        return next;
    next.id = read->metadata.value(u"rotated_to"_s);
    if (next.id.isEmpty())
        return next;
    const auto key = reader.keyOf(RowKind::Threads, next.id);
    const auto there = reader.stillThere({next.id});
    if (!key || !there)
        return fail(key ? there.error() : key.error());
    next.known = key->has_value();
    if (next.known && there->isEmpty())
        next.id.clear();
    return next;
}

RotateSubject subjectOf(const ThreadContents &all, qint64 now)
{
    RotateSubject subject;
    subject.id = all.row.id;
    subject.title = all.row.title;
    subject.model = all.lastModel;
    subject.raw = all.raw;
    subject.messages = all.messages;
    subject.runs = all.runs.size();
    subject.activeRun = all.activeRun;
    subject.activeStatus = all.activeStatus;
    // Cancelling takes seconds, and no server keeps a run beyond its expiry by intent.
    subject.deadRun =
        (all.activeStatus == "cancelling"_L1 && all.activeSince && now - *all.activeSince > deadAfterMs) ||
        (all.activeExpires && now - *all.activeExpires > deadAfterMs);
    subject.contextFirst = all.row.contextFirst;
    subject.contextNow = all.row.contextNow;
    subject.lastActive = all.row.lastActiveAt;
    subject.cost = all.row.cost;
    subject.unknown = all.row.gone ? OperationsText::tr("the server no longer has it") : all.notWhole;
    return subject;
}

bool isUnreadable(const Error &error) // a file's content, for us
{
    return error.kind == Error::Kind::NotFound || error.kind == Error::Kind::Rejected ||
        error.kind == Error::Kind::Decode;
}

QString conversationText(const Provider &provider, const QByteArrayList &messages)
{
    QString text;
    for (const QByteArray &raw : messages) {
        const auto content = provider.readMessage(raw);
        if (!content)
            continue;
        text += content->role + u": "_s;
        for (const ContentPart &part : content->parts)
            text += part.text + u'\n';
    }
    return text.right(mostSummarised);
}

} // namespace

QFuture<Result<std::optional<Money>>> Operations::priceOfSummary(const QString &thread, const QString &model)
{
    return m_store.read([thread, model, prices = prices()](Reader &reader) -> Result<std::optional<Money>> {
        const auto contents = reader.threadContents(thread);
        if (!contents)
            return fail(contents.error());
        const qint64 tokens =
            (conversationText(reader.provider(), contents->messages).size() + summaryInstruction().size()) / 4;
        return prices->cost(model, nowMs(), Usage{tokens, summaryTokens, {}, {}, {}});
    });
}

// Threads that are lost in an unanswered request can only be found again where the server lists them; elsewhere they
// are created empty.
QCoro::Task<Result<Capabilities>> Operations::capabilities()
{
    Capabilities can = m_client.provider().capabilities();
    auto asking = m_sync.listsThreads(m_stop);
    const Result<bool> lists = co_await asking;
    if (!lists)
        co_return fail(lists.error());
    if (!*lists)
        can.messagesAtCreation = 0;
    co_return can;
}

QCoro::Task<> Operations::refreshLane(std::shared_ptr<QStringList> waiting)
{
    while (!waiting->isEmpty() && !m_stop->requested()) {
        const QString id = waiting->takeFirst();
        auto refreshing = m_sync.refresh(id, m_stop);
        std::ignore = co_await refreshing; // what fails shows in the thread's row, and keeps it back
    }
}

QCoro::Task<> Operations::refreshAll(QStringList threads)
{
    auto waiting = std::make_shared<QStringList>(std::move(threads));
    std::vector<QCoro::Task<>> lanes;
    lanes.reserve(refreshLanes);
    for (int i = 0; i < refreshLanes; ++i)
        lanes.push_back(refreshLane(waiting));
    for (QCoro::Task<> &one : lanes)
        co_await one;
}

QCoro::Task<Result<std::vector<RotateDraft>>> Operations::draft(QStringList threads, RotateOptions options)
{
    if (const Done able = m_client.provider().able(Feature::CreateThreads); !able)
        co_return fail(able.error());
    auto refreshing = refreshAll(threads);
    co_await refreshing;
    std::vector<RotateDraft> drafts;
    for (const QString &id : threads) {
        auto asking = askForSuccessor(id);
        if (const Done asked = co_await asking; !asked)
            co_return fail(asked.error());
        auto drafting = draftOne(id, options);
        auto one = co_await drafting;
        if (!one)
            co_return fail(one.error());
        drafts.push_back(*std::move(one));
    }
    co_return drafts;
}

// Another person or machine may have rotated it: the store does not know that thread, so the server is asked.
QCoro::Task<Done> Operations::askForSuccessor(QString thread)
{
    auto reading = m_store.read([thread](Reader &reader) -> Result<Successor> {
        const auto key = reader.keyOf(RowKind::Threads, thread);
        if (!key)
            return fail(key.error());
        if (!*key)
            return Successor();
        const auto raw = reader.raw(Resource::Threads, **key);
        return raw ? successorOf(reader, *raw) : fail(raw.error());
    });
    const auto next = co_await reading;
    if (!next)
        co_return fail(next.error());
    if (next->id.isEmpty() || next->known)
        co_return Done();
    const Parent nobody;
    auto asking = m_client.item(Resource::Threads, next->id, nobody, m_stop);
    const Result<Objects> there = co_await asking;
    if (!there && there.error().kind == Error::Kind::NotFound) {
        m_noSuccessors.insert(next->id);
        co_return Done();
    }
    if (!there)
        co_return fail(there.error());
    auto storing = m_store.put(std::make_shared<const Objects>(*there));
    co_return co_await storing;
}

QCoro::Task<Result<RotateDraft>> Operations::draftOne(QString thread, RotateOptions options)
{
    auto asking = capabilities();
    const auto can = co_await asking;
    if (!can)
        co_return fail(can.error());
    const auto query = [thread, options, can = *can, prices = prices(),
                        lost = m_noSuccessors](Reader &reader) -> Result<RotateDraft> {
        const auto contents = reader.threadContents(thread);
        if (!contents)
            return fail(contents.error());
        RotateSubject subject = subjectOf(*contents, nowMs());
        const auto next = successorOf(reader, contents->raw);
        if (!next)
            return fail(next.error());
        if (!lost.contains(next->id))
            subject.successor = next->id;
        return draftRotation(subject, options, *prices, reader.provider(), can, nowMs());
    };
    auto reading = m_store.read(query);
    co_return co_await reading;
}

QCoro::Task<Result<Completion>> Operations::complete(QString thread, QString model)
{
    if (const Done able = m_client.provider().able(Feature::WriteSummary); !able)
        co_return fail(able.error());
    const auto query = [thread](Reader &reader) -> Result<QString> {
        const auto contents = reader.threadContents(thread);
        if (!contents)
            return fail(contents.error());
        return conversationText(reader.provider(), contents->messages);
    };
    auto reading = m_store.read(query);
    const Result<QString> text = co_await reading;
    if (!text)
        co_return fail(text.error());
    const Change ask = change::Complete{model, summaryInstruction(), *text};
    const Result<Request> request = m_client.provider().change(ask);
    if (!request)
        co_return fail(request.error());
    auto sending = m_client.send(*request, m_stop);
    const Result<QByteArray> bytes = co_await sending;
    if (!bytes)
        co_return fail(bytes.error());
    co_return m_client.provider().readCompletion(*bytes);
}

// Files of one name and size under several ids: the same? Their parsed text tells, once.
// Where the parsed text is not to be had, the bytes tell as well.
QCoro::Task<Result<QByteArray>> Operations::contentOf(QString store, QString file)
{
    const Provider &provider = m_client.provider();
    const bool parsed = provider.able(Feature::ReadFileText).has_value();
    const Request request = parsed && !store.isEmpty() ? provider.fileText(store, file) : provider.fileContent(file);
    auto sending = m_client.send(request, m_stop);
    Result<QByteArray> bytes = co_await sending;
    if (!bytes || !parsed || store.isEmpty())
        co_return bytes;
    const Result<QString> text = provider.readFileText(*bytes);
    co_return text ? Result<QByteArray>(text->toUtf8()) : fail(text.error());
}

QCoro::Task<Result<std::vector<Reader::KnownFile>>> Operations::findSame(QString localFile)
{
    using Files = std::vector<Reader::KnownFile>;
    QFile file(localFile);
    if (!file.open(QIODevice::ReadOnly))
        co_return fail(Error::Kind::Input, file.errorString(), localFile);
    const qint64 bytes = file.size();
    const auto query = [name = QFileInfo(localFile).fileName(), bytes](Reader &reader) {
        return reader.filesLike(name, bytes);
    };
    auto reading = m_store.read(query);
    auto known = co_await reading;
    if (!known || known->empty() || bytes > mostCompared)
        co_return known &&bytes > mostCompared ? Files() : known;
    const QByteArray own = file.readAll().trimmed();
    Files same;
    for (Reader::KnownFile &one : *known) {
        if (same.size() == mostSame)
            break;
        auto asking = contentOf(one.stores.empty() ? QString() : one.stores.front().first, one.id);
        const Result<QByteArray> content = co_await asking;
        if (!content && !isUnreadable(content.error()))
            co_return fail(content.error());
        if (content && content->trimmed() == own) // what was parsed may lack the last line's end
            same.push_back(std::move(one));
    }
    co_return same;
}

QCoro::Task<Done> Operations::compareContents()
{
    const auto query = [](Reader &reader) { return reader.filesToCompare(); };
    auto reading = m_store.read(query, Store::Lane::Scan);
    const auto files = co_await reading;
    if (!files)
        co_return fail(files.error());
    for (const auto &[store, file] : *files) {
        auto asking = contentOf(store, file);
        const Result<QByteArray> content = co_await asking;
        if (!content && isUnreadable(content.error()))
            continue; // it stays a file of its own
        if (!content)
            co_return fail(content.error());
        const QByteArray hash = QCryptographicHash::hash(*content, QCryptographicHash::Sha256).toHex();
        auto writing = m_store.journal().rememberHash(file, QString::fromLatin1(hash));
        const Done done = co_await writing;
        if (!done)
            co_return done;
    }
    co_return Done();
}

QCoro::Task<Result<ConsolidatePlan>> Operations::consolidate(ConsolidateOptions options, bool compare)
{
    if (const Done able = m_client.provider().able(Feature::Consolidate); !able)
        co_return fail(able.error());
    if (compare) {
        auto comparing = compareContents();
        const Done done = co_await comparing;
        if (!done)
            co_return fail(done.error());
    }
    const Capabilities can = m_client.provider().capabilities();
    const auto query = [options, can](Reader &reader) -> Result<ConsolidatePlan> {
        const auto facts = reader.consolidateFacts();
        if (!facts)
            return fail(facts.error());
        return bobbin::planConsolidation(*facts, options, can, nowMs());
    };
    auto scanning = scan<ConsolidatePlan>(query);
    co_return co_await scanning;
}

QCoro::Task<Result<Plan>> Operations::cancelling(QStringList runs, QStringList threads)
{
    if (const Done able = m_client.provider().able(Feature::CancelRuns); !able)
        co_return fail(able.error());
    const auto query = [runs, threads](Reader &reader) -> Result<Plan> {
        std::vector<RowKey> keys;
        if (runs.isEmpty()) {
            RowQuery all;
            all.filter.states << u"active"_s;
            const auto active = reader.keys(RowKind::Runs, all);
            if (!active)
                return fail(active.error());
            keys = active->keys;
        }
        for (const QString &id : runs) {
            const auto key = reader.keyOf(RowKind::Runs, id);
            if (!key)
                return fail(key.error());
            if (!*key)
                return fail(Error::Kind::Input, OperationsText::tr("The store has no run “%1”; sync first.").arg(id));
            keys.push_back(**key);
        }
        auto rows = reader.rows<RunRow>(keys);
        if (!rows)
            return fail(rows.error());
        if (!threads.isEmpty())
            std::erase_if(*rows, [&](const RunRow &run) { return !threads.contains(run.threadId); });
        return planCancel(*rows);
    };
    auto reading = m_store.read(query);
    co_return co_await reading;
}

QCoro::Task<Result<std::vector<StuckRun>>> Operations::explainThread(QString thread)
{
    auto refreshing = m_sync.refresh(thread, m_stop);
    const Done refreshed = co_await refreshing;
    if (!refreshed)
        co_return fail(refreshed.error());
    const auto query = [thread](Reader &reader) -> Result<std::vector<StuckRun>> {
        RowQuery active;
        active.filter.threadId = thread;
        active.filter.states << u"active"_s;
        const auto keys = reader.keys(RowKind::Runs, active);
        if (!keys)
            return fail(keys.error());
        const auto rows = reader.rows<RunRow>(keys->keys);
        if (!rows)
            return fail(rows.error());
        std::vector<StuckRun> all;
        for (const RunRow &run : *rows) {
            const auto asked = reader.requiredAction(run.key);
            const auto steps = reader.steps(run.key);
            if (!asked || !steps)
                return fail(asked ? steps.error() : asked.error());
            all.push_back(explainRun(run, *asked, *steps, nowMs()));
        }
        return all;
    };
    auto reading = m_store.read(query);
    co_return co_await reading;
}

} // namespace bobbin
