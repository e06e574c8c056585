// SPDX-License-Identifier: GPL-3.0-or-later
// A connection to the server, plain or with TLS, as one stream.
#pragma once

#include "models/gateway/httpline.h"

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

namespace bobbin {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;
// All of the line is on one context: no executor of unknown kind, which takes minutes to compile.
using Executor = asio::io_context::executor_type;
template <class T> using Task = asio::awaitable<T, Executor>;
using SocketStream = beast::basic_stream<tcp, Executor>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

inline auto with(error_code &why) // awaits, and tells instead of throwing
{
    return asio::redirect_error(asio::use_awaitable_t<Executor>(), why);
}

class ServerStream {
public:
    using executor_type = Executor;
    ServerStream(const executor_type &executor, asio::ssl::context *tls)
    {
        if (tls)
            m_tls.emplace(SocketStream(executor), *tls);
        else
            m_plain.emplace(executor);
    }
    executor_type get_executor() { return tcpStream().get_executor(); }
    SocketStream &tcpStream() { return m_tls ? m_tls->next_layer() : *m_plain; }
    beast::ssl_stream<SocketStream> *tlsStream() { return m_tls ? &*m_tls : nullptr; }

    template <class Buffers, class Token> auto async_read_some(const Buffers &buffers, Token &&token)
    {
        return m_tls ? m_tls->async_read_some(buffers, std::forward<Token>(token))
                     : m_plain->async_read_some(buffers, std::forward<Token>(token));
    }
    template <class Buffers, class Token> auto async_write_some(const Buffers &buffers, Token &&token)
    {
        return m_tls ? m_tls->async_write_some(buffers, std::forward<Token>(token))
                     : m_plain->async_write_some(buffers, std::forward<Token>(token));
    }

private:
    std::optional<SocketStream> m_plain;
    std::optional<beast::ssl_stream<SocketStream>> m_tls;
};

// Resolves, connects, asks the proxy for a tunnel, and shakes hands; null with the reason otherwise.
Task<std::unique_ptr<ServerStream>> connectTo(const Upstream &upstream, asio::ssl::context *tls,
                                              std::chrono::seconds within, error_code &why);
// With the certificates of `upstream`; an Input error where they cannot be used.
Result<std::unique_ptr<asio::ssl::context>> tlsContext(const Upstream &upstream);

} // namespace bobbin
