// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/gateway/httpline.h"

#include "models/gateway/answertap.h"
#include "models/gateway/serverstream.h"

#include <QCoreApplication>
#include <QCryptographicHash>

#include <array>
#include <limits>
#include <thread>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

struct LineText {
    Q_DECLARE_TR_FUNCTIONS(Gateway)
};

constexpr std::size_t pieceSize = 64 * 1024; // what is held of a body that passes
constexpr std::uint32_t mostHeader = 128 * 1024;
constexpr auto anySize = std::uint64_t(std::numeric_limits<std::int64_t>::max()); // Beast 1.74 takes none for 0

QByteArray bytes(beast::string_view text)
{
    return QByteArray(text.data(), qsizetype(text.size()));
}

beast::string_view view(const QByteArray &text)
{
    return {text.constData(), std::size_t(text.size())};
}

// Of one connection, not of the message: RFC 9110, 7.6.1.
bool isOfTheConnection(beast::string_view name, beast::string_view connection)
{
    for (const char *one : {"Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization",
                            "TE", "Trailer", "Transfer-Encoding", "Upgrade"})
        if (beast::iequals(name, one))
            return true;
    for (const auto &named : http::token_list(connection))
        if (beast::iequals(name, named))
            return true;
    return false;
}

template <class From, class To> void copyFields(const From &from, To &to)
{
    const beast::string_view connection = from[http::field::connection];
    for (const auto &field : from)
        if (!isOfTheConnection(field.name_string(), connection))
            to.insert(field.name(), field.name_string(), field.value());
}

// To a WebSocket, and to nothing else: what follows is not looked into.
bool wantsUpgrade(const http::request_header<> &head)
{
    return head.method() == http::verb::get && http::token_list(head[http::field::connection]).exists("upgrade") &&
        beast::iequals(head[http::field::upgrade], "websocket");
}

// Servers make another path of such a one than it reads here.
bool isCrooked(const QByteArray &path)
{
    const QByteArray lower = path.toLower();
    return lower.contains("//") || lower.contains("/./") || lower.contains("/../") || lower.endsWith("/.") ||
        lower.endsWith("/..") || lower.contains("%2e") || lower.contains("%2f") || lower.contains('\\');
}

// Takes the same time whether it fits or not.
bool isSame(const QByteArray &one, const QByteArray &other)
{
    const QByteArray a = QCryptographicHash::hash(one, QCryptographicHash::Sha256);
    const QByteArray b = QCryptographicHash::hash(other, QCryptographicHash::Sha256);
    unsigned different = 0;
    for (qsizetype i = 0; i < a.size(); ++i)
        different |= unsigned(quint8(a[i]) ^ quint8(b[i]));
    return different == 0;
}

struct Counted { // while it lives
    explicit Counted(std::atomic<qint64> &of) : number(of) { ++number; }
    ~Counted() { --number; }
    Counted(const Counted &) = delete;
    Counted &operator=(const Counted &) = delete;
    std::atomic<qint64> &number;
};

using RequestParser = http::request_parser<http::buffer_body>;
using AnswerParser = http::response_parser<http::buffer_body>;

} // namespace

struct LineState : std::enable_shared_from_this<LineState> {
    LineState(Upstream to, LineOptions how, LineListener &who)
        : upstream(std::move(to)), options(std::move(how)), listener(who)
    {
        const bool usual = upstream.port == (upstream.tls ? 443 : 80);
        const bool v6 = upstream.host.contains(':');
        host = v6 ? "[" + upstream.host.toStdString() + "]" : upstream.host.toStdString();
        if (!usual)
            host += ':' + std::to_string(upstream.port);
    }

    const Upstream upstream;
    const LineOptions options;
    LineListener &listener;
    LineFigures figures;
    std::string host; // as the Host field says it
    std::unique_ptr<asio::ssl::context> tls;
    asio::io_context context{1};
    std::optional<asio::basic_socket_acceptor<tcp, Executor>> acceptor;
    std::thread thread;
    quint16 port = 0;
    std::optional<HttpField> key;
    quint64 lastNumber = 0;

    Task<void> accept();
    Task<void> serve(SocketStream client);
};

namespace {

// One caller's connection, and the server's beside it: both are kept for its next request.
class Talk {
public:
    Talk(LineState &line, SocketStream &client) : m_line(line), m_client(client) { }

    Task<bool> next(); // false: the connection is to be closed

private:
    LineState &m_line;
    SocketStream &m_client;
    std::unique_ptr<ServerStream> m_server;
    beast::flat_buffer m_fromClient, m_fromServer;
    std::array<char, pieceSize> m_piece;

    // Of the request that is being answered.
    struct Passing {
        RequestParser parser;
        LineRequest request;
        bool keepAlive = false;
        bool held = false;
        bool bodySent = false; // of what was not held
    };

    std::optional<LineAnswer> refused(const RequestParser &parser);
    Task<bool> hold(Passing &passing);
    Task<Verdict> judge(const LineRequest &request);
    Task<bool> answer(Passing &passing, LineAnswer what);
    Task<bool> pass(Passing &passing, const Verdict &verdict);
    Task<error_code> send(Passing &passing, const Verdict &verdict);
    Task<error_code> sendBody(Passing &passing, http::request<http::buffer_body> &out,
                              http::request_serializer<http::buffer_body> &serializer);
    Task<error_code> readHead(std::optional<AnswerParser> &answer, const Passing &passing);
    Task<bool> relay(Passing &passing, AnswerParser &answer);
    Task<void> tunnel();
    bool serverIsThere();
    Task<void> goOn100(Passing &passing);
};

// Tells the server that nobody listens any more: an answer that costs money ends with its caller.
class Leaving {
public:
    Leaving(SocketStream &client, ServerStream &server) : m_client(client), m_state(std::make_shared<State>())
    {
        m_state->server = &server;
        m_state->client = &client;
        m_client.socket().async_wait(tcp::socket::wait_read, [state = m_state](const error_code &why) {
            if (why || !state->server)
                return;
            char one = 0;
            error_code end;
            error_code ignored;
            state->client->socket().non_blocking(true, ignored);
            state->client->socket().receive(asio::buffer(&one, 1), asio::socket_base::message_peek, end);
            if (end && end != asio::error::would_block)
                state->server->tcpStream().cancel();
        });
    }
    ~Leaving()
    {
        m_state->server = nullptr;
        m_client.cancel();
    }
    Leaving(const Leaving &) = delete;
    Leaving &operator=(const Leaving &) = delete;

private:
    struct State {
        ServerStream *server = nullptr;
        SocketStream *client = nullptr;
    };
    SocketStream &m_client;
    std::shared_ptr<State> m_state;
};

// Only programs of this computer that were told the address: no web page, whatever name it has for us.
std::optional<LineAnswer> Talk::refused(const RequestParser &parser)
{
    const auto &head = parser.get();
    const QByteArray named = bytes(head[http::field::host]).toLower();
    const QByteArray port = ':' + QByteArray::number(m_line.port);
    const bool known = named == "127.0.0.1" + port || named == "localhost" + port || named == "[::1]" + port;
    if (!known)
        return m_line.listener.refusal(403,
                                       LineText::tr("This gateway is http://127.0.0.1%1; it was asked for as \"%2\".")
                                           .arg(QString::fromLatin1(port), QString::fromUtf8(named)),
                                       "wrong_host");
    if (head.find(http::field::origin) != head.end() || head.find("Sec-Fetch-Site") != head.end())
        return m_line.listener.refusal(403, LineText::tr("Web pages cannot use this gateway."), "web_page");
    if (!head.target().starts_with('/'))
        return m_line.listener.refusal(400, LineText::tr("This gateway forwards to one server only: ask for a path."),
                                       "not_a_path");
    const QByteArray path = bytes(head.target()).split('?').first();
    if (isCrooked(path))
        return m_line.listener.refusal(
            400, LineText::tr("This path is not plain: it has empty parts, or dots for parts."), "not_a_path");
    if (!m_line.options.token.isEmpty()) {
        if (!path.startsWith(m_line.options.basePath + '/'))
            return m_line.listener.refusal(403,
                                           LineText::tr("This gateway has a key, for what is below %1.")
                                               .arg(QString::fromUtf8(m_line.options.basePath)),
                                           "not_below");
        bool fits = false;
        for (const QByteArray &name : m_line.options.keyFields) {
            QByteArray sent = bytes(head[view(name)]);
            if (sent.toLower().startsWith("bearer "))
                sent = sent.mid(7).trimmed();
            fits = isSame(sent, m_line.options.token) || fits;
        }
        if (!fits)
            return m_line.listener.refusal(
                401, LineText::tr("This gateway has the key itself: send the token that it printed at its start."),
                "invalid_api_key");
    }
    return std::nullopt;
}

Task<void> Talk::goOn100(Passing &passing)
{
    if (!beast::iequals(passing.parser.get()[http::field::expect], "100-continue") || passing.parser.is_done())
        co_return;
    error_code why;
    static constexpr beast::string_view line = "HTTP/1.1 100 Continue\r\n\r\n";
    m_client.expires_after(m_line.options.idle);
    co_await asio::async_write(m_client, asio::buffer(line.data(), line.size()), with(why));
}

Task<bool> Talk::hold(Passing &passing)
{
    QByteArray &body = passing.request.body;
    while (!passing.parser.is_done()) {
        auto &piece = passing.parser.get().body();
        piece.data = m_piece.data();
        piece.size = m_piece.size();
        error_code why;
        m_client.expires_after(m_line.options.idle);
        co_await http::async_read_some(m_client, m_fromClient, passing.parser, with(why));
        if (why && why != http::error::need_buffer)
            co_return false;
        body.append(m_piece.data(), qsizetype(m_piece.size() - piece.size));
        if (body.size() > m_line.options.mostHeld)
            co_return false;
    }
    m_line.figures.bytesUp += body.size();
    co_return true;
}

Task<Verdict> Talk::judge(const LineRequest &request)
{
    struct Waiting {
        explicit Waiting(const Executor &executor) : timer(executor) { }
        Timer timer;
        std::optional<Verdict> verdict;
    };
    auto waiting = std::make_shared<Waiting>(m_client.get_executor());
    waiting->timer.expires_at(std::chrono::steady_clock::time_point::max());
    std::weak_ptr<LineState> line = m_line.weak_from_this();
    m_line.listener.judge(request, [line, waiting](Verdict verdict) {
        if (const auto alive = line.lock())
            asio::post(alive->context, [waiting, verdict = std::move(verdict)]() mutable {
                waiting->verdict = std::move(verdict);
                waiting->timer.cancel();
            });
    });
    m_client.expires_never();
    error_code ignored;
    while (!waiting->verdict)
        co_await waiting->timer.async_wait(with(ignored));
    co_return std::move(*waiting->verdict);
}

Task<bool> Talk::answer(Passing &passing, LineAnswer what)
{
    ++m_line.figures.refused;
    http::response<http::string_body> out(http::int_to_status(unsigned(what.status)), 11);
    if (out.result() == http::status::unknown)
        out.result(unsigned(what.status));
    out.set(http::field::content_type, "application/json");
    for (const auto &[name, value] : what.fields)
        out.set(view(name), view(value));
    if (passing.request.method != "HEAD")
        out.body() = what.body.toStdString();
    // What the caller did not get to send is not waited for.
    const bool goesOn = passing.keepAlive && passing.parser.is_done();
    out.keep_alive(goesOn);
    out.prepare_payload();
    error_code why;
    m_client.expires_after(m_line.options.idle);
    co_await http::async_write(m_client, out, with(why));
    co_return goesOn && !why;
}

// The server may have ended a connection that nothing passed over for a while.
bool Talk::serverIsThere()
{
    if (!m_server || m_fromServer.size() > 0)
        return false;
    auto &socket = m_server->tcpStream().socket();
    error_code why;
    socket.non_blocking(true, why);
    char one = 0;
    socket.receive(asio::buffer(&one, 1), asio::socket_base::message_peek, why);
    return why == asio::error::would_block; // with TLS, a ticket that came late costs a new connection
}

Task<error_code> Talk::sendBody(Passing &passing, http::request<http::buffer_body> &out,
                                http::request_serializer<http::buffer_body> &serializer)
{
    error_code why;
    RequestParser &parser = passing.parser;
    for (bool more = !parser.is_done(); more;) {
        auto &piece = parser.get().body();
        piece.data = m_piece.data();
        piece.size = m_piece.size();
        m_client.expires_after(m_line.options.idle);
        co_await http::async_read_some(m_client, m_fromClient, parser, with(why));
        if (why && why != http::error::need_buffer)
            co_return make_error_code(asio::error::operation_aborted); // it is the caller that left
        const std::size_t size = m_piece.size() - piece.size;
        more = !parser.is_done();
        if (size == 0 && more)
            continue; // an empty piece would end it
        out.body().data = size > 0 ? m_piece.data() : nullptr;
        out.body().size = size;
        out.body().more = more;
        m_line.figures.bytesUp += qint64(size);
        m_server->tcpStream().expires_after(m_line.options.idle);
        co_await http::async_write(*m_server, serializer, with(why));
        if (why == http::error::need_buffer)
            why = {};
        if (why)
            break;
    }
    passing.bodySent = true;
    co_return why;
}

Task<error_code> Talk::send(Passing &passing, const Verdict &verdict)
{
    const auto &in = passing.parser.get();
    http::request<http::buffer_body> out;
    out.version(11);
    out.method_string(in.method_string());
    out.target(verdict.target.isEmpty() ? in.target() : view(verdict.target));
    copyFields(in, out);
    out.set(http::field::host, m_line.host);
    out.erase(http::field::expect);
    if (m_line.key) {
        for (const QByteArray &name : m_line.options.keyFields)
            out.erase(view(name));
        out.set(view(m_line.key->first), view(m_line.key->second));
    }
    if (wantsUpgrade(in)) {
        out.set(http::field::connection, "upgrade");
        out.set(http::field::upgrade, in[http::field::upgrade]);
    }
    const QByteArray &held = verdict.body ? *verdict.body : passing.request.body;
    error_code why;
    if (passing.held) {
        if (!held.isEmpty() || in.has_content_length() || in.chunked())
            out.content_length(std::uint64_t(held.size()));
        out.body().data = held.isEmpty() ? nullptr : const_cast<char *>(held.constData());
        out.body().size = std::size_t(held.size());
        out.body().more = false;
    } else {
        if (in.chunked())
            out.chunked(true);
        out.body().data = nullptr;
        out.body().more = !passing.parser.is_done();
    }
    http::request_serializer<http::buffer_body> serializer(out);
    m_server->tcpStream().expires_after(m_line.options.idle);
    if (passing.held || passing.parser.is_done()) {
        co_await http::async_write(*m_server, serializer, with(why));
        co_return why;
    }
    co_await http::async_write_header(*m_server, serializer, with(why));
    if (!why)
        why = co_await sendBody(passing, out, serializer);
    co_return why;
}

Task<error_code> Talk::readHead(std::optional<AnswerParser> &answer, const Passing &passing)
{
    error_code why;
    Leaving leaving(m_client, *m_server);
    for (;;) {
        answer.emplace();
        answer->header_limit(mostHeader);
        answer->body_limit(anySize);
        if (passing.parser.get().method() == http::verb::head)
            answer->skip(true);
        m_server->tcpStream().expires_after(m_line.options.patience);
        co_await http::async_read_header(*m_server, m_fromServer, *answer, with(why));
        const unsigned status = answer->get().result_int();
        if (!why && status == 101 && !wantsUpgrade(passing.parser.get()))
            co_return make_error_code(http::error::bad_status);
        if (why || status >= 200 || status == 101)
            co_return why;
    }
}

Task<bool> Talk::pass(Passing &passing, const Verdict &verdict)
{
    const bool repeatable =
        passing.parser.get().method() == http::verb::get || passing.parser.get().method() == http::verb::head;
    std::optional<AnswerParser> head;
    error_code why;
    for (bool kept = true; kept;) {
        kept = serverIsThere();
        if (!kept) {
            m_fromServer.clear();
            m_server = co_await connectTo(m_line.upstream, m_line.tls.get(), m_line.options.connecting, why);
            if (why)
                break;
        }
        const error_code sent = co_await send(passing, verdict);
        if (sent == asio::error::operation_aborted && !passing.held && !passing.parser.is_done()) {
            m_server.reset();
            m_line.listener.ended(passing.request, 0);
            co_return false; // the caller left in the middle of its request
        }
        // Also where not all of it could be sent: a server that refuses may say why.
        why = co_await readHead(head, passing);
        if (!why)
            break;
        m_server.reset();
        // One that was kept may have ended just now: what changes nothing is asked again.
        kept = kept && repeatable && !passing.bodySent;
    }
    if (why) {
        m_server.reset();
        ++m_line.figures.unanswered;
        m_line.listener.ended(passing.request, 0);
        const bool late = why == beast::error::timeout;
        LineAnswer bad = m_line.listener.refusal(
            late ? 504 : 502,
            (late ? LineText::tr("The server %1 did not answer in time.")
                  : LineText::tr("The server %1 cannot be reached: %2."))
                .arg(QString::fromStdString(m_line.host), QString::fromStdString(why.message())),
            late ? "upstream_timeout" : "upstream_unreachable");
        --m_line.figures.refused;
        co_return co_await answer(passing, std::move(bad));
    }
    ++m_line.figures.answered;
    co_return co_await relay(passing, *head);
}

Task<bool> Talk::relay(Passing &passing, AnswerParser &answer)
{
    const auto &in = answer.get();
    const unsigned status = in.result_int();
    const bool upgraded = status == 101;
    http::response<http::buffer_body> out;
    out.version(11);
    out.result(status);
    out.reason(in.reason());
    copyFields(in, out);
    const bool callerIsOld = passing.parser.get().version() < 11;
    const bool noBody = answer.is_done() &&
        (passing.parser.get().method() == http::verb::head || status == 204 || status == 304 || upgraded);
    const bool measured = in.has_content_length();
    if (!noBody && !measured && !callerIsOld)
        out.chunked(true);
    bool goesOn = passing.keepAlive && !(callerIsOld && !measured && !noBody) && !upgraded;
    if (upgraded) {
        out.set(http::field::connection, "upgrade");
        out.set(http::field::upgrade, in[http::field::upgrade]);
    } else {
        out.keep_alive(goesOn);
    }
    std::unique_ptr<AnswerTap> tap;
    if (status >= 200 && status < 300 && !noBody && m_line.listener.learns(passing.request))
        tap = AnswerTap::make(bytes(in[http::field::content_type]), bytes(in[http::field::content_encoding]),
                              [&](const QByteArray &event, const QByteArray &json) {
                                  m_line.listener.told(passing.request, event, json);
                              });
    http::response_serializer<http::buffer_body> serializer(out);
    error_code why;
    out.body().data = nullptr;
    out.body().more = !noBody;
    m_client.expires_after(m_line.options.idle);
    co_await http::async_write_header(m_client, serializer, with(why));
    bool fromServer = false; // it broke there
    if (!noBody) {
        Leaving leaving(m_client, *m_server);
        for (bool more = true; more && !why;) {
            std::size_t size = 0;
            if (!answer.is_done()) {
                auto &piece = answer.get().body();
                piece.data = m_piece.data();
                piece.size = m_piece.size();
                m_server->tcpStream().expires_after(m_line.options.patience);
                co_await http::async_read_some(*m_server, m_fromServer, answer, with(why));
                if (why == http::error::need_buffer)
                    why = {};
                fromServer = bool(why);
                size = m_piece.size() - piece.size;
            }
            more = !answer.is_done();
            if (why || (size == 0 && more))
                continue;
            if (tap)
                tap->add(m_piece.data(), size);
            m_line.figures.bytesDown += qint64(size);
            out.body().data = size > 0 ? m_piece.data() : nullptr;
            out.body().size = size;
            out.body().more = more;
            m_client.expires_after(m_line.options.idle);
            co_await http::async_write(m_client, serializer, with(why));
            if (why == http::error::need_buffer)
                why = {};
        }
    }
    if (tap && !fromServer && answer.is_done())
        tap->end(); // also where the caller has left: it was paid for
    if (upgraded && !why) {
        co_await tunnel();
        m_line.listener.ended(passing.request, int(status));
        co_return false;
    }
    if (why || !answer.is_done() || !answer.keep_alive())
        m_server.reset();
    m_line.listener.ended(passing.request, int(status));
    // An answer that was cut short ends the connection: its caller must not take it for whole.
    co_return goesOn && !why && passing.parser.is_done();
}

template <class From, class To> Task<void> pump(From &from, To &to, std::function<void()> end)
{
    std::array<char, 16'384> piece;
    error_code why;
    while (!why) {
        const std::size_t size = co_await from.async_read_some(asio::buffer(piece), with(why));
        if (!why)
            co_await asio::async_write(to, asio::buffer(piece.data(), size), with(why));
    }
    end();
}

Task<void> Talk::tunnel()
{
    error_code why;
    m_client.expires_never();
    m_server->tcpStream().expires_never();
    if (m_fromServer.size() > 0)
        co_await asio::async_write(m_client, m_fromServer.data(), with(why));
    if (!why && m_fromClient.size() > 0)
        co_await asio::async_write(*m_server, m_fromClient.data(), with(why));
    if (why)
        co_return;
    auto executor = m_client.get_executor();
    auto done = std::make_shared<Timer>(executor, std::chrono::steady_clock::time_point::max());
    auto running = std::make_shared<int>(2);
    const std::function<void()> end = [this, done, running] {
        m_client.cancel();
        m_server->tcpStream().cancel();
        if (--*running == 0)
            done->cancel();
    };
    asio::co_spawn(executor, pump(m_client, *m_server, end), asio::detached);
    asio::co_spawn(executor, pump(*m_server, m_client, end), asio::detached);
    while (*running > 0)
        co_await done->async_wait(with(why));
}

Task<bool> Talk::next()
{
    Passing passing;
    RequestParser &parser = passing.parser;
    parser.header_limit(mostHeader);
    parser.body_limit(anySize);
    error_code why;
    m_client.expires_after(m_line.options.idle);
    co_await http::async_read_header(m_client, m_fromClient, parser, with(why));
    if (why == http::error::end_of_stream || why == beast::error::timeout)
        co_return false;
    if (why) {
        if (why.category() != make_error_code(http::error::bad_method).category())
            co_return false; // the connection broke
        co_return co_await answer(
            passing,
            m_line.listener.refusal(
                400, LineText::tr("This is no HTTP request: %1.").arg(QString::fromStdString(why.message())),
                "bad_request"));
    }
    ++m_line.figures.requests;
    const Counted running(m_line.figures.running);
    passing.keepAlive = parser.keep_alive();
    passing.request.number = ++m_line.lastNumber;
    passing.request.method = bytes(parser.get().method_string());
    passing.request.target = bytes(parser.get().target());
    if (auto refusal = refused(parser))
        co_return co_await answer(passing, *std::move(refusal));
    Verdict verdict;
    passing.held = m_line.listener.holds(passing.request);
    co_await goOn100(passing);
    if (passing.held) {
        const bool whole = co_await hold(passing);
        if (!whole && passing.request.body.size() > m_line.options.mostHeld)
            co_return co_await answer(
                passing,
                m_line.listener.refusal(413,
                                        LineText::tr("The gateway judges requests of up to %1 MB.")
                                            .arg(m_line.options.mostHeld / 1'048'576),
                                        "too_large"));
        if (!whole)
            co_return false;
        verdict = co_await judge(passing.request);
    }
    if (verdict.answer) {
        m_line.listener.ended(passing.request, verdict.answer->status);
        co_return co_await answer(passing, *std::move(verdict.answer));
    }
    co_return co_await pass(passing, verdict);
}

} // namespace

Task<void> LineState::serve(SocketStream client)
{
    const Counted counted(figures.connections);
    auto talk = std::make_unique<Talk>(*this, client);
    for (bool more = true; more;)
        more = co_await talk->next();
    error_code ignored;
    client.socket().shutdown(tcp::socket::shutdown_both, ignored);
}

Task<void> LineState::accept()
{
    Timer pause(context.get_executor());
    while (acceptor && acceptor->is_open()) {
        error_code why;
        asio::basic_stream_socket<tcp, Executor> socket = co_await acceptor->async_accept(with(why));
        if (!why && figures.connections >= options.mostConnections)
            continue; // it is closed
        if (!why) {
            error_code ignored;
            socket.set_option(tcp::no_delay(true), ignored);
            asio::co_spawn(context.get_executor(), serve(SocketStream(std::move(socket))), asio::detached);
            continue;
        }
        if (why == asio::error::operation_aborted)
            break;
        pause.expires_after(100ms); // no descriptors are left, for one
        co_await pause.async_wait(with(why));
    }
}

HttpLine::HttpLine(Upstream upstream, LineOptions options, LineListener &listener)
    : d(std::make_shared<LineState>(std::move(upstream), std::move(options), listener))
{
}

HttpLine::~HttpLine()
{
    stop();
}

Result<quint16> HttpLine::start()
{
    if (d->upstream.tls) {
        auto tls = tlsContext(d->upstream);
        if (!tls)
            return fail(tls.error());
        d->tls = *std::move(tls);
    }
    error_code why;
    const tcp::endpoint place(asio::ip::address_v4::loopback(), d->options.port);
    asio::basic_socket_acceptor<tcp, Executor> acceptor(d->context.get_executor());
    acceptor.open(place.protocol(), why);
#ifndef Q_OS_WIN // where it lets others take the same port
    if (!why)
        acceptor.set_option(asio::socket_base::reuse_address(true), why);
#endif
    if (!why)
        acceptor.bind(place, why);
    if (!why)
        acceptor.listen(asio::socket_base::max_listen_connections, why);
    if (why)
        return fail(Error::Kind::Input,
                    LineText::tr("The gateway cannot listen on port %1: %2.")
                        .arg(d->options.port)
                        .arg(QString::fromStdString(why.message())),
                    u"port"_s);
    d->port = acceptor.local_endpoint().port();
    d->acceptor.emplace(std::move(acceptor));
    asio::co_spawn(d->context.get_executor(), d->accept(), asio::detached);
    d->thread = std::thread([line = d.get()] { line->context.run(); });
    return d->port;
}

void HttpLine::rest()
{
    asio::post(d->context, [line = d.get()] {
        error_code ignored;
        if (line->acceptor)
            line->acceptor->close(ignored);
    });
}

void HttpLine::stop()
{
    if (!d->thread.joinable())
        return;
    d->context.stop();
    d->thread.join();
}

void HttpLine::setKey(const HttpField &field)
{
    asio::post(d->context, [line = d.get(), field] { line->key = field; });
}

const LineFigures &HttpLine::figures() const
{
    return d->figures;
}

} // namespace bobbin
