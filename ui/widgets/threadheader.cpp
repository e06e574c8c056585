// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/threadheader.h"

#include "models/core/clock.h"
#include "models/core/format.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

QLabel *plain()
{
    auto *label = new QLabel;
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    label->setFocusPolicy(Qt::NoFocus);
    label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // gives way in a narrow window
    return label;
}

QToolButton *button(const QString &text, const QString &tip)
{
    auto *made = new QToolButton;
    made->setText(text);
    made->setToolTip(tip);
    made->setAccessibleName(tip);
    made->setAutoRaise(true);
    return made;
}

} // namespace

ThreadHeader::ThreadHeader(QWidget *parent)
    : QWidget(parent), m_title(plain()), m_facts(plain()), m_id(plain()), m_link(plain()),
      m_copy(button(tr("Copy id"), tr("Copy the thread's id"))), m_open(button(tr("Open"), tr("Open that thread"))),
      m_copyLink(button(tr("Copy id"), tr("Copy that thread's id")))
{
    QFont strong = m_title->font();
    strong.setWeight(QFont::DemiBold);
    m_title->setFont(strong);
    m_facts->setForegroundRole(QPalette::PlaceholderText);
    m_id->setForegroundRole(QPalette::PlaceholderText);
    auto *first = new QHBoxLayout;
    first->addWidget(m_title, 3);
    first->addWidget(m_id, 2);
    first->addWidget(m_copy);
    auto *second = new QHBoxLayout;
    second->addWidget(m_facts, 3);
    second->addWidget(m_link, 2);
    second->addWidget(m_open);
    second->addWidget(m_copyLink);
    m_id->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_link->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(12, 6, 12, 2);
    column->setSpacing(2);
    column->addLayout(first);
    column->addLayout(second);
    connect(m_copy, &QToolButton::clicked, this, [this] { QApplication::clipboard()->setText(m_thread.id); });
    connect(m_copyLink, &QToolButton::clicked, this, [this] { QApplication::clipboard()->setText(linked()); });
    connect(m_open, &QToolButton::clicked, this, [this] { Q_EMIT threadWanted(linked()); });
    clear();
}

QString ThreadHeader::linked() const
{
    return m_thread.rotatedTo.isEmpty() ? m_thread.rotatedFrom : m_thread.rotatedTo;
}

void ThreadHeader::clear()
{
    m_thread = {};
    for (QLabel *label : {m_title, m_facts, m_id, m_link})
        label->clear();
    m_title->setText(tr("No thread is selected"));
    for (QToolButton *one : {m_copy, m_open, m_copyLink})
        one->hide();
}

void ThreadHeader::show(const ThreadRow &thread)
{
    m_thread = thread;
    m_title->setText(format::visible(thread.title.isEmpty() ? thread.id : thread.title));
    m_id->setText(format::visible(thread.id));
    m_copy->show();
    QStringList facts;
    if (!thread.assistant.isEmpty())
        facts << format::visible(thread.assistant);
    if (thread.gone)
        facts << tr("gone from the server, kept here");
    else if (thread.activeRuns > 0)
        facts << tr("%n run(s) active", nullptr, int(thread.activeRuns));
    if (!thread.syncedAt && !thread.runs)
        facts << tr("not read yet");
    else
        facts << tr("%n turn(s)", nullptr, int(thread.turns.value_or(0))) << format::money(thread.cost);
    if (thread.lastActiveAt)
        facts << tr("last active %1").arg(format::age(thread.lastActiveAt, nowMs()));
    m_facts->setText(facts.join(u" · "_s));
    m_link->setText(!thread.rotatedTo.isEmpty() ? tr("rotated to %1").arg(format::visible(thread.rotatedTo))
                        : !thread.rotatedFrom.isEmpty()
                        ? tr("took over from %1").arg(format::visible(thread.rotatedFrom))
                        : QString());
    m_open->setVisible(!linked().isEmpty());
    m_copyLink->setVisible(!linked().isEmpty());
}

} // namespace bobbin::ui
