// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/api/connectiontest.h"

namespace bobbin {

QCoro::Task<Done> testConnection(std::shared_ptr<ApiClient> client, Cancel cancel)
{
    const Request probe = client->provider().probe();
    auto asked = client->send(probe, cancel);
    const Result<QByteArray> answer = co_await asked;
    const Done read = answer ? client->provider().readProbe(*answer) : fail(answer.error());
    if (read)
        co_return read;
    Error error = read.error();
    // A list that is no JSON at all: a web page or another service answers here.
    if (error.kind == Error::Kind::Decode || (error.kind == Error::Kind::NotFound && error.code.isEmpty()))
        error.kind = Error::Kind::NotThisProtocol;
    co_return fail(error);
}

} // namespace bobbin
