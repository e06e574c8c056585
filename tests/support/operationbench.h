// SPDX-License-Identifier: GPL-3.0-or-later
// A bench whose store is synced, and what tests of operations look at: rows and targets of the journal, threads as the
// server has them.
#pragma once

#include "tests/support/workbench.h"

#include <QJsonDocument>
#include <QSignalSpy>

namespace bobbin::test {

inline std::unique_ptr<Bench> operationBench(const QString &file, demo::DemoOptions options)
{
    auto b = std::make_unique<Bench>();
    options.listThreads = true;
    b->host = std::make_unique<demo::DemoHost>(options);
    b->open(file);
    if (!b->sync())
        qFatal("the sync failed");
    ExecutorTimes times;
    times.firstPoll = std::chrono::milliseconds(50);
    times.firstRetry = std::chrono::milliseconds(20);
    times.patience = std::chrono::seconds(3);
    b->workspace->operations().executor().hands().times = times;
    return b;
}
inline OperationRow row(Bench &b, qint64 operation)
{
    return wait(b.store->read([operation](Reader &r) { return r.rows<OperationRow>({operation}); }))->front();
}
inline std::vector<DoneTarget> targets(Bench &b, qint64 operation)
{
    return *wait(b.store->read([operation](Reader &r) { return r.targets(operation, {}, 0, 0); }));
}
// Runs a plan to its end; answers the operation's key.
inline qint64 run(Bench &b, const Plan &plan)
{
    Operations &operations = b.workspace->operations();
    QSignalSpy ended(&operations, &Operations::ended);
    const auto key = wait(operations.start(std::make_shared<const Plan>(plan)));
    if (!key)
        qFatal("%s", qPrintable(key.error().message));
    if (ended.empty() && !ended.wait(60'000))
        qFatal("the operation did not end");
    return *key;
}
// One thread, to be deleted as it is known now.
inline Plan cleanupOf(Bench &b, const QString &thread)
{
    const auto rows =
        wait(b.store->read([thread](Reader &r) { return r.rows<ThreadRow>({**r.keyOf(RowKind::Threads, thread)}); }));
    Plan plan;
    plan.kind = OperationKind::Cleanup;
    PlanTarget target;
    target.id = thread;
    target.lastActive = rows->front().lastActiveAt;
    target.messages = rows->front().messages;
    target.runs = rows->front().runs;
    plan.targets = {target};
    return plan;
}
inline QJsonObject threadOf(Bench &b, const QString &id)
{
    QJsonObject json;
    b.host->with([&](demo::DemoServer &server) {
        if (demo::DemoThread *found = server.state().threadById.value(id.toLatin1())) {
            found->load();
            json = QJsonDocument::fromJson(demo::threadJson(*found)).object();
            QJsonArray messages;
            for (const demo::DemoMessage &m : found->messages)
                messages << QJsonDocument::fromJson(demo::messageJson(*found, m)).object();
            json.insert(u"messages"_s, messages);
        }
    });
    return json;
}
// What a person would call the same thread: who said what, with what attached.
inline QString words(const QJsonObject &thread)
{
    QString all;
    for (const QJsonValue m : thread.value("messages"_L1).toArray()) {
        all += m["role"_L1].toString() + u": "_s;
        for (const QJsonValue part : m["content"_L1].toArray())
            all += part["text"_L1]["value"_L1].toString() + part["image_file"_L1]["file_id"_L1].toString() + u'|';
        for (const QJsonValue a : m["attachments"_L1].toArray())
            all += u"+"_s + a["file_id"_L1].toString();
        all += u'\n';
    }
    return all;
}
inline QString firstThread(Bench &b, const QByteArray &sort, int place = 0)
{
    return wait(b.store->read([sort, place](Reader &r) -> Result<QString> {
               RowQuery q;
               q.sort = sort;
               const auto keys = r.keys(RowKind::Threads, q);
               return r.rows<ThreadRow>({keys->keys[std::size_t(place)]})->front().id;
           }))
        .value();
}

} // namespace bobbin::test
