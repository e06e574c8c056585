// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/guardpage.h"

#include "models/core/clock.h"
#include "models/core/days.h"
#include "models/core/errortext.h"
#include "models/core/format.h"
#include "ui/pages/guard/policyview.h"
#include "ui/theme.h"
#include "ui/widgets/textlabel.h"

#include <QCheckBox>
#include <QClipboard>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

QLineEdit *shownText(const QString &name)
{
    auto *line = new QLineEdit;
    line->setReadOnly(true);
    line->setAccessibleName(name);
    return line;
}

} // namespace

GuardPage::GuardPage(GuardDesk &desk, QWidget *parent)
    : QWidget(parent), m_desk(desk), m_watch(new QCheckBox(tr("&Watch this connection"))),
      m_gateway(new QCheckBox(tr("&Gateway on this computer"))),
      m_ownKey(new QCheckBox(tr("with this connection's key"))), m_watchState(makeTextLabel()),
      m_gatewayState(makeTextLabel()), m_stopState(makeTextLabel()),
      m_address(shownText(tr("Base URL of the gateway"))), m_stop(new QPushButton),
      m_copyAddress(new QPushButton(tr("Copy"))), m_copyToken(new QPushButton(tr("Copy token"))), m_port(new QSpinBox),
      m_policy(new PolicyView), m_today(makeTextLabel()),
      m_question(
          this,
          []() -> LedgerQuestion<GuardSummary>::Compute {
              return [](const Ledger &ledger, Reader &reader) {
                  return readSummary(ledger, reader, startOfLastDays(1, nowMs()));
              };
          },
          [this](const GuardSummary &summary) { m_today->setText(tr("Today (UTC): %1").arg(summaryText(summary))); },
          [this](const Error &error) { m_today->setText(errorText(error).line()); })
{
    auto *line = new QWidget;
    line->setFixedHeight(1);
    line->setAutoFillBackground(true);
    tint(*line, QPalette::Window, Hue::Line);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeStrip());
    column->addWidget(line);
    column->addWidget(m_policy, 1);
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    connect(m_watch, &QCheckBox::clicked, &m_desk, [this](bool on) { m_desk.setWatching(on); });
    connect(m_gateway, &QCheckBox::clicked, &m_desk,
            [this](bool on) { m_desk.setGateway(on, quint16(m_port->value()), m_ownKey->isChecked()); });
    connect(m_stop, &QPushButton::clicked, &m_desk, [this] { m_desk.setStopped(!m_desk.state().stopped); });
    connect(m_copyAddress, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_address->text()); });
    connect(m_copyToken, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_desk.state().token); });
    connect(&m_desk, &GuardDesk::changed, this, &GuardPage::tell);
    tell();
}

QWidget *GuardPage::makeStrip()
{
    for (QCheckBox *box : {m_watch, m_gateway}) {
        QFont strong = box->font();
        strong.setWeight(QFont::DemiBold);
        box->setFont(strong);
    }
    m_port->setRange(0, 65'535);
    m_port->setSpecialValueText(tr("any port"));
    m_port->setPrefix(tr("port "));
    m_port->setAccessibleName(tr("Port of the gateway"));
    m_ownKey->setToolTip(tr("Callers send a token that is made anew each time, and never see the key. Otherwise they "
                            "send a key of the server themselves; it is passed on and not kept."));
    auto *address = new QHBoxLayout;
    address->setSpacing(12);
    address->addWidget(m_gatewayState, 1);
    address->addWidget(m_port);
    address->addWidget(m_ownKey);
    address->addWidget(m_address, 2);
    address->addWidget(m_copyAddress);
    address->addWidget(m_copyToken);
    auto *strip = new QWidget;
    auto *grid = new QGridLayout(strip);
    grid->setContentsMargins(16, 12, 16, 12);
    grid->setHorizontalSpacing(16);
    grid->setVerticalSpacing(8);
    grid->addWidget(m_watch, 0, 0);
    grid->addWidget(m_watchState, 0, 1);
    grid->addWidget(m_stop, 0, 2);
    grid->addWidget(m_gateway, 1, 0);
    grid->addLayout(address, 1, 1, 1, 2);
    grid->addWidget(m_stopState, 2, 0, 1, 3);
    grid->addWidget(m_today, 3, 0, 1, 3);
    m_today->setForegroundRole(QPalette::PlaceholderText);
    grid->setColumnStretch(1, 1);
    return strip;
}

QString GuardPage::watchWords(const GuardDesk::State &state) const
{
    switch (state.watching) {
    case GuardDesk::Watching::Off:
        if (!state.problem.isEmpty())
            return state.problem;
        return state.possible ? tr("Off. Turned on, it follows runs closely and says where they go beyond the policy.")
                              : tr("Open a connection with a server first.");
    case GuardDesk::Watching::Asking:
        return tr("Looking at what the policy would have done…");
    case GuardDesk::Watching::Starting:
        return tr("Starting…");
    case GuardDesk::Watching::On:
        return state.acts ? tr("It watches, and acts as the policy says.") : tr("It watches, and only tells.");
    case GuardDesk::Watching::Blind:
        return tr("It cannot see, and does nothing: %1").arg(state.problem);
    case GuardDesk::Watching::Stopping:
        return tr("Ending; what was begun is finished first…");
    }
    return {};
}

void GuardPage::tell()
{
    const GuardDesk::State state = m_desk.state();
    const bool on = state.watching != GuardDesk::Watching::Off;
    const bool line = !state.address.isEmpty();
    m_watch->setChecked(on);
    m_watch->setEnabled(state.possible && !state.wantsGateway);
    m_watch->setToolTip(state.wantsGateway ? tr("The gateway watches besides") : QString());
    m_watchState->setText(watchWords(state));
    tint(*m_watchState, QPalette::WindowText,
         state.watching == GuardDesk::Watching::Blind ? Hue::Danger
             : !state.problem.isEmpty()               ? Hue::Warning
             : on                                     ? Hue::Text
                                                      : Hue::Quiet);
    m_gateway->setChecked(state.wantsGateway);
    m_gateway->setEnabled(state.possible);
    const bool between = !line && (state.wantsGateway || m_desk.gateway());
    m_gatewayState->setText(
        line          ? tr("Base URL for programs:")
            : between ? (state.wantsGateway ? tr("Starting…") : tr("Ending; what runs is answered…"))
                      : tr("Off. In the line, it refuses what the policy does not allow before it costs anything."));
    tint(*m_gatewayState, QPalette::WindowText, line ? Hue::Text : Hue::Quiet);
    m_address->setText(state.address);
    m_address->setVisible(line);
    m_copyAddress->setVisible(line);
    m_copyToken->setToolTip(tr("Callers send it as their key"));
    m_copyToken->setVisible(!state.token.isEmpty());
    m_port->setVisible(!line && !between);
    m_ownKey->setVisible(!line && !between);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_port, m_ownKey})
        widget->setEnabled(state.possible);
    m_stop->setText(state.stopped ? tr("Let guarding go on") : tr("Stop all guarding"));
    m_stop->setToolTip(
        tr("In this window and in every other Bobbin of yours, at once: what is seen is told, nothing is "
           "done, nothing is refused"));
    m_stopState->setText(state.stopped ? tr("All guarding is stopped since %1. %2")
                                             .arg(state.stopped->since, format::visible(state.stopped->reason))
                                             .trimmed()
                                       : QString());
    m_stopState->setVisible(state.stopped.has_value());
    tint(*m_stopState, QPalette::WindowText, Hue::Danger);
    m_policy->setKeepable(m_desk.keepsPolicy());
}

void GuardPage::setAuditor(Auditor *auditor)
{
    m_today->clear();
    m_question.setAuditor(auditor);
}

void GuardPage::ledgerChanged()
{
    m_question.refresh();
    m_policy->ledgerChanged();
}

void GuardPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_question.seen();
}

void GuardPage::policyChanged()
{
    m_policy->setPolicy(m_desk.policy(), m_desk.problems());
}

} // namespace bobbin::ui
