// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/threadheader.h"

#include "models/core/clock.h"
#include "models/core/format.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

ThreadHeader::ThreadHeader(QWidget *parent)
    : ObjectHeader(tr("No thread is selected"), parent), m_link(plainLabel()),
      m_open(plainButton(tr("Open"), tr("Open that thread"))),
      m_copyLink(plainButton(tr("Copy id"), tr("Copy that thread's id")))
{
    m_link->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    secondLine()->addWidget(m_link, 2);
    secondLine()->addWidget(m_open);
    secondLine()->addWidget(m_copyLink);
    connect(m_copyLink, &QToolButton::clicked, this, [this] { QApplication::clipboard()->setText(m_linked); });
    connect(m_open, &QToolButton::clicked, this, [this] { Q_EMIT threadWanted(m_linked); });
    link({}, {});
}

void ThreadHeader::clear()
{
    ObjectHeader::clear();
    link({}, {});
}

void ThreadHeader::showThread(const ThreadRow &thread, const QString &cause)
{
    QStringList facts;
    if (!thread.assistant.isEmpty())
        facts << thread.assistant;
    if (thread.gone)
        facts << tr("gone from the server, kept here");
    else if (thread.activeRuns > 0)
        facts << tr("%n run(s) active", nullptr, int(thread.activeRuns));
    if (!thread.syncedAt && !thread.runs)
        facts << tr("not read yet");
    else
        facts << tr("%n turn(s)", nullptr, int(thread.turns.value_or(0)));
    if (thread.lastActiveAt)
        facts << tr("last active %1").arg(format::age(thread.lastActiveAt, nowMs()));
    if (thread.syncedAt || thread.runs)
        facts << (cause.isEmpty() ? format::money(thread.cost) : cause);
    show(thread.title.isEmpty() ? thread.id : thread.title, thread.id, facts.join(u" · "_s));
    if (!thread.restoredAs.isEmpty())
        link(tr("restored as %1"), thread.restoredAs);
    else if (!thread.rotatedTo.isEmpty())
        link(tr("rotated to %1"), thread.rotatedTo);
    else if (!thread.restoredFrom.isEmpty())
        link(tr("restored from %1"), thread.restoredFrom);
    else
        link(tr("took over from %1"), thread.rotatedFrom);
}

void ThreadHeader::link(const QString &text, const QString &thread)
{
    m_linked = thread;
    m_link->setText(thread.isEmpty() ? QString() : text.arg(format::visible(thread)));
    m_link->setVisible(!thread.isEmpty());
    m_open->setVisible(!thread.isEmpty());
    m_copyLink->setVisible(!thread.isEmpty());
}

} // namespace bobbin::ui
