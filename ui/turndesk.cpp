// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/turndesk.h"

#include "models/core/clock.h"
#include "models/core/errortext.h"
#include "models/core/format.h"
#include "models/guard/policytext.h"
#include "models/store/whendone.h"
#include "models/watch/policyreads.h"
#include "ui/dialogs/toolsdialog.h"
#include "ui/guarddesk.h"
#include "ui/widgets/composer.h"
#include "ui/widgets/toolcallform.h"

#include <QPlainTextEdit>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 usesHoldMs = 2'000; // all runs of the month are added up, and a person pauses often

} // namespace

TurnDesk::TurnDesk(Session &session, GuardDesk &guard, QSettings &settings, Composer &composer, QWidget *window)
    : QObject(window), m_session(session), m_guard(guard), m_settings(settings), m_composer(composer), m_window(window),
      m_tools({})
{
    connect(&session, &Session::closing, this, &TurnDesk::drop);
    connect(&guard, &GuardDesk::changed, this, &TurnDesk::look);
    connect(&composer, &Composer::changed, this, &TurnDesk::look);
    connect(&composer, &Composer::sendWanted, this, &TurnDesk::send);
    connect(&composer, &Composer::againWanted, this, &TurnDesk::again);
    connect(&composer, &Composer::cancelWanted, this, [this] {
        if (!m_turn)
            return;
        m_tools.drop();
        m_turn->cancel();
    });
    connect(&composer, &Composer::goOnWanted, this, [this] {
        if (!m_turn)
            return;
        m_composer.notice()->hide();
        m_note.reset();
        m_advice.reset();
        m_turn->goOn();
    });
    connect(&composer, &Composer::answerWanted, this, &TurnDesk::answer);
    connect(&composer, &Composer::toolsWanted, this, &TurnDesk::editTools);
    connect(&composer, &Composer::elsewhereWanted, this, [this] { Q_EMIT threadWanted(where()); });
    connect(&m_tools, &ToolAnswers::running, this,
            [this](const ToolCall &call) { m_composer.sayOfTool(call.id, tr("its command runs…")); });
    connect(&m_tools, &ToolAnswers::handWanted, this,
            [this](const ToolCall &call, const QString &why) { m_composer.sayOfTool(call.id, why); });
    connect(&m_tools, &ToolAnswers::came, this, [this](const QString &call, const QString &output) {
        if (isHere())
            m_composer.showOutput(call, output);
    });
    connect(&m_tools, &ToolAnswers::done, this, [this](const std::vector<ToolOutput> &outputs) {
        if (m_turn)
            m_turn->answer(outputs);
    });
}

TurnDesk::~TurnDesk() = default;

void TurnDesk::setThread(const QString &id)
{
    m_shown = id;
    const Workspace *workspace = m_session.workspace();
    const QString whyNot = workspace ? workspace->operations().whyNot(Feature::TakeTurns)
        : m_session.store()          ? tr("An archive is read only: nobody answers there.")
                                     : QString();
    const bool isOther = m_composer.thread() != id;
    m_composer.setThread(id, whyNot);
    place();
    if (isOther)
        showAgain();
    look();
}

void TurnDesk::place()
{
    const bool isElsewhere = m_turn && !isHere();
    m_composer.setBusyElsewhere(isElsewhere ? where() : QString());
    m_composer.setStage(isHere() ? m_turn->stage() : Turn::Stage::Ended);
}

void TurnDesk::showAgain()
{
    if (!isHere())
        return;
    if (m_advice)
        m_composer.showAdvice(*m_advice);
    if (m_turn->stage() == Turn::Stage::Answering)
        m_composer.askTools(m_calls);
    if (m_note)
        m_composer.showNote(m_note->first, m_note->second);
}

void TurnDesk::note(const QString &text, Notice::Tone tone)
{
    m_note = {text, tone};
    if (isHere())
        m_composer.showNote(text, tone);
}

void TurnDesk::look()
{
    const int asked = ++m_asked;
    const auto store = m_session.store();
    const TurnAsked turn = m_composer.asked();
    if (!store || !m_session.workspace() || m_turn || (turn.thread.isEmpty() && turn.assistant.isEmpty()))
        return;
    const auto show = [this, asked](const Result<TurnOutlook> &outlook) {
        if (asked != m_asked)
            return;
        if (outlook)
            m_composer.setOutlook(*outlook);
        else
            Q_EMIT failed(outlook.error());
    };
    const bool isStopped = m_guard.state().stopped.has_value();
    const GuardPolicy policy = m_guard.policy();
    const std::vector<PolicyBudget> wanted = allBudgets(policy);
    const auto without = [isStopped](Result<TurnOutlook> outlook) {
        if (outlook && isStopped)
            outlook->rows.clear();
        return outlook;
    };
    const bool areNew = m_usesRead.isValid() && m_usesRead.elapsed() < usesHoldMs && m_usesOf == policy;
    const bool isLedgerThere = m_session.auditor() && m_session.auditor()->hasLedger();
    if (wanted.empty() || areNew || !isLedgerThere) {
        const std::vector<BudgetUse> uses = areNew ? m_uses : std::vector<BudgetUse>();
        whenDone(store->read([turn, policy, uses, without](Reader &reader) {
            return without(readOutlook(reader, turn, policy, uses, nowMs()));
        }),
                 this, show);
        return;
    }
    whenDone(m_session.auditor()->withLedger(
                 [wanted](const Ledger &ledger, Reader &reader) { return readUses(ledger, reader, wanted); }),
             this, [this, asked, policy](const Result<std::vector<BudgetUse>> &uses) {
                 if (asked != m_asked)
                     return;
                 if (!uses) {
                     Q_EMIT failed(uses.error());
                     return;
                 }
                 m_uses = *uses;
                 m_usesOf = policy;
                 m_usesRead.start();
                 look();
             });
}

Turn &TurnDesk::make()
{
    m_turn =
        std::make_unique<Turn>(*m_session.workspace(), *m_session.auditor(),
                               Turn::Rules{m_guard.policy(), [this] { return m_guard.state().stopped.has_value(); },
                                           [this] { return m_guard.acts(); }});
    m_tools.drop();
    m_tools.setCommands(toolCommandsOf(m_settings, m_session.connection().id));
    m_composer.notice()->hide();
    m_calls.clear();
    m_advice.reset();
    m_note.reset();
    m_begunAt = m_shown;
    Turn *turn = m_turn.get();
    connect(turn, &Turn::staged, this, &TurnDesk::place);
    connect(turn, &Turn::advised, this, [this](const AgainAdvice &advice) {
        m_advice = advice;
        if (isHere())
            m_composer.showAdvice(advice);
    });
    connect(turn, &Turn::placed, this, [this](const QString &text) { note(text); });
    connect(turn, &Turn::asks, this, [this](const std::vector<GuardRow> &rows, const QString &why) {
        QStringList said;
        for (const GuardRow &row : rows)
            said << crossedText(row);
        if (!why.isEmpty())
            said << why;
        m_note = {said.join(u"; "_s), Notice::Tone::Warning};
        if (isHere())
            m_composer.showQuestion(m_note->first);
    });
    connect(turn, &Turn::waits, this, [this](qint64 seconds) {
        if (isHere())
            m_composer.showWait(seconds);
    });
    connect(turn, &Turn::moved, this, [this](const QString &from, const QString &to) {
        const bool wasHere = isHere();
        m_turnThread = to;
        m_note = {tr("%1 took over from %2: the turn goes on there.").arg(to, from), Notice::Tone::Info};
        if (wasHere)
            Q_EMIT threadWanted(to); // which shows it
    });
    connect(turn, &Turn::sent, this, [this](const QString &thread, const QString &) {
        const bool isNew = m_turnThread.isEmpty();
        const bool wasHere = isHere();
        if (std::exchange(m_isSend, false))
            m_composer.sent();
        m_turnThread = thread;
        if (isNew && wasHere)
            Q_EMIT threadWanted(thread);
        place();
    });
    connect(turn, &Turn::progressed, this, [this](const TurnProgress &progress) {
        if (isHere())
            m_composer.showProgress(progress);
    });
    connect(turn, &Turn::toolsWanted, this, [this](const std::vector<ToolCall> &calls) {
        m_calls = calls;
        if (isHere())
            m_composer.askTools(calls);
        m_tools.ask(calls);
    });
    connect(turn, &Turn::noted, this, [this](const GuardRow &row) {
        if (row.state != GuardState::Told) // that was said before it was sent
            note(guardSentence(row), Notice::Tone::Warning);
    });
    for (const auto signal : {&Turn::blind, &Turn::needsPerson})
        connect(turn, signal, this,
                [this](const Error &error) { note(errorText(error).line(), Notice::Tone::Warning); });
    connect(turn, &Turn::ended, this, &TurnDesk::ended, Qt::QueuedConnection); // which takes its sender away
    return *m_turn;
}

void TurnDesk::send()
{
    if (m_turn || !m_session.workspace())
        return;
    const TurnAsked asked = m_composer.asked();
    m_turnThread = asked.thread;
    Turn &turn = make();
    m_isSend = true;
    turn.start(asked);
}

void TurnDesk::again()
{
    if (m_turn || !m_session.workspace() || m_shown.isEmpty())
        return;
    m_turnThread = m_shown;
    Turn &turn = make();
    m_isSend = false;
    turn.runAgain(m_shown);
}

void TurnDesk::answer()
{
    for (const ToolOutput &output : m_composer.outputs())
        if (m_tools.isByHand(output.callId)) // the others' commands run, or have answered
            m_tools.give(output.callId, output.output);
}

void TurnDesk::editTools()
{
    const QString connection = m_session.connection().id;
    auto *dialog = new ToolsDialog(toolCommandsOf(m_settings, connection), m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog, connection] {
        setToolCommands(m_settings, connection, dialog->commands());
        m_tools.setCommands(dialog->commands());
    });
    dialog->open();
}

void TurnDesk::ended(const TurnEnd &end)
{
    if (!m_turn || m_turn->stage() != Turn::Stage::Ended)
        return;
    m_tools.drop();
    const bool wasHere = isHere();
    m_turn.reset();
    place();
    QStringList said;
    auto tone = Notice::Tone::Info;
    const bool isWrittenOnly = end.isWritten && end.how != TurnEnd::How::Ran;
    if (isWrittenOnly) {
        said << tr("The message is in the thread, and no run was begun: the next one reads it.");
        if (std::exchange(m_isSend, false))
            m_composer.sent();
    }
    for (const GuardRow &row : end.rows)
        said << (end.how == TurnEnd::How::Ran ? tr("The policy cancelled the run: %1").arg(crossedText(row))
                                              : tr("The policy refuses it: %1").arg(crossedText(row)));
    if (end.error)
        said << errorText(*end.error).line();
    if (!said.isEmpty())
        tone = Notice::Tone::Warning;
    if (end.how == TurnEnd::How::Ran) {
        const RunRow &run = *end.row;
        const auto tokens = run.usage ? std::optional(run.usage->prompt + run.usage->completion) : std::nullopt;
        const QString word = run.errorCode.isEmpty() ? run.statusWord : run.statusWord + u", "_s + run.errorCode;
        said << tr("%1: %2 tokens, %3").arg(word, format::count(tokens), format::money(run.cost));
        if (run.status != RunStatus::Completed)
            tone = Notice::Tone::Warning;
    } else if (end.how == TurnEnd::How::LeftAlone && said.isEmpty()) {
        said << tr("Nothing was sent.");
    }
    const QString text = said.join(u" · "_s);
    m_composer.showNote(wasHere || end.thread.isEmpty() ? text : end.thread + u": "_s + text, tone);
    look();
    if (wasHere && end.how == TurnEnd::How::Ran)
        m_composer.message()->setFocus();
}

void TurnDesk::drop()
{
    ++m_asked;
    m_usesRead.invalidate();
    m_tools.drop();
    m_turn.reset();
    m_turnThread.clear();
    setThread({});
}

} // namespace bobbin::ui
