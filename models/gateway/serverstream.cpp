// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/gateway/serverstream.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct LineText {
    Q_DECLARE_TR_FUNCTIONS(Gateway)
};

Task<void> openTunnel(SocketStream &stream, const Upstream &upstream, error_code &why)
{
    const std::string place = upstream.host.toStdString() + ':' + std::to_string(upstream.port);
    http::request<http::empty_body> ask(http::verb::connect, place, 11);
    ask.set(http::field::host, place);
    co_await http::async_write(stream, ask, with(why));
    if (why)
        co_return;
    beast::flat_buffer buffer;
    http::response_parser<http::empty_body> answer;
    answer.skip(true); // a tunnel follows, no body
    co_await http::async_read_header(stream, buffer, answer, with(why));
    if (!why && http::to_status_class(answer.get().result()) != http::status_class::successful)
        why = make_error_code(boost::system::errc::connection_refused);
}

} // namespace

Task<std::unique_ptr<ServerStream>> connectTo(const Upstream &upstream, asio::ssl::context *tls,
                                              std::chrono::seconds within, error_code &why)
{
    const auto executor = co_await asio::this_coro::executor;
    const bool byProxy = !upstream.proxyHost.isEmpty();
    asio::ip::basic_resolver<tcp, Executor> resolver(executor);
    const std::string host = (byProxy ? upstream.proxyHost : upstream.host).toStdString();
    const std::string port = std::to_string(byProxy ? upstream.proxyPort : upstream.port);
    const auto places = co_await resolver.async_resolve(host, port, with(why));
    if (why)
        co_return nullptr;
    auto stream = std::make_unique<ServerStream>(executor, upstream.tls ? tls : nullptr);
    SocketStream &socket = stream->tcpStream();
    socket.expires_after(within);
    co_await socket.async_connect(places, with(why));
    if (why)
        co_return nullptr;
    error_code ignored;
    socket.socket().set_option(tcp::no_delay(true), ignored);
    if (byProxy)
        co_await openTunnel(socket, upstream, why);
    if (!why && stream->tlsStream()) {
        auto &shaking = *stream->tlsStream();
        const std::string name = upstream.host.toStdString();
        if (!SSL_set_tlsext_host_name(shaking.native_handle(), name.c_str()))
            why = make_error_code(boost::system::errc::invalid_argument);
        shaking.set_verify_callback(asio::ssl::host_name_verification(name));
        if (!why)
            co_await shaking.async_handshake(asio::ssl::stream_base::client, with(why));
    }
    if (why)
        co_return nullptr;
    co_return stream;
}

Result<std::unique_ptr<asio::ssl::context>> tlsContext(const Upstream &upstream)
{
    auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_client);
    error_code why;
    context->set_options(
        asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1, why);
    context->set_verify_mode(asio::ssl::verify_peer, why);
    if (upstream.trusted.isEmpty())
        context->set_default_verify_paths(why);
    else
        context->add_certificate_authority(
            asio::const_buffer(upstream.trusted.constData(), std::size_t(upstream.trusted.size())), why);
    if (!why && !upstream.certificate.isEmpty()) {
        context->use_certificate_chain(
            asio::const_buffer(upstream.certificate.constData(), std::size_t(upstream.certificate.size())), why);
        if (!why)
            context->use_private_key(
                asio::const_buffer(upstream.certificateKey.constData(), std::size_t(upstream.certificateKey.size())),
                asio::ssl::context::pem, why);
    }
    if (why)
        return fail(Error::Kind::Input,
                    LineText::tr("The gateway cannot use the connection's certificates: %1.")
                        .arg(QString::fromStdString(why.message())));
    return context;
}

} // namespace bobbin
