// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/api/connectiontest.h"

#include "models/providers/registry.h"

#include <QCoreApplication>
#include <QScopedPointer>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct TestText {
    Q_DECLARE_TR_FUNCTIONS(ConnectionTest)
};

QCoro::Task<Done> probe(ApiClient &client, Cancel cancel)
{
    const Request request = client.provider().probe();
    auto asked = client.send(request, cancel);
    const Result<QByteArray> answer = co_await asked;
    const Done read = answer ? client.provider().readProbe(*answer) : fail(answer.error());
    if (read)
        co_return read;
    Error error = read.error();
    // A list that is no JSON at all: a web page or another service answers here.
    if (error.kind == Error::Kind::Decode || (error.kind == Error::Kind::NotFound && error.code.isEmpty()))
        error.kind = Error::Kind::NotThisProtocol;
    co_return fail(error);
}

QCoro::Task<std::optional<bool>> listsThreads(ApiClient &client, Cancel cancel)
{
    const Provider &provider = client.provider();
    const std::vector<ListRef> lists = provider.workspaceLists();
    const auto threads = std::ranges::find(lists, Resource::Threads, &ListRef::resource);
    if (threads == lists.end() || provider.capabilities().threads == Capabilities::Listing::Never)
        co_return false;
    auto asked = client.page(*threads, {}, cancel);
    const Result<Page> page = co_await asked;
    if (page)
        co_return true;
    const Error::Kind kind = page.error().kind;
    const bool refused = kind == Error::Kind::NotFound || kind == Error::Kind::Rejected ||
        kind == Error::Kind::NotThisProtocol || kind == Error::Kind::Decode;
    co_return refused ? std::optional(false) : std::nullopt;
}

// Another protocol may be spoken there; after all other errors no provider would fare better.
bool anotherMayAnswer(const Error &error)
{
    return error.kind == Error::Kind::NotThisProtocol || error.kind == Error::Kind::NotFound ||
        error.kind == Error::Kind::Rejected;
}

std::vector<const Provider *> candidates(const Connection &connection)
{
    if (!connection.provider.isEmpty()) {
        const Result<const Provider *> chosen = providerById(connection.provider);
        return chosen ? std::vector{*chosen} : std::vector<const Provider *>();
    }
    std::vector<const Provider *> all = allProviders();
    std::ranges::stable_sort(all, std::ranges::greater(),
                             [&](const Provider *one) { return one->likelihood(QUrl(connection.baseUrl)); });
    return all;
}

} // namespace

QCoro::Task<Result<ConnectionReport>> testConnection(Connection connection, QByteArray key,
                                                     std::chrono::milliseconds timeout, Cancel cancel)
{
    if (const Result<QUrl> url = checkBaseUrl(connection.baseUrl); !url)
        co_return fail(url.error());
    if (const Result<const Provider *> known = providerById(connection.provider);
        !connection.provider.isEmpty() && !known)
        co_return fail(known.error());
    if (std::exchange(connection.keySource, Connection::KeySource::Pasted) != Connection::KeySource::Pasted)
        connection.keyForm.clear(); // this very token is tried, and no other is fetched
    std::optional<Error> first;
    const std::vector<const Provider *> all = candidates(connection);
    for (const Provider *provider : all) {
        connection.provider = provider->id();
        // Not deleted at once: a request that takes too long resumes this before its abort() has returned.
        const std::unique_ptr<ApiClient, QScopedPointerDeleteLater> client(new ApiClient(connection, *provider, key));
        if (connection.timeoutSeconds == 0)
            client->setTimeout(timeout);
        auto probing = probe(*client, cancel);
        const Done done = co_await probing;
        if (done) {
            auto listing = listsThreads(*client, cancel);
            const std::optional<bool> lists = co_await listing;
            co_return ConnectionReport{provider->id(), lists};
        }
        if (!first)
            first = done.error();
        if (!anotherMayAnswer(done.error()))
            break;
    }
    co_return fail(*first);
}

std::vector<FeatureLine> featureTable(const Provider &provider, const std::optional<ConnectionReport> &report)
{
    using Works = FeatureLine::Works;
    std::vector<FeatureLine> table;
    FeatureLine listing{TestText::tr("Find all threads by itself"), Works::Yes, {}};
    const Capabilities can = provider.capabilities();
    const QString paste = TestText::tr("this server does not list threads: give their ids, found in any text or file");
    if (can.threads == Capabilities::Listing::Never || (report && report->listsThreads == false)) {
        listing.works = Works::No;
        listing.why = paste;
    } else if (can.threads == Capabilities::Listing::Probe && !(report && report->listsThreads)) {
        listing.works = Works::Unknown;
        listing.why = TestText::tr("only some servers list threads: a test of the connection tells");
    }
    table.push_back(listing);
    table.push_back({TestText::tr("Show the steps of a run"), can.steps ? Works::Yes : Works::No,
                     can.steps ? QString() : TestText::tr("the protocol has none")});
    const std::pair<Feature, QString> features[] = {
        {Feature::CancelRuns, TestText::tr("Cancel runs")},
        {Feature::AnswerTools, TestText::tr("Answer waiting tool calls")},
        {Feature::CreateThreads, TestText::tr("Rotate threads, and take deletions back")},
        {Feature::WriteSummary, TestText::tr("Have a model write the summary")},
        {Feature::DeleteThreads, TestText::tr("Clean up stale threads")},
        {Feature::Consolidate, TestText::tr("Consolidate vector stores")},
        {Feature::DeleteFiles, TestText::tr("Delete files nobody uses")},
    };
    for (const auto &[feature, what] : features) {
        const QString why = provider.whyNot(feature);
        table.push_back({what, why.isEmpty() ? Works::Yes : Works::No, why});
    }
    return table;
}

} // namespace bobbin
