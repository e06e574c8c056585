// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/api/apiclient.h"

#include "models/api/oncedevice.h"
#include "models/api/retrypolicy.h"
#include "models/api/transport.h"

#include <QCoroNetworkReply>
#include <QCoroSignal>
#include <QCoroTimer>
#include <QFile>
#include <QRandomGenerator>
#include <QTimer>
#include <QUuid>
#include <span>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;
using std::chrono::milliseconds;

namespace {

struct DeleteLater {
    void operator()(QObject *object) const { object->deleteLater(); }
};

QString placeOf(const Request &request)
{
    return QString::fromLatin1(request.method) + u" "_s + request.path;
}

bool sameOrigin(const QUrl &a, const QUrl &b)
{
    return a.scheme() == b.scheme() && a.host() == b.host() &&
        a.port(a.scheme() == "https"_L1 ? 443 : 80) == b.port(b.scheme() == "https"_L1 ? 443 : 80);
}

constexpr int mostRedirects = 5;
constexpr int connectionsALine = 6; // what Qt opens to one host over HTTP/1.1

} // namespace

Result<QUrl> checkBaseUrl(const QString &text)
{
    QString cleaned = text.trimmed();
    while (cleaned.endsWith(u'/'))
        cleaned.chop(1);
    if (cleaned.isEmpty())
        return fail(Error::Kind::Input, u"Enter the base URL, such as https://host/v1."_s, u"base URL"_s);
    QUrl url(cleaned, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != "https"_L1 && url.scheme() != "http"_L1))
        return fail(Error::Kind::Input, u"This is not a web address: it must look like https://host/v1."_s, cleaned);
    if (!url.userInfo().isEmpty())
        return fail(Error::Kind::Input,
                    u"The base URL must not hold a user name or password; put the key in its field."_s, u"base URL"_s);
    if (url.hasQuery() || url.hasFragment())
        return fail(Error::Kind::Input, u"Put what follows the \"?\" into the extra query parameters."_s,
                    url.toString(QUrl::RemoveQuery | QUrl::RemoveFragment));
    if (url.scheme() == "http"_L1 && !isLoopback(url.host()))
        return fail(
            Error::Kind::Input,
            u"Plain http would send the key readable over the network: use https (http works for this computer only)."_s,
            cleaned);
    return url;
}

ApiClient::ApiClient(Connection connection, const Provider &provider, std::optional<QByteArray> key, QObject *parent)
    : QObject(parent), m_connection(std::move(connection)), m_provider(provider), m_key(std::move(key))
{
    for (Line &line : m_lines) {
        line.network.setParent(this); // moves to another thread with it
        line.network.setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
        line.network.setAutoDeleteReplies(false);
    }
    if (m_connection.timeoutSeconds > 0)
        setTimeout(std::chrono::seconds(m_connection.timeoutSeconds));
}

// At the first request and so on the network thread: files are read, and the TLS library is loaded.
void ApiClient::setUp()
{
    if (std::exchange(m_isSetUp, true))
        return;
    const Result<Transport> transport = transportOf(m_connection);
    if (!transport) {
        m_setUpProblem = transport.error();
        return;
    }
    m_tls = transport->tls;
    for (Line &line : m_lines) {
        if (transport->proxy)
            line.network.setProxy(*transport->proxy);
        else
            line.network.setProxyFactory(new SystemProxy); // the manager's own from here on
    }
}

ApiClient::~ApiClient()
{
    Q_ASSERT(m_inFlight == 0);
}

QUrl ApiClient::urlFor(const Request &request) const
{
    QString base = m_connection.baseUrl;
    while (base.endsWith(u'/'))
        base.chop(1);
    QUrl url(base + request.path);
    QUrlQuery query = request.query;
    const auto encoded = [](const QString &text) { return QString::fromLatin1(QUrl::toPercentEncoding(text)); };
    for (const auto &[name, value] : m_connection.query)
        query.addQueryItem(encoded(name), encoded(value));
    for (const auto &[name, value] : m_provider.usualQuery())
        if (!query.hasQueryItem(encoded(name)))
            query.addQueryItem(encoded(name), encoded(value));
    if (!query.isEmpty())
        url.setQuery(query.query(QUrl::FullyEncoded), QUrl::StrictMode);
    return url;
}

QNetworkRequest ApiClient::prepare(const QUrl &url) const
{
    QNetworkRequest request(url);
    request.setTransferTimeout(int(m_timeout.count()));
    request.setHeader(QNetworkRequest::UserAgentHeader, u"Bobbin/" BOBBIN_VERSION ""_s);
    for (const auto &[name, value] : m_provider.headers(m_connection))
        request.setRawHeader(name, value);
    for (const auto &[name, value] : m_connection.headers)
        request.setRawHeader(name.toUtf8(), value.toUtf8());
    if (m_key && !m_key->isEmpty())
        std::apply([&](const auto &name, const auto &value) { request.setRawHeader(name, value); },
                   m_provider.authorization(m_connection, *m_key));
    if (m_tls)
        request.setSslConfiguration(*m_tls);
    return request;
}

namespace {

// A file as multipart/form-data, read from the disk as it goes out; sequential for the reason of OnceDevice.
class UploadDevice final : public QIODevice {
public:
    explicit UploadDevice(const Request::Upload &upload) : m_file(upload.path)
    {
        m_boundary = "bobbin-" + QUuid::createUuid().toByteArray(QUuid::Id128);
        for (const auto &[name, value] : upload.fields)
            m_head += "--" + m_boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value +
                "\r\n";
        QByteArray name = upload.name.toUtf8();
        for (char &one : name) // it stands in quotes, on a line
            if (one == '"' || one == '\\' || one == '\r' || one == '\n')
                one = '_';
        m_head += "--" + m_boundary + "\r\n" + R"(Content-Disposition: form-data; name="file"; filename=")" + name +
            "\"\r\nContent-Type: application/octet-stream\r\n\r\n";
        m_tail = "\r\n--" + m_boundary + "--\r\n";
        m_file.open(QIODevice::ReadOnly);
        open(QIODevice::ReadOnly | QIODevice::Unbuffered);
    }
    [[nodiscard]] QString contentType() const
    {
        return u"multipart/form-data; boundary="_s + QString::fromLatin1(m_boundary);
    }
    [[nodiscard]] qint64 length() const { return m_head.size() + m_file.size() + m_tail.size(); }
    [[nodiscard]] bool isSequential() const override { return true; }
    [[nodiscard]] bool atEnd() const override { return m_at >= length(); }
    [[nodiscard]] qint64 bytesAvailable() const override { return length() - m_at + QIODevice::bytesAvailable(); }

protected:
    qint64 readData(char *to, qint64 most) override
    {
        const qint64 inFile = m_at - m_head.size();
        const qint64 inTail = inFile - m_file.size();
        qint64 n = -1;
        if (inFile < 0)
            n = copy(m_head, m_at, to, most);
        else if (inTail < 0)
            n = m_file.read(to, std::min(most, -inTail)); // -1 where it became shorter: the request ends there
        else if (inTail < m_tail.size())
            n = copy(m_tail, inTail, to, most);
        m_at += std::max<qint64>(n, 0);
        return n;
    }
    qint64 writeData(const char *, qint64) override { return -1; }

private:
    QByteArray m_boundary, m_head, m_tail;
    QFile m_file;
    qint64 m_at = 0;

    static qint64 copy(const QByteArray &from, qint64 at, char *to, qint64 most)
    {
        const qint64 n = std::min<qint64>(most, from.size() - at);
        std::memcpy(to, from.constData() + at, std::size_t(n));
        return n;
    }
};

QNetworkReply *sendFile(QNetworkAccessManager &network, QNetworkRequest prepared, const Request &request)
{
    auto *body = new UploadDevice(*request.upload);
    prepared.setHeader(QNetworkRequest::ContentTypeHeader, body->contentType());
    prepared.setHeader(QNetworkRequest::ContentLengthHeader, body->length());
    prepared.setAttribute(QNetworkRequest::DoNotBufferUploadDataAttribute, true);
    QNetworkReply *reply = network.sendCustomRequest(prepared, request.method, body);
    body->setParent(reply);
    return reply;
}

} // namespace

QNetworkReply *ApiClient::start(QNetworkAccessManager &network, const Request &request, const QUrl &url)
{
    QNetworkRequest prepared = prepare(url);
    ++m_sent;
    if (request.method == "GET")
        return network.get(prepared);
    if (request.upload)
        return sendFile(network, prepared, request);
    if (!request.body.isEmpty())
        prepared.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    prepared.setHeader(QNetworkRequest::ContentLengthHeader, request.body.size());
    prepared.setAttribute(QNetworkRequest::DoNotBufferUploadDataAttribute, true);
    auto *body = new OnceDevice(request.body);
    QNetworkReply *reply = network.sendCustomRequest(prepared, request.method, body);
    body->setParent(reply);
    return reply;
}

QCoro::Task<RawResponse> ApiClient::once(Request request, QUrl url, Cancel cancel)
{
    // The first one that has a connection left, so that few requests share few connections. Qt queues what comes above
    // that, so prompt requests have lines of their own.
    const auto lines = std::span(m_lines).subspan(request.prompt ? linesOfEach : 0, linesOfEach);
    Line *line = &lines.front();
    if (!m_pace.multiplexed()) {
        const auto spare = std::ranges::find_if(lines, [](const Line &one) { return one.busy < connectionsALine; });
        line = spare != lines.end() ? &*spare : &*std::ranges::min_element(lines, {}, &Line::busy);
    }
    ++m_inFlight;
    ++line->busy;
    std::unique_ptr<QNetworkReply, DeleteLater> reply(start(line->network, request, url));
    QObject::connect(cancel.get(), &Cancellation::cancelled, reply.get(), &QNetworkReply::abort);
    // setTransferTimeout() counts from the last byte: one byte every few seconds would go on for ever.
    QString ended;
    QTimer limit;
    limit.setSingleShot(true);
    QObject::connect(&limit, &QTimer::timeout, reply.get(), [reply = reply.get(), &ended, &limit] {
        ended = u"it took longer than %1 s in all"_s.arg(limit.interval() / 1000);
        reply->abort();
    });
    QObject::connect(reply.get(), &QNetworkReply::metaDataChanged, &limit,
                     [&limit, whole = m_wholeWithin] { limit.start(whole); });
    // What is sent may be large: while it moves, it is waited for.
    QObject::connect(reply.get(), &QNetworkReply::uploadProgress, &limit,
                     [&limit, within = m_headersWithin] { limit.start(within); });
    limit.start(m_headersWithin);
    if (!reply->isFinished())
        co_await reply.get();
    limit.stop();
    --m_inFlight;
    --line->busy;
    RawResponse response = responseOf(*reply);
    response.ended = ended;
    co_return response;
}

QCoro::Task<> ApiClient::pause(milliseconds time, Cancel cancel)
{
    QTimer timer;
    timer.setSingleShot(true);
    QObject::connect(cancel.get(), &Cancellation::cancelled, &timer, [&timer] { timer.start(0); });
    timer.start(cancel->requested() ? milliseconds(0) : time); // asked for by another thread, perhaps just before
    co_await timer;
}

void ApiClient::setKey(QByteArray key)
{
    m_key = std::move(key);
    m_keyProblem.reset();
    m_keyAsked = false;
    m_keyRefused = false;
    Q_EMIT keyCame();
}

void ApiClient::goWithoutKey()
{
    if (!m_key)
        setKey({});
}

void ApiClient::failKey(Error why)
{
    if (m_key)
        return;
    m_keyProblem = std::move(why);
    m_keyAsked = false;
    Q_EMIT keyCame();
}

void ApiClient::askForKey()
{
    if (std::exchange(m_keyAsked, true))
        return;
    m_keyProblem.reset();
    Q_EMIT keyWanted(m_keyRefused);
}

// For as long as its owner takes to unlock a keyring.
QCoro::Task<Done> ApiClient::awaitKey(Cancel cancel)
{
    askForKey();
    while (!m_key && !m_keyProblem && !cancel->requested()) {
        QTimer timer;
        timer.setSingleShot(true);
        const auto goOn = [&timer] { timer.start(0); };
        QObject::connect(cancel.get(), &Cancellation::cancelled, &timer, goOn);
        QObject::connect(this, &ApiClient::keyCame, &timer, goOn);
        timer.start(cancel->requested() ? milliseconds(0) : std::chrono::hours(1));
        co_await timer;
    }
    co_return m_key || !m_keyProblem ? Done() : fail(*m_keyProblem);
}

QCoro::Task<Result<QByteArray>> ApiClient::send(Request request, Cancel cancel)
{
    const QString place = placeOf(request);
    int retries = 0;
    int redirects = 0;
    QUrl url = urlFor(request);
    bool renewed = m_connection.keySource == Connection::KeySource::Pasted; // that one cannot be had anew
    setUp();
    if (m_setUpProblem)
        co_return fail(*m_setUpProblem);
    while (true) {
        if (cancel->requested())
            co_return fail(Error::Kind::Cancelled, {}, place);
        if (!m_key && request.prompt) { // what was looked at before would grow old
            askForKey();
            co_return fail(Error::Kind::RateLimited, u"another key is being fetched"_s, place);
        }
        if (!m_key) {
            auto asking = awaitKey(cancel);
            const Done came = co_await asking;
            if (!came)
                co_return fail(came.error());
        }
        while (!cancel->requested()) {
            const milliseconds wait = m_limiter.waitFor(RateLimiter::Clock::now());
            if (wait.count() == 0)
                break;
            if (request.prompt) {
                Error error = fail(Error::Kind::RateLimited, {}, place).value();
                error.retryAfter = wait;
                co_return fail(error);
            }
            co_await pause(wait, cancel);
        }
        if (cancel->requested())
            co_return fail(Error::Kind::Cancelled, {}, place);
        std::optional<Pace::Turn> turn(std::in_place, m_pace); // until its answer is known, see below
        if (!request.prompt) {
            const auto leaving = QObject::connect(cancel.get(), &Cancellation::cancelled, this,
                                                  [this, number = turn->number()] { m_pace.leave(number); });
            co_await *turn;
            QObject::disconnect(leaving);
        }
        if (cancel->requested())
            co_return fail(Error::Kind::Cancelled, {}, place);
        // While this one waited, another was refused with the key, or told to wait.
        if (!m_key || (!request.prompt && m_limiter.waitFor(RateLimiter::Clock::now()).count() > 0))
            continue;
        const std::optional<QByteArray> sentWith = m_key;
        RawResponse response = co_await once(request, url, cancel);
        if (cancel->requested())
            co_return fail(Error::Kind::Cancelled, {}, place);
        if (response.status == 401 && !std::exchange(renewed, true)) {
            if (m_key == sentWith) { // else another request has asked already
                m_key.reset();
                m_keyRefused = true;
            }
            continue;
        }
        m_limiter.answered(response.headers, RateLimiter::Clock::now());
        m_pace.answered(response, m_limiter.remaining(), Pace::Clock::now());
        std::optional<Error> error = errorOf(response, place);
        if (!error)
            co_return response.body;
        if (error->kind == Error::Kind::Redirected) {
            const QUrl target = url.resolved(response.redirect);
            if (request.mayRepeat() && redirects++ < mostRedirects && sameOrigin(url, target)) {
                url = target;
                continue;
            }
            error->message = target.host();
        }
        error = m_provider.refine(*error, m_connection, request);
        error->message = redacted(error->message, m_key.value_or(QByteArray()));
        const auto wait =
            waitBeforeRetry(*error, response, request, retries, QRandomGenerator::global()->generateDouble());
        if (!wait)
            co_return fail(std::move(*error));
        ++retries;
        if (error->httpStatus == 429) {
            m_limiter.holdUntil(RateLimiter::Clock::now() + *wait);
        } else {
            turn.reset();
            co_await pause(*wait, cancel);
        }
    }
}

QCoro::Task<Result<QByteArray>> ApiClient::pageBytes(ListRef ref, ListToken from, Cancel cancel)
{
    const Request request = m_provider.list(ref, from);
    auto answer = send(request, cancel);
    co_return co_await answer;
}

Result<Page> ApiClient::readPage(const ListRef &ref, const ListToken &from, const QByteArray &bytes) const
{
    Result<Page> page = m_provider.readPage(ref, from, bytes);
    if (page)
        page->bytes = bytes.size();
    else
        page.error().place = placeOf(m_provider.list(ref, {})) +
            (page.error().place.isEmpty() ? QString() : u", "_s + page.error().place);
    return page;
}

QCoro::Task<Result<Page>> ApiClient::page(ListRef ref, ListToken from, Cancel cancel)
{
    auto answer = pageBytes(ref, from, cancel);
    const Result<QByteArray> bytes = co_await answer;
    if (!bytes)
        co_return fail(bytes.error());
    co_return readPage(ref, from, *bytes);
}

QCoro::Task<Result<Objects>> ApiClient::item(Resource resource, QString id, Parent parent, Cancel cancel)
{
    const Request request = m_provider.get(resource, id, parent);
    const Result<QByteArray> bytes = co_await send(request, cancel);
    if (!bytes)
        co_return fail(bytes.error());
    Result<Objects> objects = m_provider.readItem(resource, parent, *bytes);
    if (!objects)
        objects.error().place = placeOf(request);
    co_return objects;
}

} // namespace bobbin
