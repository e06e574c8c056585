// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/composer.h"

#include "models/core/format.h"
#include "models/guard/policytext.h"
#include "ui/theme.h"
#include "ui/widgets/textlabel.h"
#include "ui/widgets/toolcallform.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto pauseOfTyping = 250ms;
constexpr int messageRows = 2, toolRows = 9;

QString stageText(Turn::Stage stage)
{
    switch (stage) {
    case Turn::Stage::Looking:
        return Composer::tr("looks at the thread…");
    case Turn::Stage::Asking:
        return Composer::tr("waits for you");
    case Turn::Stage::BackingOff:
        return Composer::tr("waits before it runs again");
    case Turn::Stage::Rotating:
        return Composer::tr("rotates the thread first…");
    case Turn::Stage::Sending:
        return Composer::tr("sends…");
    case Turn::Stage::Running:
        return Composer::tr("the run goes on…");
    case Turn::Stage::Answering:
        return Composer::tr("the run waits for its tool calls");
    case Turn::Stage::Cancelling:
        return Composer::tr("the run is being cancelled…");
    case Turn::Stage::Ended:
        break;
    }
    return {};
}

QString verdictText(const TurnOutlook &outlook)
{
    QStringList parts;
    for (const GuardRow &row : outlook.rows)
        parts << crossedText(row);
    const QString said = parts.join(u"; "_s);
    switch (outlook.verdict()) {
    case TurnVerdict::Free:
        return {};
    case TurnVerdict::Tells:
        return Composer::tr("Beyond the policy, which only tells: %1").arg(said);
    case TurnVerdict::Asks:
        return Composer::tr("The policy asks before it is sent: %1").arg(said);
    case TurnVerdict::Rotates:
        return Composer::tr("The thread is rotated first, and goes on in a new one: %1").arg(said);
    case TurnVerdict::Refuses:
        return Composer::tr("The policy refuses it: %1").arg(said);
    }
    return {};
}

} // namespace

Composer::Composer(QWidget *parent)
    : QWidget(parent), m_notice(new Notice), m_toolPlace(new QScrollArea), m_tools(new ToolCallForm),
      m_message(new QPlainTextEdit), m_expected(makeTextLabel()), m_status(new QLabel), m_policy(makeTextLabel()),
      m_assistant(new QComboBox), m_send(new QPushButton(tr("&Send"))), m_cancel(new QPushButton(tr("Cancel run"))),
      m_again(new QPushButton(tr("Run again safely"))), m_goOn(new QPushButton(tr("Go on"))),
      m_leave(new QPushButton(tr("Leave it"))), m_answer(new QPushButton(tr("Answer"))), m_attach(new QToolButton),
      m_commands(new QToolButton), m_newThread(new QToolButton)
{
    m_message->setPlaceholderText(tr("A message to this thread; Ctrl+Enter sends it"));
    m_message->setAccessibleName(tr("Message"));
    m_message->setTabChangesFocus(true);
    m_message->setFixedHeight(fontMetrics().lineSpacing() * (messageRows + 1));
    m_message->installEventFilter(this);
    m_assistant->setAccessibleName(tr("Assistant that answers"));
    m_assistant->setToolTip(tr("Who answers"));
    m_assistant->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_assistant->setMinimumContentsLength(18);
    m_newThread->setText(tr("In a new thread"));
    m_newThread->setCheckable(true);
    m_newThread->setToolTip(tr("Begin a thread with this message, instead of writing into the one above"));
    m_attach->setText(tr("Attach…"));
    m_attach->setToolTip(tr("A file for the assistant to search; what the server has is not uploaded again"));
    m_commands->setText(tr("Tools…"));
    m_commands->setToolTip(tr("Commands of yours that answer tool calls"));
    m_send->setToolTip(tr("Sends the message and runs the thread, as the policy allows"));
    m_again->setToolTip(tr("Looks at why the last run failed first, and runs it again where that is safe"));
    m_status->setTextFormat(Qt::PlainText);
    m_status->setAccessibleName(tr("State of the turn"));
    m_expected->setAccessibleName(tr("What it will read and cost"));
    m_policy->setAccessibleName(tr("What the policy says"));
    tint(*m_expected, QPalette::WindowText, Hue::Quiet);

    m_toolPlace->setWidget(m_tools);
    m_toolPlace->setWidgetResizable(true);
    m_toolPlace->setFrameShape(QFrame::NoFrame);
    m_toolPlace->setMaximumHeight(fontMetrics().lineSpacing() * toolRows);
    m_toolPlace->hide();

    auto *write = new QHBoxLayout;
    write->addWidget(m_message, 1);
    write->addWidget(m_toolPlace, 1);
    auto *buttons = new QVBoxLayout;
    for (QPushButton *button : {m_send, m_cancel, m_goOn, m_leave, m_answer}) {
        button->setAutoDefault(false);
        buttons->addWidget(button);
    }
    buttons->addStretch();
    write->addLayout(buttons);
    auto *with = new QHBoxLayout;
    with->addWidget(m_assistant);
    with->addWidget(m_newThread);
    with->addWidget(m_attach);
    with->addWidget(m_commands);
    with->addWidget(m_again);
    with->addStretch();
    with->addWidget(m_status);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(10, 4, 10, 6);
    column->setSpacing(4);
    column->addWidget(m_notice);
    column->addLayout(write);
    column->addWidget(m_policy);
    column->addWidget(m_expected);
    column->addLayout(with);

    m_pause.setSingleShot(true);
    m_pause.setInterval(pauseOfTyping);
    connect(&m_pause, &QTimer::timeout, this, &Composer::changed);
    connect(m_message, &QPlainTextEdit::textChanged, this, [this] {
        m_pause.start();
        refresh();
    });
    connect(m_assistant, &QComboBox::activated, this, [this] {
        m_pause.start();
        refresh();
    });
    connect(m_newThread, &QToolButton::toggled, this, [this](bool isNew) {
        m_message->setPlaceholderText(isNew ? tr("The first message of a new thread; Ctrl+Enter sends it")
                                            : tr("A message to this thread; Ctrl+Enter sends it"));
        m_outlook.reset();
        m_pause.start(0);
        refresh();
    });
    connect(m_attach, &QToolButton::clicked, this, &Composer::chooseFile);
    connect(m_commands, &QToolButton::clicked, this, &Composer::toolsWanted);
    connect(m_send, &QPushButton::clicked, this, &Composer::sendWanted);
    connect(m_again, &QPushButton::clicked, this, &Composer::againWanted);
    connect(m_goOn, &QPushButton::clicked, this, &Composer::goOnWanted);
    connect(m_answer, &QPushButton::clicked, this, &Composer::answerWanted);
    connect(m_notice, &Notice::actionClicked, this, &Composer::elsewhereWanted);
    for (QPushButton *button : {m_cancel, m_leave})
        connect(button, &QPushButton::clicked, this, &Composer::cancelWanted);
    m_countdown.setInterval(1s);
    connect(&m_countdown, &QTimer::timeout, this, [this] {
        m_left = std::max<qint64>(0, m_left - 1);
        refresh();
    });
    refresh();
}

bool Composer::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_message && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        const bool isEnter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
        if (isEnter && key->modifiers().testFlag(Qt::ControlModifier)) {
            if (m_send->isEnabled() && !m_send->isHidden())
                m_send->click();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void Composer::setThread(const QString &id, const QString &whyNot)
{
    m_whyNot = whyNot;
    if (m_thread != id) {
        m_thread = id;
        m_outlook.reset();
        m_notice->hide();
        m_assistant->setCurrentIndex(0);
        m_newThread->setChecked(false);
        setFile({});
        m_pause.start(0);
    }
    refresh();
}

void Composer::setAssistants(const std::vector<NamedCost> &assistants)
{
    const QString chosen = m_assistant->currentData().toString();
    m_assistant->clear();
    m_assistant->addItem(tr("who answered last"), QString());
    for (const NamedCost &one : assistants)
        m_assistant->addItem(format::visible(one.name.isEmpty() ? one.id : one.name), one.id);
    m_assistant->setCurrentIndex(std::max(0, m_assistant->findData(chosen)));
}

void Composer::setOutlook(const TurnOutlook &outlook)
{
    m_outlook = outlook;
    refresh();
}

void Composer::setBusyElsewhere(const QString &thread)
{
    const bool was = !m_elsewhere.isEmpty();
    m_elsewhere = thread;
    if (!thread.isEmpty())
        m_notice->show(tr("A turn is being taken on another thread."), Notice::Tone::Info, tr("Show it"));
    else if (was)
        m_notice->hide();
    refresh();
}

TurnAsked Composer::asked() const
{
    TurnAsked asked;
    if (!m_newThread->isChecked())
        asked.thread = m_thread;
    asked.assistant = m_assistant->currentData().toString();
    asked.text = m_message->toPlainText().trimmed();
    asked.file = m_file;
    return asked;
}

void Composer::setFile(const QString &path)
{
    m_file = path;
    m_attach->setText(path.isEmpty() ? tr("Attach…") : tr("Attached: %1").arg(QFileInfo(path).fileName().left(24)));
}

void Composer::chooseFile()
{
    if (!m_file.isEmpty()) { // once more takes it off
        setFile({});
        return;
    }
    auto *dialog = new QFileDialog(this, tr("Attach a file"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &Composer::setFile);
    dialog->open();
}

void Composer::setStage(Turn::Stage stage)
{
    m_stage = stage;
    if (stage != Turn::Stage::BackingOff)
        m_countdown.stop();
    if (stage != Turn::Stage::Answering && stage != Turn::Stage::Asking)
        showTools(false);
    m_status->setText(stageText(stage));
    refresh();
}

void Composer::showProgress(const TurnProgress &progress)
{
    int calls = 0;
    for (const StepContent &step : progress.steps)
        calls += int(step.calls.size());
    QString said = tr("%1, %2").arg(format::visible(progress.statusWord), format::duration(progress.sinceMs));
    if (calls > 0)
        said += tr(", %n tool call(s)", nullptr, calls);
    m_status->setText(said);
}

void Composer::showWait(qint64 seconds)
{
    m_left = seconds;
    m_countdown.start();
    refresh();
}

void Composer::showAdvice(const AgainAdvice &advice)
{
    showNote(againText(advice), advice.mayGo() ? Notice::Tone::Info : Notice::Tone::Warning);
    m_tools->show(advice.calls);
    showTools(!advice.calls.empty());
}

// In the place of the message, which cannot be written meanwhile.
void Composer::showTools(bool on)
{
    m_toolPlace->setVisible(on);
    m_message->setVisible(!on);
}

void Composer::showQuestion(const QString &text)
{
    showNote(text, Notice::Tone::Warning);
    m_leave->setFocus();
}

void Composer::showNote(const QString &text, Notice::Tone tone)
{
    m_notice->show(format::visible(text), tone);
}

void Composer::askTools(const std::vector<ToolCall> &calls)
{
    const bool hadFocus = m_message->hasFocus() || m_cancel->hasFocus();
    m_tools->ask(calls);
    showTools(true);
    m_answer->setText(tr("Answer %n tool call(s)", nullptr, int(calls.size())));
    if (hadFocus)
        m_tools->focusFirst();
}

void Composer::showOutput(const QString &callId, const QString &output)
{
    m_tools->setOutput(callId, output);
}

void Composer::sayOfTool(const QString &callId, const QString &text)
{
    m_tools->say(callId, text);
}

std::vector<ToolOutput> Composer::outputs() const
{
    return m_tools->outputs();
}

void Composer::sent()
{
    m_message->clear();
    m_newThread->setChecked(false);
    setFile({});
}

QString Composer::statusText() const
{
    return m_status->text();
}

QString Composer::expectation() const
{
    return m_expected->text();
}

// What can be pressed, and what is said beside it.
void Composer::refresh()
{
    const bool isNew = m_newThread->isChecked();
    const bool isPossible = m_whyNot.isEmpty() && (!m_thread.isEmpty() || isNew);
    const bool isFree = !isRunning() && m_elsewhere.isEmpty();
    const bool isAnswering = m_stage == Turn::Stage::Answering;
    const bool isAsking = m_stage == Turn::Stage::Asking;
    const auto verdict = m_outlook ? m_outlook->verdict() : TurnVerdict::Free;
    const bool isLocked = m_outlook && !m_outlook->activeRun.isEmpty() && !isNew;
    m_send->setVisible(!isRunning());
    m_send->setEnabled(isPossible && isFree && !asked().text.isEmpty() && verdict != TurnVerdict::Refuses && !isLocked);
    m_cancel->setVisible(isRunning() && !isAsking);
    m_cancel->setText(m_stage == Turn::Stage::Running || isAnswering || m_stage == Turn::Stage::Cancelling
                          ? tr("Cancel run")
                          : tr("Cancel"));
    m_cancel->setEnabled(m_stage != Turn::Stage::Cancelling);
    m_goOn->setVisible(isAsking);
    m_leave->setVisible(isAsking);
    m_answer->setVisible(isAnswering);
    m_again->setVisible(isFree && m_outlook && m_outlook->lastFailure != FailureClass::None && !isNew);
    for (QWidget *one : std::initializer_list<QWidget *>{m_message, m_assistant, m_newThread, m_attach})
        one->setEnabled(m_whyNot.isEmpty() && isFree && (!m_thread.isEmpty() || one != m_message || isNew));
    if (m_stage == Turn::Stage::BackingOff)
        m_status->setText(tr("runs again in %1 s").arg(m_left));
    if (!isRunning())
        m_status->clear();
    const QString said = !m_whyNot.isEmpty() ? m_whyNot
        : isLocked                           ? tr("The run %1 (%2) locks the thread.")
                         .arg(format::visible(m_outlook->activeRun), format::visible(m_outlook->activeStatus))
        : m_outlook && isPossible && !isRunning() ? outlookText(*m_outlook)
                                                  : QString();
    m_expected->setText(said);
    m_expected->setVisible(!said.isEmpty());
    const QString policy = m_outlook && !isRunning() ? verdictText(*m_outlook) : QString();
    m_policy->setText(policy);
    m_policy->setVisible(!policy.isEmpty());
    tint(*m_policy, QPalette::WindowText, verdict == TurnVerdict::Refuses ? Hue::Danger : Hue::Warning);
}

} // namespace bobbin::ui
