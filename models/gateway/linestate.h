// SPDX-License-Identifier: GPL-3.0-or-later
// What all connections of a line share; lives on its thread.
#pragma once

#include "models/gateway/serverstream.h"

#include <thread>

namespace bobbin {

struct Counted { // while it lives
    explicit Counted(std::atomic<qint64> &of) : number(of) { ++number; }
    ~Counted() { --number; }
    Counted(const Counted &) = delete;
    Counted &operator=(const Counted &) = delete;
    std::atomic<qint64> &number;
};

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

} // namespace bobbin
