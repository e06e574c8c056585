// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/telemetry/traceexport.h"

#include "models/core/clock.h"
#include "models/providers/registry.h"
#include "models/store/whendone.h"
#include "models/telemetry/ownaddress.h"

#include <QCoreApplication>
#include <QNetworkReply>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Telemetry)
};

constexpr qint64 seenWithinMs = 3'600'000;
constexpr std::size_t mostAtOnce = 100; // runs a request
constexpr auto lookEvery = 2s, longestWait = 60s, longestRest = 10s;
constexpr auto sentKey = "traces_sent"; // "since run:ended run:ended …"

// The specification has these sent again; whatever else a collector refuses, it refuses for good.
bool mayBeTaken(int status)
{
    return status == 0 || status == 429 || status == 502 || status == 503 || status == 504;
}

Result<std::vector<TracedRun>> readEnded(const Ledger &ledger, Reader &reader, qint64 since,
                                         const std::map<RowKey, qint64> &sent)
{
    std::vector<RowKey> keys;
    QHash<RowKey, QString> assistants;
    for (const ThreadFact &thread : ledger.threads)
        for (const RunFact &run : thread.runs) {
            const qint64 ended = run.created + std::max<qint64>(run.lasted, 0) * 1000;
            if (isActive(run.status) || ended < since || sent.contains(run.key) || keys.size() == mostAtOnce)
                continue;
            keys.push_back(run.key);
            assistants.insert(run.key, ledger.names.assistants.name(run.assistant));
        }
    auto rows = reader.rows<RunRow>(keys);
    if (!rows)
        return fail(rows.error());
    std::vector<TracedRun> ended;
    for (RunRow &row : *rows) {
        auto steps = reader.steps(row.key);
        if (!steps)
            return fail(steps.error());
        const QString assistant = assistants.value(row.key);
        ended.push_back({std::move(row), assistant, *std::move(steps)});
    }
    return ended;
}

} // namespace

Result<TracePlace> tracePlace(const QString &endpoint, const QByteArray &headers, bool texts)
{
    auto url = ownAddress(endpoint);
    if (!url)
        return fail(url.error());
    if (url->path().isEmpty() || url->path() == "/"_L1)
        url->setPath(u"/v1/traces"_s);
    TracePlace place{*url, {}, texts};
    for (const QByteArray &pair : headers.split(',')) {
        const qsizetype equals = pair.indexOf('=');
        const QByteArray name = pair.left(std::max<qsizetype>(equals, 0)).trimmed();
        if (pair.trimmed().isEmpty())
            continue;
        if (name.isEmpty()) // and not a word of it: it may be a key
            return fail(Error::Kind::Input, Words::tr("headers for the collector are written name=value,name=value"));
        place.headers.emplace_back(name, QByteArray::fromPercentEncoding(pair.mid(equals + 1).trimmed()));
    }
    return place;
}

TraceExport::TraceExport(Auditor &auditor, Store &store, QString connection, TracePlace place, QObject *parent)
    : QObject(parent), m_auditor(auditor),
      m_store(store), m_source{u"bobbin"_s, std::move(connection), telemetryName(store.provider()), place.texts},
      m_place(std::move(place))
{
    keepTo(m_network, m_place.url);
    m_look.setSingleShot(true);
    connect(&m_look, &QTimer::timeout, this, &TraceExport::look);
    connect(&auditor, &Auditor::audited, this, [this] {
        m_isDue = true;
        if (m_failures == 0)
            lookAgain();
    });
}

TraceExport::~TraceExport() = default;

void TraceExport::start()
{
    whenDone(m_store.read([](Reader &reader) { return reader.guardMemory(QLatin1String(sentKey)); }), this,
             [this](const Result<QString> &memory) {
                 const qint64 now = nowMs();
                 m_since = now;
                 if (!memory)
                     Q_EMIT failed(memory.error());
                 const QStringList words = memory ? memory->split(u' ', Qt::SkipEmptyParts) : QStringList();
                 if (!words.isEmpty())
                     m_since = std::max(words.front().toLongLong(), now - seenWithinMs);
                 for (qsizetype i = 1; i < words.size(); ++i)
                     m_sent.emplace(words[i].section(u':', 0, 0).toLongLong(),
                                    words[i].section(u':', 1, 1).toLongLong());
                 remember();
                 m_isDue = true;
                 lookAgain();
             });
}

void TraceExport::lookAgain()
{
    if (m_since && !m_look.isActive() && !m_reply && !m_reading)
        m_look.start(m_resting ? 0s : lookEvery);
}

void TraceExport::look()
{
    if (!m_batch.empty()) { // was not taken
        send();
        return;
    }
    if (!m_isDue || !m_since || !m_auditor.hasLedger()) {
        if (m_resting)
            end();
        return;
    }
    m_isDue = false;
    m_reading = true;
    const qint64 from = std::max(*m_since, nowMs() - seenWithinMs);
    whenDone(m_auditor.withLedger([from, sent = m_sent](const Ledger &ledger, Reader &reader) {
        return readEnded(ledger, reader, from, sent);
    }),
             this, [this](const Result<std::vector<TracedRun>> &ended) {
                 m_reading = false;
                 if (!ended)
                     Q_EMIT failed(ended.error());
                 else
                     m_batch = *ended;
                 if (!m_batch.empty())
                     send();
                 else if (m_resting)
                     end();
             });
}

void TraceExport::send()
{
    QNetworkRequest request(m_place.url);
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    request.setHeader(QNetworkRequest::UserAgentHeader, u"Bobbin"_s);
    for (const auto &[name, value] : m_place.headers)
        request.setRawHeader(name, value);
    m_reply = m_network.post(request, traceRequest(m_batch, m_source));
    connect(m_reply, &QNetworkReply::finished, this, &TraceExport::answered);
}

void TraceExport::answered()
{
    QNetworkReply *reply = m_reply;
    m_reply.clear();
    reply->deleteLater();
    const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const bool taken = status >= 200 && status < 300;
    if (!taken)
        ++m_failures;
    if (!taken && !std::exchange(m_isTold, true)) {
        const QString why = status > 0 ? Words::tr("it answers with status %1").arg(status) : reply->errorString();
        Q_EMIT failed(
            fail(Error::Kind::Network, Words::tr("the collector does not take traces: %1").arg(why), m_place.url.host())
                .value());
    }
    if (!taken && mayBeTaken(status) && !m_resting) {
        const auto doubled = std::chrono::seconds(2LL << std::min(m_failures, 6));
        const auto wished = std::chrono::seconds(std::max(0, reply->rawHeader("Retry-After").toInt()));
        m_look.start(std::max<std::chrono::seconds>(std::min<std::chrono::seconds>(doubled, longestWait), wished));
        return;
    }
    if (!taken && mayBeTaken(status)) { // they come at the next start
        end();
        return;
    }
    m_failures = 0;
    if (taken) {
        m_isTold = false;
        m_delivered += qint64(m_batch.size());
    }
    m_isDue = m_isDue || m_batch.size() == mostAtOnce;
    for (const TracedRun &one : m_batch)
        m_sent.emplace(one.run.key, one.run.endedAt.value_or(nowMs()));
    m_batch.clear();
    remember();
    if (m_isDue || m_resting)
        lookAgain();
}

void TraceExport::remember()
{
    const qint64 from = std::max(*m_since, nowMs() - seenWithinMs);
    std::erase_if(m_sent, [from](const auto &one) { return one.second < from; });
    QStringList words{QString::number(*m_since)};
    for (const auto &[run, ended] : m_sent)
        words << QString::number(run) + u':' + QString::number(ended);
    whenDone(m_store.journal().keepInMind(QLatin1String(sentKey), words.join(u' ')), this, [this](const Done &kept) {
        if (!kept)
            Q_EMIT failed(kept.error());
    });
}

void TraceExport::rest()
{
    m_resting = true;
    m_isDue = true;
    QTimer::singleShot(longestRest, this, &TraceExport::end);
    m_look.stop();
    if (m_since)
        lookAgain();
    else
        end();
}

void TraceExport::end()
{
    if (!m_resting)
        return;
    m_resting = false;
    m_look.stop();
    QMetaObject::invokeMethod(this, &TraceExport::idle, Qt::QueuedConnection);
}

} // namespace bobbin
