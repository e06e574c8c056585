// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/gateway/listener.h"

#include "models/gateway/refusal.h"

namespace bobbin {

PassingListener::PassingListener(const Provider &provider, const QByteArray &basePath, Hands hands)
    : m_provider(provider), m_passing(passingOf(provider)), m_basePath(basePath), m_hands(std::move(hands))
{
}

Asked PassingListener::read(const LineRequest &request) const
{
    if (!m_passing)
        return {};
    const QByteArray path = request.target.split('?').first();
    if (!path.startsWith(m_basePath + '/'))
        return {};
    const QByteArray below = QByteArray::fromPercentEncoding(path.mid(m_basePath.size()));
    return m_passing->readAsked(request.method, QString::fromUtf8(below), request.body);
}

Asked PassingListener::askedBy(const LineRequest &request) const
{
    {
        const QMutexLocker lock(&m_mutex);
        if (const auto known = m_asked.constFind(request.number); known != m_asked.cend())
            return *known;
    }
    return read(request);
}

void PassingListener::becomes(quint64 request, const Asked &asked)
{
    const QMutexLocker lock(&m_mutex);
    m_asked.insert(request, asked);
}

void PassingListener::setMoved(const QHash<QString, QString> &threads)
{
    const QMutexLocker lock(&m_mutex);
    m_moved = threads;
}

void PassingListener::addMoved(const QString &from, const QString &to)
{
    const QMutexLocker lock(&m_mutex);
    m_moved.insert(from, to);
}

QString PassingListener::successor(const QString &thread) const
{
    const QMutexLocker lock(&m_mutex);
    QString last;
    QSet<QString> seen{thread}; // of marks that go round in a circle, none is the last
    for (auto next = m_moved.constFind(thread); next != m_moved.cend() && !seen.contains(*next);
         next = m_moved.constFind(last)) {
        last = *next;
        seen.insert(last);
    }
    return last;
}

bool PassingListener::holds(const LineRequest &request)
{
    const Asked asked = read(request);
    return asked.what != Asked::What::Other || (!asked.thread.isEmpty() && !successor(asked.thread).isEmpty());
}

void PassingListener::judge(const LineRequest &request, std::function<void(Verdict)> answer)
{
    const Asked asked = read(request);
    becomes(request.number, asked);
    m_hands.judge(request, asked, std::move(answer));
}

bool PassingListener::learns(const LineRequest &request)
{
    return askedBy(request).tells;
}

void PassingListener::told(const LineRequest &request, const QByteArray &json)
{
    const Asked asked = askedBy(request);
    if (!m_passing)
        return;
    Heard heard;
    if (Result<Told> told = m_passing->readTold(asked, json))
        heard.told = *std::move(told);
    for (const Run &run : heard.told.objects.runs)
        if (run.status == RunStatus::RequiresAction)
            if (auto calls = m_provider.readRequiredAction(run.raw))
                heard.waiting.emplace_back(run.id, *std::move(calls));
    if (!heard.told.unlisted.isEmpty())
        heard.json = json;
    if (heard.told.objects.size() > 0)
        m_hands.heard(asked, heard);
}

void PassingListener::ended(const LineRequest &request, int status)
{
    const Asked asked = askedBy(request);
    {
        const QMutexLocker lock(&m_mutex);
        m_asked.remove(request.number);
    }
    m_hands.passed(asked, status);
}

LineAnswer PassingListener::refusal(int status, const QString &message, const QByteArray &code)
{
    return lineRefusal(status, message, code);
}

} // namespace bobbin
