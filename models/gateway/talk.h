// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/gateway/linestate.h"

#include <array>
#include <limits>

namespace bobbin {

constexpr std::size_t pieceSize = 64 * 1024; // what is held of a body that passes
constexpr std::uint32_t mostHeader = 128 * 1024;
constexpr auto anySize = std::uint64_t(std::numeric_limits<std::int64_t>::max()); // Beast 1.74 takes none for 0

inline QByteArray bytes(beast::string_view text)
{
    return QByteArray(text.data(), qsizetype(text.size()));
}

inline beast::string_view view(const QByteArray &text)
{
    return {text.constData(), std::size_t(text.size())};
}

bool wantsUpgrade(const http::request_header<> &head);
void copyFields(const http::fields &from, http::fields &to); // those of the message, in their order

using RequestParser = http::request_parser<http::buffer_body>;
using AnswerParser = http::response_parser<http::buffer_body>;

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
    struct Exchange {
        RequestParser parser;
        LineRequest request;
        bool keepAlive = false;
        bool held = false;
        bool bodySent = false; // of what was not held
    };

    [[nodiscard]] std::optional<LineAnswer> refused(const RequestParser &parser) const;
    Task<bool> refuse(Exchange &exchange, LineAnswer what); // counted
    Task<bool> hold(Exchange &exchange);
    Task<Verdict> judge(const LineRequest &request);
    Task<bool> answer(Exchange &exchange, LineAnswer what);
    Task<bool> pass(Exchange &exchange, const Verdict &verdict);
    Task<error_code> send(Exchange &exchange, const Verdict &verdict);
    Task<error_code> sendBody(Exchange &exchange, http::request<http::buffer_body> &out,
                              http::request_serializer<http::buffer_body> &serializer);
    Task<error_code> readHead(std::optional<AnswerParser> &answer, const Exchange &exchange);
    Task<bool> relay(Exchange &exchange, AnswerParser &answer);
    Task<void> tunnel();
    bool serverIsThere();
    Task<void> goOn100(Exchange &exchange);
};

} // namespace bobbin
