// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/api/billedfetch.h"

#include "models/providers/registry.h"

#include <QCoreApplication>
#include <QScopedPointer>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct FetchText {
    Q_DECLARE_TR_FUNCTIONS(BilledFetch)
};

constexpr int mostPages = 1'000; // of a list: a server that goes on for ever is left

QCoro::Task<Done> fetchList(ApiClient &client, BilledRef ref, BilledAnswer &into, std::function<void()> pageRead,
                            Cancel cancel)
{
    QString from;
    Billed all;
    for (int pages = 0; pages < mostPages; ++pages) {
        const Request request = client.provider().billed(ref, from);
        auto asked = client.send(request, cancel);
        const Result<QByteArray> bytes = co_await asked;
        if (!bytes)
            co_return fail(bytes.error());
        Result<BilledPage> page = client.provider().readBilled(ref, *bytes);
        const bool endless = page && !page->next.isEmpty() && page->next == from;
        // A sum with a row left out is another sum.
        std::optional<Error> wrong = !page ? std::optional(page.error())
            : !page->problems.empty()      ? std::optional(page->problems.front())
            : endless ? std::optional(fail(Error::Kind::Decode, FetchText::tr("a page leads to itself")).value())
                      : std::nullopt;
        if (wrong) {
            wrong->place = request.path + (wrong->place.isEmpty() ? QString() : u": "_s + wrong->place);
            co_return fail(std::move(*wrong));
        }
        all.usage.insert(all.usage.end(), page->billed.usage.begin(), page->billed.usage.end());
        all.items.insert(all.items.end(), page->billed.items.begin(), page->billed.items.end());
        if (pageRead)
            pageRead();
        from = page->next;
        if (!from.isEmpty())
            continue;
        for (qint64 day = ref.from; day < ref.until; ++day)
            (ref.list == BilledList::Usage ? into.billed.usageDays : into.billed.itemDays).insert(day);
        into.billed.usage.insert(into.billed.usage.end(), all.usage.begin(), all.usage.end());
        into.billed.items.insert(into.billed.items.end(), all.items.begin(), all.items.end());
        co_return Done();
    }
    co_return fail(Error::Kind::Decode, FetchText::tr("the list does not come to an end"),
                   client.provider().billed(ref, {}).path);
}

} // namespace

QCoro::Task<Result<BilledAnswer>> fetchBilled(Connection connection, QByteArray adminKey, qint64 from, qint64 until,
                                              std::function<void()> pageRead, Cancel cancel)
{
    const Result<const Provider *> provider = providerById(connection.provider);
    if (!provider)
        co_return fail(provider.error());
    if (const Done able = (*provider)->able(Feature::ReadBilled); !able)
        co_return fail(able.error());
    if (const Result<QUrl> url = checkBaseUrl(connection.baseUrl); !url)
        co_return fail(url.error());
    connection.keySource = Connection::KeySource::Pasted; // this very key is sent, and no other is fetched
    connection.keyForm.clear();
    connection.project.clear(); // the figures are of the organization: projects are told apart by them
    // Not deleted at once: a request that is aborted resumes this before abort() has returned.
    const std::unique_ptr<ApiClient, QScopedPointerDeleteLater> client(new ApiClient(connection, **provider, adminKey));
    BilledAnswer answer;
    std::vector<Error> refused;
    static constexpr std::array lists{BilledList::Items, BilledList::Usage};
    for (const BilledList list : lists) {
        auto fetching = fetchList(*client, {list, from, until}, answer, pageRead, cancel);
        const Done done = co_await fetching;
        if (done)
            continue;
        refused.push_back(done.error());
        if (done.error().kind == Error::Kind::Unauthorized || done.error().kind == Error::Kind::Forbidden)
            refused.back().message =
                FetchText::tr("what was billed is told to admin keys only: %1").arg(done.error().message);
        if (done.error().kind == Error::Kind::Cancelled || done.error().kind == Error::Kind::Unauthorized)
            break; // the other one would fare no better
    }
    if (answer.billed.itemDays.empty() && answer.billed.usageDays.empty())
        co_return fail(refused.front());
    answer.problems.insert(answer.problems.end(), refused.begin(), refused.end());
    co_return answer;
}

} // namespace bobbin
