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
        m_turn->goOn();
    });
    connect(&composer, &Composer::answerWanted, this, &TurnDesk::answer);
    connect(&composer, &Composer::toolsWanted, this, &TurnDesk::editTools);
    connect(&composer, &Composer::elsewhereWanted, this, [this] { Q_EMIT threadWanted(m_turnThread); });
    connect(&m_tools, &ToolAnswers::running, this,
            [this](const ToolCall &call) { m_composer.sayOfTool(call.id, tr("its command runs…")); });
    connect(&m_tools, &ToolAnswers::handWanted, this,
            [this](const ToolCall &call, const QString &why) { m_composer.sayOfTool(call.id, why); });
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
    m_composer.setThread(id, whyNot);
    place();
    look();
}

void TurnDesk::place()
{
    const bool isElsewhere = m_turn && !isHere();
    m_composer.setBusyElsewhere(isElsewhere ? m_turnThread : QString());
    m_composer.setStage(isHere() ? m_turn->stage() : Turn::Stage::Ended);
}

void TurnDesk::look()
{
    const int asked = ++m_asked;
    const auto store = m_session.store();
    const TurnAsked turn = m_composer.asked();
    if (!store || !m_session.workspace() || m_turn || (turn.thread.isEmpty() && turn.assistant.isEmpty()))
        return;
    const auto show = [this, asked](const Result<TurnOutlook> &outlook) {
        if (asked == m_asked && outlook)
            m_composer.setOutlook(*outlook);
    };
    const bool isStopped = m_guard.state().stopped.has_value();
    const GuardPolicy policy = m_guard.policy();
    const std::vector<PolicyBudget> wanted = allBudgets(policy);
    const auto without = [isStopped](Result<TurnOutlook> outlook) {
        if (outlook && isStopped)
            outlook->rows.clear();
        return outlook;
    };
    if (wanted.empty() || !m_session.auditor() || !m_session.auditor()->hasLedger()) {
        whenDone(store->read([turn, policy, without](Reader &reader) {
            return without(readOutlook(reader, turn, policy, {}, nowMs()));
        }),
                 this, show);
        return;
    }
    whenDone(m_session.auditor()->withLedger(
                 [turn, policy, wanted, without](const Ledger &ledger, Reader &reader) -> Result<TurnOutlook> {
                     const auto uses = readUses(ledger, reader, wanted);
                     if (!uses)
                         return fail(uses.error());
                     return without(readOutlook(reader, turn, policy, *uses, nowMs()));
                 }),
             this, show);
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
    Turn *turn = m_turn.get();
    connect(turn, &Turn::staged, this, &TurnDesk::place);
    connect(turn, &Turn::advised, this, [this](const AgainAdvice &advice) {
        if (isHere())
            m_composer.showAdvice(advice);
    });
    connect(turn, &Turn::placed, this, [this](const QString &text) { m_composer.showNote(text); });
    connect(turn, &Turn::asks, this, [this](const std::vector<GuardRow> &rows, const QString &why) {
        QStringList said;
        for (const GuardRow &row : rows)
            said << crossedText(row);
        if (!why.isEmpty())
            said << why;
        m_composer.showQuestion(said.join(u"; "_s));
    });
    connect(turn, &Turn::waits, this, [this](qint64 seconds) { m_composer.showWait(seconds); });
    connect(turn, &Turn::moved, this, [this](const QString &from, const QString &to) {
        const bool wasHere = isHere();
        m_turnThread = to;
        if (wasHere)
            Q_EMIT threadWanted(to);
        m_composer.showNote(tr("%1 took over from %2: the turn goes on there.").arg(to, from));
    });
    connect(turn, &Turn::sent, this, [this](const QString &thread, const QString &) {
        const bool isNew = m_turnThread.isEmpty();
        m_composer.sent();
        m_turnThread = thread;
        if (isNew)
            Q_EMIT threadWanted(thread);
        place();
    });
    connect(turn, &Turn::progressed, this, [this](const TurnProgress &progress) {
        if (isHere())
            m_composer.showProgress(progress);
    });
    connect(turn, &Turn::toolsWanted, this, [this](const std::vector<ToolCall> &calls) {
        m_composer.askTools(calls);
        m_tools.ask(calls);
    });
    connect(turn, &Turn::noted, this, [this](const GuardRow &row) {
        if (row.state != GuardState::Told) // that was said before it was sent
            m_composer.showNote(guardSentence(row), Notice::Tone::Warning);
    });
    connect(turn, &Turn::blind, this,
            [this](const Error &error) { m_composer.showNote(errorText(error).line(), Notice::Tone::Warning); });
    connect(turn, &Turn::ended, this, &TurnDesk::ended, Qt::QueuedConnection); // which takes its sender away
    return *m_turn;
}

void TurnDesk::send()
{
    if (m_turn || !m_session.workspace())
        return;
    const TurnAsked asked = m_composer.asked();
    m_turnThread = asked.thread;
    make().start(asked);
}

void TurnDesk::again()
{
    if (m_turn || !m_session.workspace() || m_shown.isEmpty())
        return;
    m_turnThread = m_shown;
    make().runAgain(m_shown);
}

void TurnDesk::answer()
{
    for (const ToolOutput &output : m_composer.outputs())
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
    m_tools.drop();
    m_turn.reset();
    m_turnThread.clear();
    setThread({});
}

} // namespace bobbin::ui
