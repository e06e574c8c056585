// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/chatcommand.h"

#include "app/cli/interrupts.h"
#include "models/core/clock.h"
#include "models/core/errortext.h"
#include "models/core/format.h"
#include "models/guard/policytext.h"
#include "models/settings/guardfiles.h"
#include "models/telemetry/guardjson.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QScopeGuard>

#include <cstdio>

namespace bobbin::cli {

using namespace Qt::Literals::StringLiterals;

namespace {

std::vector<ToolCommand> toolsOf(const Options &options)
{
    std::vector<ToolCommand> tools;
    for (const QString &text : options.tools)
        if (auto tool = toolCommandOf(text, std::chrono::seconds(options.toolSeconds)))
            tools.push_back(*std::move(tool));
    return tools;
}

std::optional<QString> lineFromTerminal(const char *prompt)
{
    countInterrupts(false); // Ctrl+C ends it, as anywhere else: a read goes on over a handler
    const auto again = qScopeGuard([] { countInterrupts(true); });
    std::fputs(prompt, stderr);
    QByteArray line;
    for (int c = std::getchar(); c != '\n'; c = std::getchar()) {
        if (c == EOF)
            return line.isEmpty() ? std::nullopt : std::optional(QString::fromUtf8(line));
        line += char(c);
    }
    return QString::fromUtf8(line);
}

QJsonArray rowsJson(const std::vector<GuardRow> &rows)
{
    QJsonArray all;
    for (const GuardRow &row : rows)
        all << guardJson(row);
    return all;
}

QJsonValue orNull(const std::optional<qint64> &number)
{
    return number ? QJsonValue(*number) : QJsonValue();
}

QJsonValue orNull(const std::optional<Money> &money)
{
    return money ? QJsonValue(money->dollars()) : QJsonValue();
}

QJsonObject callJson(const ToolCall &call)
{
    return {{u"call"_s, call.id}, {u"function"_s, call.name}, {u"arguments"_s, call.input}};
}

} // namespace

ChatCommand::ChatCommand(const Options &options, Session &session, GuardPolicy policy, End end)
    : m_options(options), m_session(session), m_policy(std::move(policy)), m_end(std::move(end)),
      m_isTerminal(isTerminal(stdin)), m_acts(*session.workspace(), [] { return !guardStop().has_value(); }),
      m_tools(toolsOf(options)), m_thread(options.arguments.value(0)), m_file(options.attach)
{
    connect(&m_tools, &ToolAnswers::running, this, [this](const ToolCall &call) {
        say("tool", u"%1: its command runs"_s.arg(format::visible(call.name)), callJson(call));
    });
    connect(&m_tools, &ToolAnswers::handWanted, this, &ChatCommand::byHand);
    connect(&m_tools, &ToolAnswers::done, this, [this](const std::vector<ToolOutput> &outputs) {
        say("answered", u"%1 tool calls answered"_s.arg(outputs.size()), {{u"calls"_s, qint64(outputs.size())}});
        m_turn->answer(outputs);
    });
    connect(&m_signals, &QTimer::timeout, this, &ChatCommand::lookAtSignals);
}

void ChatCommand::start()
{
    if (m_options.again) {
        make();
        m_turn->runAgain(m_thread);
    } else if (!m_options.message.isEmpty()) {
        take(m_options.message);
    } else if (m_isTerminal) {
        next();
    } else {
        QFile in;
        if (!in.open(stdin, QIODevice::ReadOnly)) {
            complain(u"standard input cannot be read"_s);
            m_end(Failed);
            return;
        }
        take(QString::fromUtf8(in.readAll()).trimmed());
    }
}

void ChatCommand::next()
{
    std::optional<QString> line;
    do
        line = lineFromTerminal("> ");
    while (line && line->trimmed().isEmpty());
    if (!line) {
        std::fputc('\n', stderr);
        m_end(AllDone);
        return;
    }
    take(*line);
}

void ChatCommand::take(const QString &text)
{
    if (text.isEmpty()) {
        complain(u"there is no message: --message TEXT, or on standard input"_s);
        m_end(Usage);
        return;
    }
    make();
    TurnAsked asked;
    asked.thread = m_thread;
    asked.assistant = m_options.filter.assistantId;
    asked.model = m_options.model;
    asked.text = text;
    asked.file = std::exchange(m_file, {});
    m_turn->start(asked);
}

void ChatCommand::make()
{
    m_signalsSeen = interrupts();
    countInterrupts(true);
    m_signals.start(100);
    m_stepsSaid.clear();
    m_isCancelling = m_hasNothingToRun = false;
    m_turn = std::make_unique<Turn>(
        *m_session.workspace(), *m_session.auditor(),
        Turn::Rules{m_policy, [] { return guardStop().has_value(); }, [this] { return &m_acts; }});
    connect(m_turn.get(), &Turn::looked, this, &ChatCommand::tellOutlook);
    connect(m_turn.get(), &Turn::advised, this, &ChatCommand::tellAdvice);
    connect(m_turn.get(), &Turn::placed, this, [this](const QString &text) {
        say("attached", text, {{u"text"_s, text}});
    });
    connect(m_turn.get(), &Turn::asks, this, &ChatCommand::ask);
    connect(m_turn.get(), &Turn::moved, this, [this](const QString &from, const QString &to) {
        say("moved", u"%1 took over from %2"_s.arg(to, from), {{u"thread"_s, from}, {u"to"_s, to}});
    });
    connect(m_turn.get(), &Turn::sent, this, [this](const QString &thread, const QString &run) {
        say("sent", u"sent: %1, %2"_s.arg(thread, run), {{u"thread"_s, thread}, {u"run"_s, run}});
    });
    connect(m_turn.get(), &Turn::progressed, this, &ChatCommand::tellProgress);
    connect(m_turn.get(), &Turn::toolsWanted, &m_tools, &ToolAnswers::ask);
    connect(m_turn.get(), &Turn::noted, this,
            [this](const GuardRow &row) { say("guard", crossedText(row), guardJson(row)); });
    connect(m_turn.get(), &Turn::blind, this, [this](const Error &error) {
        const QString words = errorText(error).line();
        say("blind", words, {{u"why"_s, words}});
    });
    connect(m_turn.get(), &Turn::needsPerson, this, [this](const Error &error) { // and nobody can be asked
        const QString words = errorText(error).line();
        say("blind", words, {{u"why"_s, words}});
        m_turn->cancel();
    });
    connect(m_turn.get(), &Turn::ended, this, &ChatCommand::ended, Qt::QueuedConnection); // which ends its sender
}

void ChatCommand::say(const char *event, const QString &text, QJsonObject json)
{
    if (!m_options.json) {
        complain(text);
        return;
    }
    json[u"time"_s] = format::isoTime(nowMs());
    json[u"event"_s] = QString::fromLatin1(event);
    print(QString::fromUtf8(QJsonDocument(json).toJson(QJsonDocument::Compact)));
    std::fflush(stdout);
}

void ChatCommand::tellOutlook(const TurnOutlook &outlook)
{
    say("expected", outlookText(outlook),
        {{u"thread"_s, outlook.thread},
         {u"turn"_s, outlook.turn},
         {u"assistant"_s, outlook.assistant},
         {u"model"_s, outlook.model},
         {u"contextTokens"_s, orNull(outlook.context)},
         {u"firstCallUsd"_s, orNull(outlook.cost)},
         {u"firstCallIsLeast"_s, outlook.costIsLeast},
         {u"usualRunUsd"_s, orNull(outlook.usual)},
         {u"policy"_s, rowsJson(outlook.rows)}});
    if (!m_options.json)
        for (const GuardRow &row : outlook.rows) {
            const auto act = actOfWord(row.act);
            complain(u"  %1: %2"_s.arg(crossedText(row), act ? guardActName(*act) : row.act));
        }
    if (m_options.dryRun)
        m_turn->cancel();
}

void ChatCommand::tellAdvice(const AgainAdvice &advice)
{
    const char *kind = advice.kind == FailureClass::Transient ? "transient"
        : advice.kind == FailureClass::Structural             ? "structural"
        : advice.kind == FailureClass::Fatal                  ? "fatal"
                                                              : "none";
    QJsonArray calls;
    for (const ToolCall &call : advice.calls) {
        QJsonObject json = callJson(call);
        json[u"output"_s] = call.answered ? QJsonValue(call.output) : QJsonValue();
        calls << json;
    }
    const QString text = againText(advice);
    m_hasNothingToRun = advice.kind == FailureClass::None;
    say("again", text,
        {{u"run"_s, advice.run},
         {u"class"_s, QLatin1String(kind)},
         {u"errorCode"_s, advice.errorCode},
         {u"retries"_s, advice.retries},
         {u"most"_s, advice.most},
         {u"calls"_s, calls},
         {u"text"_s, text}});
    if (!m_options.json)
        for (const ToolCall &call : advice.calls)
            complain(
                u"  %1(%2) -> %3"_s.arg(format::visible(call.name), format::visible(call.input.left(200)),
                                        call.answered ? format::visible(call.output.left(200)) : u"nobody answered"_s));
    if (m_options.dryRun)
        m_turn->cancel();
}

bool ChatCommand::confirm(const QString &question)
{
    if (m_options.yes)
        return true;
    if (!m_isTerminal) {
        complain(u"nobody is there to ask: --yes lets it go on"_s);
        return false;
    }
    const auto line = lineFromTerminal((question + u" [y/N] "_s).toLocal8Bit().constData());
    return line && line->trimmed().startsWith(u'y', Qt::CaseInsensitive);
}

void ChatCommand::ask(const std::vector<GuardRow> &rows, const QString &why)
{
    QStringList said;
    for (const GuardRow &row : rows)
        said << crossedText(row);
    if (!why.isEmpty())
        said << why;
    say("asks", said.join(u"; "_s), {{u"policy"_s, rowsJson(rows)}, {u"why"_s, why}});
    if (confirm(u"Go on?"_s))
        m_turn->goOn();
    else
        m_turn->cancel();
}

void ChatCommand::byHand(const ToolCall &call, const QString &why)
{
    say("hand",
        u"%1 asks with %2%3"_s.arg(format::visible(call.name), format::visible(call.input),
                                   why.isEmpty() ? QString() : u" ("_s + why + u')'),
        [&] {
            QJsonObject json = callJson(call);
            json[u"why"_s] = why;
            return json;
        }());
    const auto output = m_isTerminal ? lineFromTerminal("output: ") : std::nullopt;
    if (output) {
        // Not from within its own question: all calls are told of first.
        QMetaObject::invokeMethod(
            &m_tools, [this, id = call.id, output] { m_tools.give(id, *output); }, Qt::QueuedConnection);
        return;
    }
    if (!m_isTerminal)
        complain(u"nobody is there to answer %1: --tool %1=COMMAND does; the run is cancelled"_s.arg(
            format::visible(call.name)));
    m_tools.drop();
    m_turn->cancel();
}

void ChatCommand::tellProgress(const TurnProgress &progress)
{
    const QString said = u"%1, %2 steps"_s.arg(progress.statusWord).arg(progress.steps.size());
    if (std::exchange(m_stepsSaid, said) == said)
        return;
    say("progress", said,
        {{u"run"_s, progress.run}, {u"status"_s, progress.statusWord}, {u"steps"_s, qint64(progress.steps.size())}});
}

void ChatCommand::ended(const TurnEnd &end)
{
    m_signals.stop();
    m_tools.drop();
    m_thread = end.thread;
    QJsonObject json{{u"thread"_s, end.thread}, {u"run"_s, end.run}, {u"policy"_s, rowsJson(end.rows)}};
    QString text;
    int code = AllDone;
    switch (end.how) {
    case TurnEnd::How::Ran: {
        const RunRow &run = *end.row;
        const auto tokens = run.usage ? std::optional(run.usage->prompt + run.usage->completion) : std::nullopt;
        json[u"status"_s] = run.statusWord;
        json[u"errorCode"_s] = run.errorCode;
        json[u"tokens"_s] = orNull(tokens);
        json[u"costUsd"_s] = orNull(run.cost);
        json[u"answer"_s] = end.answer;
        text = u"%1%2: %3 tokens, %4"_s.arg(run.statusWord,
                                            run.errorCode.isEmpty() ? QString() : u" ("_s + run.errorCode + u')',
                                            format::count(tokens), format::money(run.cost));
        code = !end.rows.empty() ? Refused : run.status == RunStatus::Completed ? AllDone : Failed;
        if (!m_options.json && !end.answer.isEmpty())
            print(format::visible(end.answer));
        break;
    }
    case TurnEnd::How::Refused:
        code = Refused;
        break;
    case TurnEnd::How::LeftAlone:
        text = end.isWritten ? QString() : u"nothing was sent"_s;
        code = m_options.dryRun ? AllDone : m_hasNothingToRun ? NothingToDo : Refused;
        if (end.error && exitCodeOf(*end.error) == NotConnected)
            code = NotConnected;
        break;
    case TurnEnd::How::NotSent:
        code = end.error ? exitCodeOf(*end.error) : Failed;
        break;
    }
    if (end.isWritten && end.how != TurnEnd::How::Ran)
        text = u"the message is in the thread, and no run was begun: the next one reads it"_s;
    QStringList said;
    for (const GuardRow &row : end.rows)
        said << u"the policy %1: %2"_s.arg(end.how == TurnEnd::How::Ran ? u"cancelled the run"_s : u"refuses it"_s,
                                           crossedText(row));
    if (end.error) {
        said << errorText(*end.error).line();
        json[u"error"_s] = said.last();
    }
    if (!text.isEmpty())
        said << text;
    json[u"written"_s] = end.isWritten;
    json[u"exitCode"_s] = code;
    say("ended", said.join(u"\n"_s), json);
    const bool isInterrupted = interrupts() > m_signalsSeen;
    const bool goesOn = m_isTerminal && m_options.message.isEmpty() && !m_options.again && !m_options.dryRun &&
        !m_thread.isEmpty() && code != NotConnected;
    if (goesOn)
        next();
    else
        m_end(isInterrupted ? Interrupted : code);
}

void ChatCommand::lookAtSignals()
{
    const int fresh = interrupts() - m_signalsSeen;
    if (fresh > 1)
        m_end(Interrupted); // what was begun is in the journal, and the run goes on at the server
    else if (fresh > 0 && m_turn->stage() != Turn::Stage::Ended && !std::exchange(m_isCancelling, true)) {
        complain(u"cancelling; once more leaves it as it is"_s);
        m_tools.drop();
        m_turn->cancel();
    }
}

} // namespace bobbin::cli
