// SPDX-License-Identifier: GPL-3.0-or-later
// What the guard from outside spares, how soon it acts and what it asks of the server: the same explosions and spirals
// played live on the demo server, unguarded and watched. usage: bench_watch [--small]
#include "models/session/auditor.h"
#include "models/watch/watch.h"
#include "tests/support/liveruns.h"
#include "tests/support/policies.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTemporaryDir>

#include <cstdio>

using namespace bobbin;
using namespace bobbin::test;
using namespace std::chrono_literals;

namespace {

struct Played {
    qint64 tokens = 0; // prompt, of all its runs
    double crossedMs = 0, cancelMs = -1; // since it began: the step beyond the ceiling, the cancel's arrival
};

constexpr int ceiling = 15; // so late that the run is followed by then
constexpr int rounds = 30;
constexpr int retries = 8;

void wait(std::chrono::milliseconds time)
{
    QTest::qWait(int(time.count()));
}

Played explosion(LiveRuns &app, const std::atomic<qint64> &cancelledAt, const QElapsedTimer &clock)
{
    const QString thread = app.makeThread();
    const QString run = app.explode(thread, rounds);
    Played played;
    for (;;) {
        const demo::DemoRun now = app.run(thread, run);
        if (played.crossedMs == 0 && now.steps.size() > ceiling)
            played.crossedMs = double(clock.elapsed());
        if (!now.active()) {
            played.tokens = now.tokens.prompt;
            break;
        }
        wait(5ms);
    }
    if (cancelledAt > 0)
        played.cancelMs = double(cancelledAt);
    return played;
}

// A program that tries again at once whatever the error was, and stops where somebody cancels.
Played spiral(LiveRuns &app)
{
    const QString thread = app.makeThread();
    Played played;
    for (int i = 0; i <= retries; ++i) {
        const QString run = app.ask(thread, {{u"demo_rounds"_s, u"4"_s}, {u"demo_fails"_s, u"invalid_prompt"_s}},
                                    i == 0 ? u"Read the table."_s : QString());
        const QByteArray how = app.ends(thread, run);
        played.tokens += app.run(thread, run).tokens.prompt;
        if (how != "failed")
            break;
    }
    return played;
}

double median(std::vector<double> all)
{
    std::ranges::sort(all);
    return all.empty() ? -1 : all[all.size() / 2];
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const int times = QCoreApplication::arguments().contains(u"--small"_s) ? 1 : 7;
    QTemporaryDir folder;
    Bench bench;
    bench.openQuiet(folder.filePath(u"watch.sqlite"_s), 20);
    LiveRuns live(*bench.host);
    if (!bench.sync())
        return 1;
    Auditor auditor(bench.store);
    auditor.start();
    QElapsedTimer clock;
    std::atomic<qint64> cancelledAt = 0;
    std::atomic<qint64> asked = 0; // by the watch
    bench.host->with([&](demo::DemoServer &server) {
        server.onRequest = [&](const demo::HttpRequest &request) {
            if (request.headers.value("user-agent").startsWith("Bobbin"))
                ++asked;
            if (request.path.endsWith("/cancel"_L1))
                cancelledAt = clock.elapsed();
        };
    });
    // Where the time goes.
    double foundMs = -1, writtenMs = -1, begunMs = -1; // since it began
    const auto begin = [&] {
        cancelledAt = 0;
        foundMs = writtenMs = begunMs = -1;
        clock.start();
    };
    begin();
    const Played freely = explosion(live, cancelledAt, clock);
    const Played freeSpiral = spiral(live);
    GuardPolicy policy;
    of(policy, GuardRule::ToolSteps) = upTo(ceiling, GuardAct::CancelRun);
    of(policy, GuardRule::Retries) = upTo(3, GuardAct::CancelRun);
    policy.actsAnHour = 1'000;
    Watch watch(*bench.workspace, auditor, policy, [] { return false; });
    QObject::connect(&watch, &Watch::noted, &watch, [&](const GuardRow &row) {
        if (row.state == GuardState::Acting)
            (row.operation == 0 ? writtenMs : begunMs) = double(clock.elapsed());
    });
    QObject::connect(bench.workspace.get(), &Workspace::followed, &watch, [&](const FollowRound &round) {
        if (foundMs < 0 && !round.whole)
            foundMs = double(clock.elapsed());
    });
    QSignalSpy watching(&watch, &Watch::watching);
    watch.start();
    if (!watching.wait(20'000))
        return 1;
    std::vector<double> late, tokens, found, seen, planned, sent;
    qint64 requests = 0;
    double seconds = 0;
    int cancelled = 0;
    for (int i = 0; i < times; ++i) {
        wait(2'000ms);
        begin();
        const qint64 before = asked;
        const Played played = explosion(live, cancelledAt, clock);
        requests += asked - before;
        seconds += double(clock.elapsed()) / 1000;
        tokens.push_back(double(played.tokens));
        if (played.cancelMs >= 0) {
            ++cancelled;
            late.push_back(played.cancelMs - played.crossedMs);
            found.push_back(foundMs);
            seen.push_back(writtenMs - played.crossedMs);
            planned.push_back(begunMs - writtenMs);
            sent.push_back(played.cancelMs - begunMs);
        }
    }
    const Played heldSpiral = spiral(live);
    const qint64 quietBefore = asked;
    wait(20'000ms / (times == 1 ? 10 : 1));
    const double quiet = double(asked - quietBefore) / (20.0 / (times == 1 ? 10 : 1));
    std::printf("explosion of %d rounds, ceiling %d: %lld prompt tokens unguarded, %.0f watched (%.0f %% spared), "
                "cancelled %d of %d\n",
                rounds, ceiling, (long long)freely.tokens, median(tokens),
                100 - 100 * median(tokens) / double(freely.tokens), cancelled, times);
    std::printf(
        "from the step that crosses to the cancel's arrival: median %.0f ms, most %.0f ms (looks %d ms apart)\n",
        median(late), late.empty() ? -1 : *std::ranges::max_element(late), 1'000);
    std::printf(
        "of it until it is seen and written down %.0f ms, until an operation is begun %.0f ms, until it is sent "
        "%.0f ms (medians)\n",
        median(seen), median(planned), median(sent));
    std::printf("a run of a thread that nobody told of is followed after %.0f ms (median)\n", median(found));
    std::printf("spiral of %d blind retries: %lld prompt tokens unguarded, %lld watched\n", retries,
                (long long)freeSpiral.tokens, (long long)heldSpiral.tokens);
    std::printf("requests: %.1f a second while a run is followed, %.1f a second when nothing runs, 20 threads\n",
                double(requests) / seconds, quiet);
    QSignalSpy idle(&watch, &Watch::idle);
    watch.stop();
    return idle.wait(30'000) && cancelled == times ? 0 : 1;
}
