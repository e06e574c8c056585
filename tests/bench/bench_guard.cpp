// SPDX-License-Identifier: GPL-3.0-or-later
// What the guard spares: the same spirals played live on the demo server, unguarded and guarded in each of the three
// ways: watched from outside, through the gateway, and as turns by hand. usage: bench_guard [--small]
#include "models/gateway/gateway.h"
#include "models/turns/turn.h"
#include "models/watch/watch.h"
#include "tests/support/liveruns.h"
#include "tests/support/policies.h"

#include <QSignalSpy>

#include <cstdio>

using namespace bobbin;
using namespace bobbin::test;
using namespace std::chrono_literals;

namespace {

constexpr int ceiling = 5;

struct Played {
    qint64 tokens = 0; // prompt and completion
    Money money;
    void add(const demo::DemoRun &run)
    {
        Usage usage;
        usage.prompt = run.tokens.prompt;
        usage.completion = run.tokens.completion;
        tokens += usage.prompt + usage.completion;
        static const PriceTable prices = PriceTable::shipped();
        if (const auto cost = prices.cost(QString::fromUtf8(run.model), run.created * 1000, usage))
            money.pico += cost->pico;
    }
};

QString question()
{
    return u"word "_s.repeated(4'000);
}

// The model asks for a tool again and again, and the program answers.
Played explosion(LiveRuns &app, int rounds)
{
    const QString thread = app.makeThread();
    const QString run = app.ask(thread, {{u"demo_asks"_s, QString::number(rounds)}}, question());
    for (int i = 0; i < rounds; ++i) {
        if (!QTest::qWaitFor(
                [&] { return app.run(thread, run).status == "requires_action" || !app.run(thread, run).active(); },
                30'000) ||
            !app.run(thread, run).active())
            break;
        app.answerTools(thread, run);
        if (app.status() != 200)
            break;
        QTest::qWait(400); // a tool takes its time, too
    }
    std::ignore = app.ends(thread, run);
    Played played;
    played.add(app.run(thread, run));
    return played;
}

// A program that tries again at once whatever the error was.
Played spiral(LiveRuns &app, int retries)
{
    const QString thread = app.makeThread();
    Played played;
    for (int i = 0; i <= retries; ++i) {
        const QString run = app.ask(thread, {{u"demo_rounds"_s, u"4"_s}, {u"demo_fails"_s, u"invalid_prompt"_s}},
                                    i == 0 ? u"Read the table."_s : QString());
        if (run.isEmpty())
            break; // refused
        std::ignore = app.ends(thread, run);
        app.get(u"/threads/%1/runs/%2"_s.arg(thread, run)); // as a program polls
        played.add(app.run(thread, run));
    }
    return played;
}

class ByHand {
public:
    ByHand(Bench &bench, LiveRuns &app, Auditor &auditor, GuardPolicy policy)
        : m_bench(bench), m_app(app), m_auditor(auditor), m_policy(std::move(policy)),
          m_acts(*bench.workspace, [] { return true; })
    {
    }
    Played explosion(int rounds)
    {
        Turn turn = make();
        QObject::connect(&turn, &Turn::toolsWanted, &turn, [&turn](const std::vector<ToolCall> &calls) {
            turn.answer({{calls.front().id, u"9 degrees"_s}});
        });
        return played(turn, [&] {
            turn.start({{}, assistant({{u"demo_asks"_s, QString::number(rounds)}}, weatherTool()), {}, question()});
        });
    }
    // A person who is told that it ends the same leaves it.
    Played spiral()
    {
        const QString who = assistant({{u"demo_rounds"_s, u"4"_s}, {u"demo_fails"_s, u"invalid_prompt"_s}}, {});
        Turn first = make();
        Played all = played(first, [&] { first.start({{}, who, {}, u"Read the table."_s}); });
        const QString thread = first.thread();
        Turn again = make();
        QObject::connect(&again, &Turn::asks, &again, [&again] { again.cancel(); });
        std::ignore = played(again, [&] { again.runAgain(thread); });
        return all;
    }

private:
    Bench &m_bench;
    LiveRuns &m_app;
    Auditor &m_auditor;
    GuardPolicy m_policy;
    GuardActs m_acts;

    Turn make()
    {
        return Turn(*m_bench.workspace, m_auditor, {m_policy, [] { return false; }, [this] { return &m_acts; }});
    }
    QString assistant(const QJsonObject &orders, const QJsonArray &tools)
    {
        return m_app
            .post(u"/assistants"_s, {{u"model"_s, u"gpt-4o"_s}, {u"tools"_s, tools}, {u"metadata"_s, orders}})["id"_L1]
            .toString();
    }
    template <class F> Played played(Turn &turn, F begin)
    {
        QSignalSpy ended(&turn, &Turn::ended);
        begin();
        if (!QTest::qWaitFor([&] { return !ended.isEmpty(); }, 120'000))
            qFatal("the turn does not end");
        Played all;
        if (!turn.run().isEmpty())
            all.add(m_app.run(turn.thread(), turn.run()));
        return all;
    }
};

void tell(const QString &what, const Played &freely, const std::vector<std::pair<const char *, Played>> &guarded)
{
    std::printf("%s: unguarded %lld tokens, $%.4f\n", qPrintable(what), (long long)freely.tokens,
                freely.money.dollars());
    for (const auto &[way, played] : guarded)
        std::printf("  %s: %lld tokens, $%.4f (%.0f %% spared)\n", way, (long long)played.tokens,
                    played.money.dollars(), 100 - 100 * double(played.tokens) / double(freely.tokens));
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const bool isSmall = QCoreApplication::arguments().contains(u"--small"_s);
    const int rounds = isSmall ? 8 : 30;
    const int retries = isSmall ? 4 : 8;
    QTemporaryDir folder;
    Bench bench;
    bench.openQuiet(folder.filePath(u"guard.sqlite"_s), 3);
    LiveRuns live(*bench.host, weatherTool());
    Auditor auditor(bench.store);
    auditor.start();
    const Played freeExplosion = explosion(live, rounds);
    const Played freeSpiral = spiral(live, retries);
    std::vector<std::pair<const char *, Played>> explosions, spirals;

    GuardPolicy cancels;
    of(cancels, GuardRule::ToolSteps) = upTo(ceiling, GuardAct::CancelRun);
    of(cancels, GuardRule::Retries) = upTo(3, GuardAct::CancelRun);
    cancels.actsAnHour = 100;
    {
        Watch watch(*bench.workspace, auditor, cancels, [] { return false; });
        QSignalSpy watching(&watch, &Watch::watching);
        QSignalSpy idle(&watch, &Watch::idle);
        WatchOptions options;
        options.shortest = 200ms;
        watch.start(options);
        if (!watching.wait(20'000))
            return 1;
        explosions.emplace_back("watched from outside", explosion(live, rounds));
        spirals.emplace_back("watched from outside", spiral(live, retries));
        watch.stop();
        if (idle.isEmpty() && !idle.wait(60'000))
            return 1;
    }
    GuardPolicy refuses;
    of(refuses, GuardRule::ToolSteps) = upTo(ceiling, GuardAct::Refuse);
    of(refuses, GuardRule::Retries) = upTo(3, GuardAct::Refuse);
    {
        GuardActs acts(*bench.workspace, [] { return true; });
        Gateway gateway(*bench.workspace, auditor, acts, refuses, [] { return false; });
        QSignalSpy listening(&gateway, &Gateway::listening);
        gateway.start({});
        if (!listening.wait(20'000))
            return 1;
        const QString direct = std::exchange(live.baseUrl, gateway.address());
        explosions.emplace_back("through the gateway", explosion(live, rounds));
        spirals.emplace_back("through the gateway", spiral(live, retries));
        live.baseUrl = direct;
    }
    ByHand hand(bench, live, auditor, cancels);
    explosions.emplace_back("by hand", hand.explosion(rounds));
    spirals.emplace_back("by hand", hand.spiral());

    tell(u"explosion of %1 rounds of tool outputs, ceiling %2"_s.arg(rounds).arg(ceiling), freeExplosion, explosions);
    tell(u"%1 blind retries of a structural failure"_s.arg(retries), freeSpiral, spirals);
    const auto isLess = [](const Played &freely) {
        return [&freely](const auto &guarded) { return guarded.second.tokens < freely.tokens; };
    };
    return std::ranges::all_of(explosions, isLess(freeExplosion)) && std::ranges::all_of(spirals, isLess(freeSpiral))
        ? 0
        : 1;
}
