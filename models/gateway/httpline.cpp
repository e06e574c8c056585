// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/gateway/httpline.h"

#include "models/gateway/talk.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

struct LineText {
    Q_DECLARE_TR_FUNCTIONS(Gateway)
};

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
