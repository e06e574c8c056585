// SPDX-License-Identifier: GPL-3.0-or-later
// The one error type: code branches on the kind, people read errorText(). Nothing in it ever holds a key.
#pragma once

#include <QString>
#include <chrono>
#include <optional>
#include <tl/expected.hpp>
#include <variant>

namespace bobbin {

struct Error {
    enum class Kind {
        Network, // unreachable, refused, reset, cut short
        Timeout,
        Tls,
        Unauthorized,
        Forbidden,
        NotFound,
        Conflict, // locked thread, wrong state
        RateLimited, // try again later
        Quota, // try again never helps
        Rejected, // the server refuses this request as it stands
        Redirected, // to another host: not followed, the key stays here
        Server,
        Decode, // the answer is not what the protocol says
        NotThisProtocol,
        NotSupported, // this provider has nothing of the kind
        SwitchedOff, // the provider has ended this API
        Storage,
        Archive, // damaged, or of another kind
        Secrets,
        Input, // what the person gave cannot be used
        Cancelled,
    };

    Kind kind = Kind::Server;
    QString message; // the foreign words, or ours where nobody spoke
    QString place; // where: a request path, a file and line, a field
    int httpStatus = 0;
    QString code; // the server's error code, empty if none
    QString requestId;
    std::optional<std::chrono::milliseconds> retryAfter;
    bool operator==(const Error &) const = default;
};

// No other request will get around it: the person is told or asked, before the next one is sent.
[[nodiscard]] inline bool needsPerson(const Error &error)
{
    switch (error.kind) {
    case Error::Kind::Unauthorized:
    case Error::Kind::Quota:
    case Error::Kind::Storage:
    case Error::Kind::SwitchedOff:
    case Error::Kind::Redirected:
    case Error::Kind::Tls:
        return true;
    default:
        return false;
    }
}

template <class T> using Result = tl::expected<T, Error>;
using Done = Result<std::monostate>;

[[nodiscard]] inline tl::unexpected<Error> fail(Error::Kind kind, const QString &message, const QString &place = {})
{
    Error error;
    error.kind = kind;
    error.message = message;
    error.place = place;
    return tl::unexpected<Error>(std::move(error));
}
[[nodiscard]] inline tl::unexpected<Error> fail(Error error)
{
    return tl::unexpected<Error>(std::move(error));
}

} // namespace bobbin
