// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/stuckrundialog.h"

#include "models/core/format.h"
#include "ui/theme.h"
#include "ui/widgets/toolcallform.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

QLabel *plain(const QString &text)
{
    auto *label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

} // namespace

StuckRunDialog::StuckRunDialog(const StuckRun &run, const Operations &operations, QWidget *parent)
    : QDialog(parent), m_calls(new ToolCallForm)
{
    setWindowTitle(tr("Why is this thread locked?"));
    resizeWithin(*this, {760, 520});
    auto *about = plain(run.text);
    QFont strong = about->font();
    strong.setWeight(QFont::DemiBold);
    about->setFont(strong);
    auto *facts = new QFormLayout;
    facts->addRow(tr("Run"), plain(run.runId));
    facts->addRow(tr("Status"), plain(run.statusWord));
    facts->addRow(tr("Age"), plain(format::duration(run.ageMs)));
    if (!run.stepId.isEmpty())
        facts->addRow(tr("Open step"), plain(run.stepId));
    if (run.waitsMs)
        facts->addRow(tr("Unanswered for"), plain(format::duration(run.waitsMs)));
    const bool overdue = run.expiresInMs && *run.expiresInMs < 0;
    facts->addRow(overdue ? tr("Expired") : tr("Expires in"),
                  plain(overdue               ? tr("%1 ago, by its own word").arg(format::duration(-*run.expiresInMs))
                            : run.expiresInMs ? format::duration(run.expiresInMs)
                                              : format::unknown()));

    m_calls->ask(run.unanswered);
    auto *calls = new QWidget;
    auto *callColumn = new QVBoxLayout(calls);
    callColumn->setContentsMargins(0, 0, 0, 0);
    callColumn->addWidget(m_calls);
    callColumn->addStretch();
    auto *scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(calls);

    auto *buttons = new QDialogButtonBox;
    QPushButton *wait = buttons->addButton(tr("Wait"), QDialogButtonBox::RejectRole);
    QPushButton *cancel = buttons->addButton(tr("Cancel run"), QDialogButtonBox::ActionRole);
    m_answer = buttons->addButton(tr("Answer %n tool call(s)", nullptr, int(run.unanswered.size())),
                                  QDialogButtonBox::ActionRole);
    QPushButton *rotate = buttons->addButton(tr("Rotate from what is known…"), QDialogButtonBox::ActionRole);
    rotate->setVisible(run.dead);
    rotate->setToolTip(tr("A new thread takes over; the old one stays locked. Shows the plan first"));
    connect(rotate, &QPushButton::clicked, this, [this] { choose(Act::Rotate); });
    m_answer->setVisible(!run.unanswered.empty());
    wait->setToolTip(tr("Do nothing; the run is followed in the table"));
    const bool active = isActive(run.status);
    cancel->setEnabled(active && run.status != RunStatus::Cancelling);
    cancel->setToolTip(cancel->isEnabled() ? tr("Ask it to stop, and follow it to its end")
                           : active        ? tr("It was asked to stop already")
                                           : tr("It has ended"));
    m_answer->setEnabled(run.status == RunStatus::RequiresAction && !run.unanswered.empty());
    m_answer->setToolTip(m_answer->isEnabled() ? tr("Submits all outputs at once, as the protocol wants it")
                                               : tr("No tool call waits for an answer"));
    for (const auto &[button, feature] :
         {std::pair(cancel, Feature::CancelRuns), std::pair(m_answer, Feature::AnswerTools)})
        if (const QString why = operations.whyNot(feature); !why.isEmpty()) {
            button->setEnabled(false);
            button->setToolTip(why);
        }
    connect(wait, &QPushButton::clicked, this, &QDialog::reject);
    connect(cancel, &QPushButton::clicked, this, [this] { choose(Act::CancelRun); });
    connect(m_answer, &QPushButton::clicked, this, [this] { choose(Act::Answer); });

    auto *column = new QVBoxLayout(this);
    column->addWidget(about);
    column->addLayout(facts);
    column->addWidget(scroll, 1);
    column->addWidget(buttons);
    wait->setDefault(true);
    wait->setFocus();
}

void StuckRunDialog::choose(Act act)
{
    m_act = act;
    accept();
}

std::vector<ToolOutput> StuckRunDialog::outputs() const
{
    return m_calls->outputs();
}

} // namespace bobbin::ui
