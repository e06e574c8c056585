// SPDX-License-Identifier: GPL-3.0-or-later
// bobbin-demo-server: the Assistants v2 protocol on loopback, for trying Bobbin and for testing clients.
#include "app/demo/demoserver.h"
#include "app/demo/tlsfront.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <atomic>
#include <csignal>
#include <cstdio>

using namespace Qt::Literals::StringLiterals;

namespace {

std::atomic<bool> asked = false; // by a signal, to end

int refuse(const QString &problem)
{
    std::fprintf(stderr, "bobbin-demo-server: %s\n", problem.toUtf8().constData());
    return 2;
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(u"bobbin-demo-server"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(BOBBIN_VERSION));

    QCommandLineParser parser;
    parser.setApplicationDescription(
        u"Speaks the Assistants v2 protocol on loopback, under /v1, or its Foundry dialect. Without a size it serves "
        u"the story of a small "
        "company: four failing bots among 120 threads. Keys that begin with sk-admin- may read what its "
        "organization used and was billed.\nPrints \"listening on http://127.0.0.1:PORT/v1\" when ready."_s);
    parser.addHelpOption();
    parser.addVersionOption();
    const auto option = [&](const QString &name, const QString &text, const QString &value = {},
                            const QString &usual = {}) {
        parser.addOption(QCommandLineOption(name, text, value, usual));
    };
    option(u"port"_s, u"Port to listen on; 0 takes a free one."_s, u"N"_s, u"0"_s);
    option(u"protocol"_s, u"Whose dialect: assistants, or foundry (Microsoft Foundry Agents, classic)."_s, u"NAME"_s,
           u"assistants"_s);
    option(u"token-lifetime"_s,
           u"With foundry: take only tokens of the server's own sign-in pages, each for this many seconds."_s, u"S"_s,
           u"0"_s);
    option(u"tls"_s,
           u"Serve https too, with HTTP/2 or the protocols named (ALPN, the best first). Prints where, and the "
           "certificate to trust. Needs nghttpx and openssl."_s,
           u"LIST"_s, u"h2,http/1.1"_s);
    option(u"token"_s, u"The bearer token to accept; without it any will do."_s, u"T"_s);
    option(u"seed"_s, u"Seed of all generated data."_s, u"N"_s, u"1"_s);
    option(u"demo"_s, u"The story workspace; this is the default."_s);
    option(u"clean"_s, u"A workspace in which nothing is wrong."_s);
    option(u"threads"_s, u"Plain bulk of this many threads instead of the story."_s, u"N"_s, u"0"_s);
    option(u"runs-per-thread"_s, u"With --threads."_s, u"N"_s, u"10"_s);
    option(u"steps-per-run"_s, u"With --threads."_s, u"N"_s, u"3"_s);
    option(u"messages-per-thread"_s, u"With --threads."_s, u"N"_s, u"20"_s);
    option(u"latency"_s, u"Wait this long before each answer."_s, u"MS"_s, u"0"_s);
    option(u"rate-limit"_s, u"Answer 429 after this many requests in a minute; 0 is no limit."_s, u"N"_s, u"0"_s);
    option(u"list-threads"_s, u"Offer GET /threads, as Foundry does and OpenAI does not."_s);
    option(
        u"fault"_s,
        u"Misbehave on a route: [METHOD ]/path=KIND[:N][*TIMES], such as \"GET /threads/*/runs=status:503*2\". May be "
        "given more than once. Kinds: "_s +
            bobbin::demo::faultHelp(),
        u"FAULT"_s);
    option(u"state"_s, u"Load the workspace from this file if it exists, and save it there every two seconds."_s,
           u"FILE"_s);
    parser.process(app);

    bobbin::demo::DemoOptions options;
    const auto number = [&](const QString &name, qint64 least, qint64 most, qint64 *into) -> bool {
        bool ok = false;
        *into = parser.value(name).toLongLong(&ok);
        return ok && *into >= least && *into <= most;
    };
    struct Number {
        const char *name;
        qint64 most;
        qint64 value;
    } numbers[] = {{"port", 65535, 0},           {"seed", 4294967295, 0},
                   {"threads", 1'000'000, 0},    {"runs-per-thread", 1'000'000, 0},
                   {"steps-per-run", 1000, 0},   {"messages-per-thread", 1'000'000, 0},
                   {"latency", 600'000, 0},      {"rate-limit", 1'000'000, 0},
                   {"token-lifetime", 86'400, 0}};
    for (Number &n : numbers)
        if (!number(QString::fromLatin1(n.name), 0, n.most, &n.value))
            return refuse(u"--%1 must be a whole number from 0 to %2"_s.arg(QString::fromLatin1(n.name)).arg(n.most));
    if (numbers[2].value * numbers[3].value > 1'000'000)
        return refuse(u"at most 1,000,000 runs in all: --threads times --runs-per-thread is more"_s);
    options.port = quint16(numbers[0].value);
    options.seed = quint32(numbers[1].value);
    options.bulk = {int(numbers[2].value), int(numbers[3].value), int(numbers[4].value), int(numbers[5].value)};
    options.latencyMs = int(numbers[6].value);
    options.rateLimit = int(numbers[7].value);
    options.tokenSeconds = int(numbers[8].value);
    const QString protocol = parser.value(u"protocol"_s);
    if (protocol != "assistants"_L1 && protocol != "foundry"_L1)
        return refuse(u"--protocol must be assistants or foundry"_s);
    if (protocol == "foundry"_L1)
        options.protocol = bobbin::demo::Protocol::Foundry;
    options.token = parser.value(u"token"_s).toUtf8();
    options.listThreads = parser.isSet(u"list-threads"_s);
    options.clean = parser.isSet(u"clean"_s);
    options.stateFile = parser.value(u"state"_s);
    for (const QString &text : parser.values(u"fault"_s)) {
        QString problem;
        const auto fault = bobbin::demo::parseFault(text, &problem);
        if (!fault)
            return refuse(problem);
        options.faults.push_back(*fault);
    }

    bobbin::demo::DemoServer server(options);
    QString problem;
    if (!server.start(&problem))
        return refuse(problem);
    std::printf("listening on %s\n", server.baseUrl().toLatin1().constData());
    if (options.protocol == bobbin::demo::Protocol::Foundry)
        std::printf("sign-in at %s, a token: %s\n", server.signInUrl().toLatin1().constData(),
                    server.tokens().issue().constData());
    bobbin::demo::TlsFront front;
    if (parser.isSet(u"tls"_s)) {
        const QUrl plain(server.baseUrl());
        if (!front.start(quint16(plain.port()), 0, parser.value(u"tls"_s), &problem))
            return refuse(problem);
        std::printf("https at https://127.0.0.1:%d%s, trust %s\n", front.port(), plain.path().toLatin1().constData(),
                    front.certificate().toUtf8().constData());
        const auto end = [](int) { asked = true; };
        std::signal(SIGTERM, end);
        std::signal(SIGINT, end);
    }
    std::fflush(stdout);
    // What stands in front ends with it.
    QTimer look;
    QObject::connect(&look, &QTimer::timeout, &app, [] {
        if (asked)
            QCoreApplication::quit();
    });
    if (parser.isSet(u"tls"_s))
        look.start(200);
    // Saved every few seconds: a server is ended by a signal, which leaves no time.
    QTimer save;
    QObject::connect(&save, &QTimer::timeout, &app, [&] {
        if (!server.save(&problem))
            QCoreApplication::exit(refuse(problem));
    });
    if (!options.stateFile.isEmpty())
        save.start(2000);
    return QCoreApplication::exec();
}
