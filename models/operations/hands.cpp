// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/hands.h"

#include <QCoroFuture>
#include <QCoroTimer>
#include <QTimer>

namespace bobbin {

using namespace std::chrono_literals;

QCoro::Task<Result<QByteArray>> Hands::sendRequest(Request request)
{
    moment("before request");
    auto sending = client.send(std::move(request), stop);
    Result<QByteArray> answer = co_await sending;
    moment("after request");
    co_return answer;
}

QCoro::Task<Result<QByteArray>> Hands::send(Change change)
{
    const Result<Request> request = provider().change(change);
    if (!request)
        co_return fail(request.error());
    auto sending = sendRequest(*request);
    co_return co_await sending;
}

QCoro::Task<Result<QByteArray>> Hands::sendNow(Change change)
{
    Result<Request> request = provider().change(change);
    if (!request)
        co_return fail(request.error());
    request->prompt = true;
    auto sending = sendRequest(*request);
    co_return co_await sending;
}

QCoro::Task<Done> Hands::edit(Resource resource, Change change)
{
    auto sending = send(change);
    const Result<QByteArray> answer = co_await sending;
    if (!answer)
        co_return fail(answer.error());
    if (const Result<Objects> now = provider().readItem(resource, {}, *answer)) {
        auto storing = put(*now);
        std::ignore = co_await storing;
    }
    co_return Done();
}

QCoro::Task<Done> Hands::eachPage(ListRef ref, std::function<bool(const Page &)> use)
{
    ListToken from;
    QSet<ListToken> seen;
    while (true) {
        auto asking = client.page(ref, from, stop);
        const Result<Page> page = co_await asking;
        if (!page)
            co_return fail(page.error());
        // The server repeats itself: nothing of it is counted twice.
        if (page->next && seen.contains(*page->next))
            co_return Done();
        if (!use(*page) || !page->next)
            co_return Done();
        from = *page->next;
        seen.insert(from);
    }
}

QCoro::Task<Result<Objects>> Hands::get(Resource resource, QString id, QString thread)
{
    Parent parent;
    parent.thread = thread;
    moment("before request");
    auto asking = client.item(resource, id, parent, stop);
    Result<Objects> found = co_await asking;
    moment("after request");
    co_return found;
}

QCoro::Task<Result<Belongings>> Hands::belongings(Resource resource, QString id)
{
    auto asking = sendRequest(provider().get(resource, id, {}));
    const Result<QByteArray> bytes = co_await asking;
    if (!bytes)
        co_return fail(bytes.error());
    co_return provider().readBelongings(*bytes);
}

QCoro::Task<Result<QStringList>> Hands::goneOf(Resource resource, QStringList ids)
{
    QStringList gone;
    for (const QString &id : std::as_const(ids)) {
        auto asking = get(resource, id);
        const Result<Objects> found = co_await asking;
        if (!found && found.error().kind != Error::Kind::NotFound)
            co_return fail(found.error());
        if (!found)
            gone << id;
    }
    co_return gone;
}

QCoro::Task<Done> Hands::put(Objects objects)
{
    auto writing = store.put(std::make_shared<const Objects>(std::move(objects)));
    co_return co_await writing;
}

QCoro::Task<Done> Hands::setGone(Resource resource, QString id)
{
    auto writing = store.write([resource, id](Writer &writer) { writer.setGone(resource, id); });
    co_return co_await writing;
}

QCoro::Task<Done> Hands::lookAround(bool files)
{
    if (!m_around) {
        m_around = std::make_shared<Around>();
        m_around->promise.start();
        m_around->done = m_around->promise.future();
    }
    const std::shared_ptr<Around> mine = m_around;
    mine->files = mine->files || files;
    if (!m_lookingAround)
        lookAroundNext();
    co_return co_await mine->done;
}

QCoro::Task<> Hands::lookAroundNext()
{
    m_lookingAround = true;
    while (m_around) {
        const std::shared_ptr<Around> now = std::exchange(m_around, nullptr);
        moment("before request");
        auto looking = sync.lookAround(now->files, stop);
        const Done done = co_await looking;
        moment("after request");
        now->promise.addResult(done);
        now->promise.finish();
    }
    m_lookingAround = false;
}

QCoro::Task<> Hands::waitFor(JobPtr job, int seen, std::chrono::milliseconds time)
{
    QTimer timer;
    timer.setSingleShot(true);
    const auto wake = [&timer] { timer.start(0); };
    QObject::connect(job->control.get(), &Control::changed, &timer, wake);
    QObject::connect(stop.get(), &Cancellation::cancelled, &timer, wake);
    timer.start(stop->requested() || job->control->changes() != seen ? 0ms : time);
    co_await timer;
}

} // namespace bobbin
