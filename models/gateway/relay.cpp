// SPDX-License-Identifier: GPL-3.0-or-later
// What is answered: passed on as it comes.
#include "models/gateway/answertap.h"
#include "models/gateway/talk.h"

#include <QCoreApplication>

namespace bobbin {

namespace {

struct LineText {
    Q_DECLARE_TR_FUNCTIONS(Gateway)
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

} // namespace

Task<error_code> Talk::readHead(std::optional<AnswerParser> &answer, const Exchange &exchange)
{
    error_code why;
    Leaving leaving(m_client, *m_server);
    for (;;) {
        answer.emplace();
        answer->header_limit(mostHeader);
        answer->body_limit(anySize);
        if (exchange.parser.get().method() == http::verb::head)
            answer->skip(true);
        m_server->tcpStream().expires_after(m_line.options.patience);
        co_await http::async_read_header(*m_server, m_fromServer, *answer, with(why));
        const unsigned status = answer->get().result_int();
        if (!why && status == 101 && !wantsUpgrade(exchange.parser.get()))
            co_return make_error_code(http::error::bad_status);
        if (why || status >= 200 || status == 101)
            co_return why;
    }
}

Task<bool> Talk::pass(Exchange &exchange, const Verdict &verdict)
{
    const bool repeatable =
        exchange.parser.get().method() == http::verb::get || exchange.parser.get().method() == http::verb::head;
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
        const error_code sent = co_await send(exchange, verdict);
        if (sent == asio::error::operation_aborted && !exchange.held && !exchange.parser.is_done()) {
            m_server.reset();
            m_line.listener.ended(exchange.request, 0);
            co_return false; // the caller left in the middle of its request
        }
        // Also where not all of it could be sent: a server that refuses may say why.
        why = co_await readHead(head, exchange);
        if (!why)
            break;
        m_server.reset();
        // One that was kept may have ended just now: what changes nothing is asked again.
        kept = kept && repeatable && !exchange.bodySent;
    }
    if (why) {
        m_server.reset();
        ++m_line.figures.unanswered;
        m_line.listener.ended(exchange.request, 0);
        const bool late = why == beast::error::timeout;
        LineAnswer bad = m_line.listener.refusal(
            late ? 504 : 502,
            (late ? LineText::tr("The server %1 did not answer in time.")
                  : LineText::tr("The server %1 cannot be reached: %2."))
                .arg(QString::fromStdString(m_line.host), QString::fromStdString(why.message())),
            late ? "upstream_timeout" : "upstream_unreachable");
        co_return co_await answer(exchange, std::move(bad));
    }
    ++m_line.figures.answered;
    co_return co_await relay(exchange, *head);
}

Task<bool> Talk::relay(Exchange &exchange, AnswerParser &answer)
{
    const auto &in = answer.get();
    const unsigned status = in.result_int();
    const bool upgraded = status == 101;
    http::response<http::buffer_body> out;
    out.version(11);
    out.result(status);
    out.reason(in.reason());
    copyFields(in, out);
    const bool callerIsOld = exchange.parser.get().version() < 11;
    const bool noBody = answer.is_done() &&
        (exchange.parser.get().method() == http::verb::head || status == 204 || status == 304 || upgraded);
    const bool measured = in.has_content_length();
    if (!noBody && !measured && !callerIsOld)
        out.chunked(true);
    bool goesOn = exchange.keepAlive && !(callerIsOld && !measured && !noBody) && !upgraded;
    if (upgraded) {
        out.set(http::field::connection, "upgrade");
        out.set(http::field::upgrade, in[http::field::upgrade]);
    } else {
        out.keep_alive(goesOn);
    }
    std::unique_ptr<AnswerTap> tap;
    if (status >= 200 && status < 300 && !noBody && m_line.listener.learns(exchange.request))
        tap = AnswerTap::make(bytes(in[http::field::content_type]), bytes(in[http::field::content_encoding]),
                              [&](const QByteArray &json) { m_line.listener.told(exchange.request, json); });
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
        m_line.listener.ended(exchange.request, int(status));
        co_return false;
    }
    if (why || !answer.is_done() || !answer.keep_alive())
        m_server.reset();
    m_line.listener.ended(exchange.request, int(status));
    // An answer that was cut short ends the connection: its caller must not take it for whole.
    co_return goesOn && !why && exchange.parser.is_done();
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

} // namespace bobbin
