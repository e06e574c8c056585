// SPDX-License-Identifier: GPL-3.0-or-later
// What the guard in the line spares: the same spirals played live on the demo server, unguarded and through the
// gateway. usage: bench_gateway [--small]
#include "models/gateway/gateway.h"
#include "tests/support/liveruns.h"
#include "tests/support/policies.h"

#include <QSignalSpy>

#include <cstdio>

using namespace bobbin;
using namespace bobbin::test;

namespace {

constexpr int ceiling = 5;
constexpr int retries = 8;

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

// The model asks for a tool again and again, and the program answers.
Played explosion(LiveRuns &app, int rounds)
{
    const QString thread = app.makeThread();
    const QString run = app.ask(thread, {{u"demo_asks"_s, QString::number(rounds)}}, u"word "_s.repeated(4'000));
    for (int i = 0; i < rounds; ++i) {
        app.answerTools(thread, run);
        if (app.status() != 200)
            break;
    }
    std::ignore = app.ends(thread, run);
    Played played;
    played.add(app.run(thread, run));
    return played;
}

// A program that tries again at once whatever the error was.
Played spiral(LiveRuns &app)
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

void tell(const char *what, const Played &freely, const Played &guarded)
{
    std::printf("%s: %lld tokens, $%.4f unguarded; %lld tokens, $%.4f through the gateway (%.0f %% spared)\n", what,
                (long long)freely.tokens, freely.money.dollars(), (long long)guarded.tokens, guarded.money.dollars(),
                100 - 100 * double(guarded.tokens) / double(freely.tokens));
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const int rounds = QCoreApplication::arguments().contains(u"--small"_s) ? 8 : 30;
    QTemporaryDir folder;
    Bench bench;
    bench.openQuiet(folder.filePath(u"gateway.sqlite"_s), 3);
    LiveRuns live(*bench.host, weatherTool());
    Auditor auditor(bench.store);
    auditor.start();
    const Played freeExplosion = explosion(live, rounds);
    const Played freeSpiral = spiral(live);
    GuardPolicy policy;
    of(policy, GuardRule::ToolSteps) = upTo(ceiling, GuardAct::Refuse);
    of(policy, GuardRule::Retries) = upTo(3, GuardAct::Refuse);
    GuardActs acts(*bench.workspace, [] { return true; });
    Gateway gateway(*bench.workspace, auditor, acts, policy, [] { return false; });
    QSignalSpy listening(&gateway, &Gateway::listening);
    gateway.start({});
    if (!listening.wait(20'000))
        return 1;
    live.baseUrl = gateway.address();
    const Played heldExplosion = explosion(live, rounds);
    const Played heldSpiral = spiral(live);
    tell(qPrintable(u"explosion of %1 rounds of tool outputs, ceiling %2"_s.arg(rounds).arg(ceiling)), freeExplosion,
         heldExplosion);
    tell(qPrintable(u"%1 blind retries of a structural failure"_s.arg(retries)), freeSpiral, heldSpiral);
    return heldExplosion.tokens < freeExplosion.tokens && heldSpiral.tokens < freeSpiral.tokens ? 0 : 1;
}
