// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/author.h"
#include "app/demo/demodata.h"
#include "app/demo/demotexts.h"

namespace bobbin::demo {

void fillBulk(DemoState &state, const BulkSize &size, qint64 now)
{
    Author a{state, now, {}, {}, {}};
    const qint64 start = now - 180 * day;
    const QString doc = a.file(u"handbook.pdf"_s, 1'204'000, start);
    const QString store = a.store(u"handbook"_s, {doc}, start, now - hour);
    for (int i = 0; i < 4; ++i)
        a.assistant(
            u"Bulk %1"_s.arg(i + 1), QStringList{u"gpt-4o"_s, u"gpt-4o-mini"_s, u"gpt-4.1"_s, u"gpt-4.1-mini"_s}.at(i),
            u"You answer order questions. Look the order up, be short, never invent a tracking number, answer in "
            "the language of the customer, and hand over to a person when the customer is angry."_s,
            {functionTool(u"lookup_order"_s, u"Find an order by its number"_s, u"order_id"_s), tool(u"file_search"_s),
             tool(u"code_interpreter"_s)},
            {{u"file_search"_s, QJsonObject{{u"vector_store_ids"_s, QJsonArray{store}}}}}, start);
    const auto roles = std::make_shared<std::vector<Role>>(a.roles);
    state.threads.reserve(std::size_t(size.threads));
    for (int i = 0; i < size.threads; ++i) {
        auto t = std::make_unique<DemoThread>();
        t->id = state.newId("thread_");
        t->created = start + qint64(i) * (178 * day) / std::max(1, size.threads);
        const quint32 seed = state.random.generate();
        t->fill = [size, seed, i, roles](DemoThread &thread) {
            DemoState ids(seed);
            Author w{ids, 0, *roles, {}, {}};
            const Role &role = (*roles)[std::size_t(i) % roles->size()];
            const int turns = std::max(size.runsPerThread, (size.messagesPerThread + 1) / 2);
            qint64 context = 900 + w.pick(400);
            int messages = 0;
            for (int turn = 0; turn < turns; ++turn) {
                const qint64 when = thread.created + turn * 10 * minute;
                if (messages < size.messagesPerThread) {
                    w.ask(thread, when, questions()[std::size_t(turn) % questions().size()]);
                    ++messages;
                }
                if (turn < size.runsPerThread) {
                    DemoRun &r = w.run(thread, role, when + 2, context, 100 + w.pick(300), context / 4 / 128 * 128);
                    for (int s = 0; s + 1 < size.stepsPerRun; ++s)
                        w.toolStep(r, role, "{\"order_id\":\"88213\"}", "{\"status\":\"shipped\"}");
                    if (messages < size.messagesPerThread && size.stepsPerRun > 0) {
                        w.reply(thread, r, textContent(answers()[std::size_t(turn) % answers().size()]));
                        ++messages;
                    }
                    Author::settleUsage(thread.runs.back());
                }
                context = std::min<qint64>(context + 300 + w.pick(200), 110'000); // then the oldest drop out
            }
        };
        state.addThread(std::move(t));
    }
}

} // namespace bobbin::demo
