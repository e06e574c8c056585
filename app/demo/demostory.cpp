// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/author.h"
#include "app/demo/demodata.h"
#include "app/demo/demotexts.h"

namespace bobbin::demo {

void fillStory(DemoState &state, qint64 now)
{
    Author a{state, now, {}, {}, {}};
    const qint64 start = now - 182 * day;

    // Files and stores: duplicates, orphans, an expired one, a failed file.
    const QString returns = a.file(u"returns-policy.pdf"_s, 912'345, start);
    const QString shipping = a.file(u"shipping.md"_s, 48'211, start);
    const QString warranty = a.file(u"warranty-2026.pdf"_s, 2'204'118, start + 9 * day);
    const QString faq = a.file(u"faq-it.md"_s, 91'204, start + 20 * day);
    const QString nda = a.file(u"NDA-44 (signed).pdf"_s, 3'811'904, start + 30 * day);
    const QString msa = a.file(u"master-agreement.docx"_s, 1'204'511, start + 31 * day);
    const QString ledger = a.file(u"ledger-2026-Q3.csv"_s, 8'912'004, start + 90 * day);
    const QString ledgerAgain = a.file(u"ledger-2026-Q3.csv"_s, 8'912'004, start + 96 * day);
    const QString scan = a.file(u"scan_0914.tiff"_s, 22'118'400, start + 100 * day);
    const QString chart = a.file(u"chart.png"_s, 20'111, now - 12 * day, u"assistants_output"_s);
    for (int i = 1; i <= 14; ++i)
        a.file(u"upload-%1.pdf"_s.arg(i, 2, 10, QChar(u'0')), 240'000 + i * 61'111, start + i * 11 * day);
    QStringList research;
    for (int i = 1; i <= 24; ++i)
        research << a.file(u"paper-%1.pdf"_s.arg(i, 2, 10, QChar(u'0')), 1'500'000 + i * 88'000,
                           start + (40 + i) * day);
    const QString policies = a.store(u"support-policies"_s, {returns, shipping, warranty, faq}, start, now - 2 * hour);
    a.store(u"support-policies (copy)"_s, {returns, shipping, warranty, faq}, start + 50 * day, now - 70 * day);
    a.store(u"support-old"_s, {returns, shipping}, start + 10 * day, now - 120 * day);
    const QString contracts = a.store(u"contracts"_s, {nda, msa, scan}, start + 31 * day, now - day, 0, scan);
    a.store(u"contracts-test"_s, {nda, msa}, start + 60 * day, now - 66 * day);
    const QString papers = a.store(u"research-papers"_s, research, start + 64 * day, now - 18 * minute);
    a.store(u"research-papers-v2"_s, research, start + 88 * day, now - 31 * day);
    const QString finance = a.store(u"finance"_s, {ledger}, start + 90 * day, now - 3 * day);
    a.store(u"ledger upload"_s, {ledgerAgain}, start + 96 * day, now - 80 * day, 7);
    a.store(u"empty"_s, {}, start + 120 * day, now - 60 * day);

    const auto search = [](const QString &store) {
        return QJsonObject{{u"file_search"_s, QJsonObject{{u"vector_store_ids"_s, QJsonArray{store}}}}};
    };
    a.assistant(
        u"Support"_s, u"gpt-4.1"_s,
        u"You answer customers of an outdoor shop. Be short, friendly and precise. Look the order up before you "
        "promise anything. Never invent tracking numbers. Answer in the language of the customer."_s,
        {functionTool(u"lookup_order"_s, u"Find an order by its number"_s, u"order_id"_s), tool(u"file_search"_s)},
        search(policies), start);
    a.assistant(u"Research"_s, u"gpt-4o"_s,
                u"You read scientific papers and answer with citations. Search first, several times if needed, and say "
                "what the sources do not cover."_s,
                {functionTool(u"web_search"_s, u"Search the web"_s, u"query"_s), tool(u"file_search"_s)},
                search(papers), start + 5 * day);
    a.assistant(
        u"Finance"_s, u"gpt-4o-mini"_s,
        u"You help the finance team with the ledger, invoices and reports. Compute with code, never in your head."_s,
        {tool(u"code_interpreter"_s), functionTool(u"get_rate"_s, u"Exchange rate of a day"_s, u"currency"_s)},
        QJsonObject{{u"code_interpreter"_s, QJsonObject{{u"file_ids"_s, QJsonArray{ledger}}}},
                    {u"file_search"_s, QJsonObject{{u"vector_store_ids"_s, QJsonArray{finance}}}}},
        start + 12 * day);
    a.assistant(u"Documents"_s, u"gpt-4o"_s,
                u"You review contracts: parties, dates, obligations, unusual clauses. Quote the clause you rely on."_s,
                {tool(u"file_search"_s)}, search(contracts), start + 30 * day);
    a.assistant(u"Onboarding"_s, u"our-tuned-model-3"_s, u"You welcome new colleagues and answer questions on tools."_s,
                {}, {}, start + 60 * day);
    a.assistant(u"Greeter"_s, u"gpt-4o"_s, u"You greet visitors of the shop and tell them where to find things."_s, {},
                {}, start + 62 * day);
    const Role &support = a.roles[0];
    const Role &researcher = a.roles[1];
    const Role &accountant = a.roles[2];
    const Role &reviewer = a.roles[3];
    const Role &onboarding = a.roles[4];
    const Role &greeter = a.roles[5];

    // A plain conversation: turns of question, run, answer, the context growing by \p growth a turn.
    const auto talk = [&](DemoThread &t, const Role &role, int turns, qint64 from, qint64 step, qint64 base,
                          qint64 growth, double cachedShare) {
        qint64 when = from;
        qint64 context = base;
        step = std::min(step, (now - hour - from) * 3 / 4 / std::max(1, turns)); // nothing may lie in the future
        for (int turn = 0; turn < turns; ++turn) {
            a.ask(t, when, a.oneOf(questions()));
            const qint64 cached = context > 1024 ? qint64(double(context) * cachedShare) / 128 * 128 : 0;
            DemoRun &r = a.run(t, role, when + 2, context, 120 + a.pick(320), cached);
            if (role.functionName == "lookup_order"_L1 && turn % 3 == 0)
                a.toolStep(r, role, "{\"order_id\":\"88213\"}", "{\"status\":\"shipped\",\"carrier\":\"DHL\"}");
            else if (role.id == accountant.id && turn % 2 == 0)
                a.codeStep(r);
            else if (role.id == reviewer.id && turn % 2 == 0)
                a.searchStep(r, nda, "NDA-44 (signed).pdf");
            a.reply(t, r,
                    role.id == support.id && turn % 7 == 3 ? citedContent(returns) : textContent(a.oneOf(answers())));
            context += growth + a.pick(int(growth / 4) + 1);
            when += step + a.pick(int(step / 3) + 1);
        }
    };

    // Failure mode 1: the history that grows without end.
    auto whale = a.thread(u"checkout-bot · Maria K."_s, now - 150 * day);
    talk(*whale, support, 212, now - 150 * day, 150 * day / 260, 800, 720, 0.05);
    const qint64 whaleEnd = now - 2 * hour;
    const qint64 later = whaleEnd - whale->runs.back().completed; // its last turn is of today
    for (qint64 *time : {&whale->runs.back().created, &whale->runs.back().started, &whale->runs.back().completed,
                         &whale->runs.back().expires, &whale->messages.back().created,
                         &whale->messages[whale->messages.size() - 2].created})
        *time += later;
    for (DemoStep &s : whale->runs.back().steps) {
        s.created += later;
        s.ended += later;
    }
    for (int i = 40; i < 44; ++i) {
        DemoRun &silent = whale->runs[std::size_t(i)]; // missing usage: gaps in the chart
        silent.usage = false;
        for (DemoStep &s : silent.steps)
            s.usage = false;
    }
    a.state.addThread(std::move(whale));
    for (int i = 0; i < 4; ++i) {
        auto t = a.thread(
            QStringList{u"returns desk"_s, u"B2B · Alpina"_s, u"Rückerstattung 88213"_s, u"loyalty questions"_s}.at(i),
            now - (120 - i * 20) * day);
        talk(*t, support, 48 + i * 14, t->created, day + i * 3 * hour, 900, 410 + i * 60, 0.3);
        a.state.addThread(std::move(t));
    }

    // Failure mode 2: retry spirals.
    for (int i = 0; i < 3; ++i) {
        auto t = a.thread(QStringList{u"invoice questions"_s, u"export fails"_s, u"API quota trouble"_s}.at(i),
                          now - (20 + i * 15) * day);
        const Role &role = i == 1 ? accountant : support;
        talk(*t, role, 22 + i * 3, t->created, 8 * hour, 20'000, 900, 0.2);
        const qint64 when = t->runs.back().completed + hour;
        a.ask(*t, when, "The export of the ledger fails with error 1042. What now?");
        for (int n = 0; n < 5 + i; ++n) {
            DemoRun &r = a.run(*t, role, when + 5 + n * 40, 43'200, 0, 0);
            Author::failRun(r, n % 2 ? "server_error" : "rate_limit_exceeded",
                            n % 2 ? "Sorry, something went wrong."
                                  : "Rate limit reached for requests. Try again in 20s.");
        }
        DemoRun &good = a.run(*t, role, when + 400, 43'300, 260, 8192);
        a.reply(*t, good, textContent(a.oneOf(answers())));
        a.state.addThread(std::move(t));
    }

    // Failure mode 3: runs that explode into tool calls.
    for (int i = 0; i < 4; ++i) {
        auto t = a.thread(
            QStringList{u"Quarterly filing Q3"_s, u"battery survey"_s, u"competitor scan"_s, u"grant application"_s}.at(
                i),
            now - (9 + i * 21) * day);
        qint64 when = t->created;
        for (int turn = 0; turn < 16 - i * 2; ++turn) {
            a.ask(*t, when, a.oneOf(questions()));
            const int rounds = turn % 3 == 2 ? 10 + a.pick(6) : 1 + a.pick(3);
            qint64 sum = 0; // over the calls: one a round, and the answer
            for (int k = 0; k <= rounds; ++k)
                sum += 26'000 + 1'200 + k * 2'000;
            DemoRun &r = a.run(*t, researcher, when + 2, 26'000 + 1'200, 700 + a.pick(500), sum / 6 / 128 * 128);
            r.completed = r.created + 10 + rounds * 6;
            for (int k = 0; k < rounds; ++k) {
                if (k % 2)
                    a.searchStep(r, research[k % research.size()], "paper.pdf", 2'000);
                else
                    a.toolStep(r, researcher, "{\"query\":\"solid state electrolyte conductivity 2026\"}",
                               "[{\"title\":\"Review\",\"url\":\"https://example.org/review\"}]", 2'000);
            }
            a.reply(*t, r, turn == 5 ? imageContent(chart) : textContent(a.oneOf(answers())), 2'000);
            when += 7 * hour + a.pick(int(6 * hour));
        }
        a.state.addThread(std::move(t));
    }

    // Failure mode 4: the same file attached again with every message.
    for (int i = 0; i < 3; ++i) {
        auto t =
            a.thread(QStringList{u"contract review · NDA 44"_s, u"contract review · NDA 12"_s, u"契約の確認"_s}.at(i),
                     now - (41 + i * 21) * day);
        t->toolResources = search(contracts);
        talk(*t, reviewer, 22 - i * 6, t->created, 3 * hour, 6'000, 1'150, 0.25);
        for (DemoMessage &m : t->messages)
            if (m.user)
                m.attachments = "[{\"file_id\":" + jsonString((i == 1 ? msa : nda).toUtf8()) +
                    ",\"tools\":[{\"type\":\"file_search\"}]}]";
        a.state.addThread(std::move(t));
    }

    // Quieter ways to pay too much: app/demo/planted.json says what an audit has to find.
    auto watchdog = a.thread(u"import watchdog"_s, now - 33 * day);
    talk(*watchdog, support, 3, watchdog->created, 2 * hour, 1'900, 200, 0.3);
    const qint64 barks = watchdog->runs.back().completed + hour;
    a.ask(*watchdog, barks, "Import the price list of today.");
    for (int n = 0; n < 14; ++n)
        Author::failRun(a.run(*watchdog, support, barks + 5 + n * 10, 12'000, 0, 0), "invalid_prompt",
                        "Invalid prompt: the price list holds a file that cannot be read.");
    a.state.addThread(std::move(watchdog));

    auto yearEnd = a.thread(u"year-end questions"_s, now - 64 * day);
    qint64 asked = yearEnd->created;
    for (int turn = 0; turn < 34; ++turn) { // the model holds 128,000 tokens: what comes beyond drops out
        a.ask(*yearEnd, asked, a.oneOf(questions()));
        DemoRun &r = a.run(*yearEnd, reviewer, asked + 2, std::min<qint64>(14'000 + turn * 4'800, 122'400), 240, 1'024);
        a.reply(*yearEnd, r, textContent(a.oneOf(answers())));
        asked += 40 * hour;
    }
    a.state.addThread(std::move(yearEnd));

    auto crawl = a.thread(u"page crawler"_s, now - 17 * day);
    talk(*crawl, researcher, 2, crawl->created, 3 * hour, 2'600, 300, 0.3);
    const qint64 crawls = crawl->runs.back().completed + hour;
    a.ask(*crawl, crawls, "What does the maker say about washing the jacket?");
    DemoRun &whole = a.run(*crawl, researcher, crawls + 2, 3'200, 300, 1'024);
    a.toolStep(whole, researcher, "{\"query\":\"site:example.org care instructions\"}",
               QByteArray("<p>Wash at 30 degrees, inside out, with a mild detergent, and never tumble dry.</p>\n")
                   .repeated(800));
    a.reply(*crawl, whole, textContent(a.oneOf(answers())), 16'000);
    a.state.addThread(std::move(crawl));

    auto translations = a.thread(u"translation desk"_s, now - 26 * day);
    talk(*translations, support, 7, translations->created, 5 * hour, 1'500, 420, 0.3);
    for (DemoMessage &m : translations->messages)
        if (m.user)
            m.content = textContent(
                "You are the translator of an outdoor shop. Keep names of products as they are, use the formal address "
                "in German and the informal one in Italian, never translate sizes, keep line breaks, and answer with "
                "the translation alone. Translate: " +
                a.oneOf(questions()));
    a.state.addThread(std::move(translations));

    for (int i = 0; i < 30; ++i) { // short questions, a large model
        auto t = a.thread(u"at the door %1"_s.arg(i + 1), now - (4 + i * 5) * day - 5 * hour);
        talk(*t, greeter, 1 + i % 2, t->created, 20 * minute, 520, 90, 0);
        a.state.addThread(std::move(t));
    }

    auto load = a.thread(u"load test"_s, (now / day - 9) * day + 6 * hour);
    qint64 fired = load->created;
    for (int turn = 0; turn < 110; ++turn) {
        a.ask(*load, fired, "Where is order 88213?");
        DemoRun &r = a.run(*load, support, fired + 2, 24'000, 160, 0);
        a.reply(*load, r, textContent(a.oneOf(answers())));
        fired += 5 * minute;
    }
    a.state.addThread(std::move(load));

    // Unpriced and unknown models, missing usage.
    for (int i = 0; i < 6; ++i) {
        auto t = a.thread(i % 2 ? QString() : u"onboarding helper %1"_s.arg(i / 2 + 1), now - (3 + i * 9) * day);
        talk(*t, onboarding, 3 + i, t->created, 2 * hour, 600, 430, 0);
        if (i == 2)
            for (DemoRun &r : t->runs) {
                r.usage = false;
                for (DemoStep &s : r.steps)
                    s.usage = false;
            }
        if (i == 4)
            for (DemoRun &r : t->runs)
                r.model = "gpt-6-rosalind";
        for (DemoRun &r : t->runs) // told with every run instead of once
            r.instructions = jsonString("You welcome new colleagues. The office moved to Via Tortona 14 in May.");
        a.state.addThread(std::move(t));
    }

    // Odd endings: expired, cancelled, incomplete, a refusal, a very long message.
    auto odd = a.thread(u"odd endings"_s, now - 14 * day);
    talk(*odd, support, 4, odd->created, hour, 1'800, 300, 0.4);
    qint64 when = odd->runs.back().completed + hour;
    const char *endings[] = {"expired", "cancelled", "incomplete"};
    for (const char *ending : endings) {
        a.ask(*odd, when, a.oneOf(questions()));
        DemoRun &r = a.run(*odd, support, when + 2, 3'900, 40, 1024);
        r.status = ending;
        r.completed = 0;
        if (r.status == "cancelled")
            r.cancelled = when + 30;
        if (r.status == "incomplete")
            r.incomplete = "max_completion_tokens";
        a.toolStep(r, support, "{\"order_id\":\"1\"}", QByteArray());
        r.steps.back().status = r.status == "expired" ? "expired" : "cancelled";
        when += 2 * hour;
    }
    a.ask(*odd, when,
          QByteArray("Please read this log and tell me what is wrong:\n\n") +
              QByteArray("2026-11-08T10:00:00Z ERROR worker 7: timeout after 30000 ms\n").repeated(1600));
    DemoRun &longRun = a.run(*odd, support, when + 3, 41'200, 90, 0);
    a.reply(*odd, longRun, "[{\"type\":\"refusal\",\"refusal\":\"I'm sorry, I can't help with that.\"}]");
    a.state.addThread(std::move(odd));

    // The everyday rest: some 90 threads over six months, most of them small, many of them stale or never used.
    const char *topics[] = {"delivery to Torino", "exchange jacket", "Lieferstatus 771", "invoice reminder",
                            "password reset",     "gift card",       "size advice",      "bulk order",
                            "warranty claim",     "newsletter"};
    for (int i = 0; i < 92; ++i) {
        const qint64 created = now - (2 + a.pick(178)) * day - a.pick(int(day));
        auto t = a.thread(i % 4 ? QString::fromUtf8(topics[i % 10]) + u" %1"_s.arg(i) : QString(), created);
        if (i % 5 == 1)
            t->metadata[u"tier"_s] = i % 10 == 1 ? u"gold"_s : u"standard"_s;
        if (i % 13 != 7) { // the others were made and never used
            const Role &role = i % 6 == 0 ? accountant : i % 6 == 3 ? reviewer : support;
            talk(*t, role, 1 + a.pick(i % 9 == 0 ? 30 : 8), created, 20 * minute, 700, 380, 0.35);
        }
        a.state.addThread(std::move(t));
    }

    // Right now: runs that move, one that waits for its app, one stuck in cancelling.
    const auto live = [&](const QString &title, const char *status, const Role &role, qint64 since, qint64 nextMs) {
        auto t = a.thread(title, now - 3 * day);
        talk(*t, role, 5, t->created, 3 * hour, 2'400, 500, 0.3);
        a.ask(*t, now - since, a.oneOf(questions()));
        DemoRun &r = a.run(*t, role, now - since + 1, 5'200, 240, 1024);
        r.status = status;
        r.completed = 0;
        r.nextMs = nextMs;
        if (r.status == "requires_action") {
            r.pendingCalls = "[{\"id\":" + jsonString(a.state.newId("call_")) +
                ",\"type\":\"function\",\"function\":{\"name\":" + jsonString(role.functionName.toUtf8()) +
                ",\"arguments\":\"{\\\"order_id\\\":\\\"88213\\\"}\"}}]";
            a.toolStep(r, role, "{\"order_id\":\"88213\"}", QByteArray());
            r.steps.back().status = "in_progress";
            r.steps.back().ended = 0;
        }
        a.state.addThread(std::move(t));
    };
    live(u"live chat · Chiara"_s, "in_progress", support, 8, (now + 25) * 1000);
    live(u"live chat · Tomás"_s, "queued", support, 3, (now + 12) * 1000);
    live(u"order desk · waiting for the app"_s, "requires_action", support, 4 * minute, 0);
    live(u"stuck in cancelling"_s, "cancelling", accountant, 7 * minute, 0);
    for (const auto &t : state.threads)
        for (DemoRun &r : t->runs)
            Author::settleUsage(r);
    std::ranges::stable_sort(state.threads, {}, [](const auto &t) { return t->created; });
}

} // namespace bobbin::demo
