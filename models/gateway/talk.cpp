// SPDX-License-Identifier: GPL-3.0-or-later
// What is asked: read, checked, judged, and sent on.
#include "models/gateway/talk.h"
#include "models/gateway/callercheck.h"

#include <QCoreApplication>

namespace bobbin {

namespace {

struct LineText {
    Q_DECLARE_TR_FUNCTIONS(Gateway)
};

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

} // namespace

void copyFields(const http::fields &from, http::fields &to)
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

std::optional<LineAnswer> Talk::refused(const RequestParser &parser) const
{
    const auto &head = parser.get();
    CallerHead caller{bytes(head.target()),
                      bytes(head[http::field::host]),
                      head.find(http::field::origin) != head.end() || head.find("Sec-Fetch-Site") != head.end(),
                      {}};
    for (const QByteArray &name : m_line.options.keyFields)
        caller.keys.push_back(bytes(head[view(name)]));
    const auto why = refusedCaller(caller, m_line.options, m_line.port);
    return why ? std::optional(m_line.listener.refusal(why->status, why->message, why->code)) : std::nullopt;
}

Task<bool> Talk::refuse(Exchange &exchange, LineAnswer what)
{
    ++m_line.figures.refused;
    co_return co_await answer(exchange, std::move(what));
}

Task<void> Talk::goOn100(Exchange &exchange)
{
    if (!beast::iequals(exchange.parser.get()[http::field::expect], "100-continue") || exchange.parser.is_done())
        co_return;
    error_code why;
    static constexpr beast::string_view line = "HTTP/1.1 100 Continue\r\n\r\n";
    m_client.expires_after(m_line.options.idle);
    co_await asio::async_write(m_client, asio::buffer(line.data(), line.size()), with(why));
}

Task<bool> Talk::hold(Exchange &exchange)
{
    QByteArray &body = exchange.request.body;
    while (!exchange.parser.is_done()) {
        auto &piece = exchange.parser.get().body();
        piece.data = m_piece.data();
        piece.size = m_piece.size();
        error_code why;
        m_client.expires_after(m_line.options.idle);
        co_await http::async_read_some(m_client, m_fromClient, exchange.parser, with(why));
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

Task<bool> Talk::answer(Exchange &exchange, LineAnswer what)
{
    http::response<http::string_body> out(http::int_to_status(unsigned(what.status)), 11);
    if (out.result() == http::status::unknown)
        out.result(unsigned(what.status));
    out.set(http::field::content_type, "application/json");
    for (const auto &[name, value] : what.fields)
        out.set(view(name), view(value));
    if (exchange.request.method != "HEAD")
        out.body() = what.body.toStdString();
    // What the caller did not get to send is not waited for.
    const bool goesOn = exchange.keepAlive && exchange.parser.is_done();
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

Task<error_code> Talk::sendBody(Exchange &exchange, http::request<http::buffer_body> &out,
                                http::request_serializer<http::buffer_body> &serializer)
{
    error_code why;
    RequestParser &parser = exchange.parser;
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
    exchange.bodySent = true;
    co_return why;
}

Task<error_code> Talk::send(Exchange &exchange, const Verdict &verdict)
{
    const auto &in = exchange.parser.get();
    http::request<http::buffer_body> out;
    out.version(11);
    out.method_string(in.method_string());
    out.target(verdict.target.isEmpty() ? in.target() : view(verdict.target));
    copyFields(in, out);
    out.set(http::field::host, m_line.host);
    out.erase(http::field::expect);
    // A token is between us and the callers, also while there is no key yet.
    if (!m_line.options.token.isEmpty())
        for (const QByteArray &name : m_line.options.keyFields)
            out.erase(view(name));
    if (m_line.key)
        out.set(view(m_line.key->first), view(m_line.key->second));
    if (wantsUpgrade(in)) {
        out.set(http::field::connection, "upgrade");
        out.set(http::field::upgrade, in[http::field::upgrade]);
    }
    const QByteArray &held = verdict.body ? *verdict.body : exchange.request.body;
    error_code why;
    if (exchange.held) {
        if (!held.isEmpty() || in.has_content_length() || in.chunked())
            out.content_length(std::uint64_t(held.size()));
        out.body().data = held.isEmpty() ? nullptr : const_cast<char *>(held.constData());
        out.body().size = std::size_t(held.size());
        out.body().more = false;
    } else {
        if (in.chunked())
            out.chunked(true);
        out.body().data = nullptr;
        out.body().more = !exchange.parser.is_done();
    }
    http::request_serializer<http::buffer_body> serializer(out);
    m_server->tcpStream().expires_after(m_line.options.idle);
    if (exchange.held || exchange.parser.is_done()) {
        co_await http::async_write(*m_server, serializer, with(why));
        co_return why;
    }
    co_await http::async_write_header(*m_server, serializer, with(why));
    if (!why)
        why = co_await sendBody(exchange, out, serializer);
    co_return why;
}

Task<bool> Talk::next()
{
    Exchange exchange;
    RequestParser &parser = exchange.parser;
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
        co_return co_await refuse(
            exchange,
            m_line.listener.refusal(
                400, LineText::tr("This is no HTTP request: %1.").arg(QString::fromStdString(why.message())),
                "bad_request"));
    }
    ++m_line.figures.requests;
    const Counted running(m_line.figures.running);
    exchange.keepAlive = parser.keep_alive();
    exchange.request.number = ++m_line.lastNumber;
    exchange.request.method = bytes(parser.get().method_string());
    exchange.request.target = bytes(parser.get().target());
    if (auto refusal = refused(parser))
        co_return co_await refuse(exchange, *std::move(refusal));
    Verdict verdict;
    exchange.held = m_line.listener.holds(exchange.request);
    co_await goOn100(exchange);
    if (exchange.held) {
        const bool whole = co_await hold(exchange);
        if (!whole && exchange.request.body.size() > m_line.options.mostHeld)
            co_return co_await refuse(
                exchange,
                m_line.listener.refusal(413,
                                        LineText::tr("The gateway judges requests of up to %1 MB.")
                                            .arg(m_line.options.mostHeld / 1'048'576),
                                        "too_large"));
        if (!whole)
            co_return false;
        verdict = co_await judge(exchange.request);
    }
    if (verdict.answer) {
        m_line.listener.ended(exchange.request, verdict.answer->status);
        co_return co_await refuse(exchange, *std::move(verdict.answer));
    }
    co_return co_await pass(exchange, verdict);
}

} // namespace bobbin
