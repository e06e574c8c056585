// SPDX-License-Identifier: GPL-3.0-or-later
// A workspace in which nothing is wrong: an audit has to find nothing.
#include "app/demo/author.h"
#include "app/demo/demodata.h"
#include "app/demo/demotexts.h"

namespace bobbin::demo {

void fillClean(DemoState &state, qint64 now)
{
    Author a{state, now, {}, {}, {}};
    const qint64 start = now - 120 * day;
    const QString handbook = a.file(u"handbook.pdf"_s, 1'204'000, start);
    const QString store = a.store(u"handbook"_s, {handbook}, start, now - hour);
    const QJsonObject search{{u"file_search"_s, QJsonObject{{u"vector_store_ids"_s, QJsonArray{store}}}}};
    for (const QString &name : {u"Desk"_s, u"Guide"_s})
        a.assistant(
            name, u"gpt-5.4"_s, u"You answer questions on the handbook. Be short, and say where it stands."_s,
            {functionTool(u"lookup_order"_s, u"Find an order by its number"_s, u"order_id"_s), tool(u"file_search"_s)},
            search, start);
    for (int i = 0; i < 60; ++i) {
        qint64 when = now - (1 + i) * day - 2 * hour;
        auto t = a.thread(u"question %1"_s.arg(i + 1), when);
        const Role &role = a.roles[std::size_t(i % 2)];
        qint64 context = 2'400;
        qint64 before = 0;
        for (int turn = 0; turn < 6 + i % 5; ++turn) {
            a.ask(*t, when, a.oneOf(questions()));
            DemoRun &r = a.run(*t, role, when + 2, context, 500 + a.pick(200), before / 128 * 128);
            r.maxPrompt = 30'000;
            if (turn % 3 == 0)
                a.toolStep(r, role, "{\"order_id\":\"" + QByteArray::number(i * 100 + turn) + "\"}",
                           "{\"status\":\"shipped\"}");
            a.reply(*t, r, textContent(a.oneOf(answers())));
            Author::settleUsage(r);
            before = context;
            context += 700 + a.pick(120);
            when += 2 * minute + a.pick(60);
        }
        a.state.addThread(std::move(t));
    }
    std::ranges::stable_sort(state.threads, {}, [](const auto &t) { return t->created; });
}

} // namespace bobbin::demo
