// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/operationbar.h"

#include "models/core/clock.h"
#include "models/core/errortext.h"
#include "models/core/format.h"
#include "ui/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

OperationBar::OperationBar(QWidget *parent)
    : QFrame(parent), m_text(new QLabel), m_progress(new QProgressBar), m_first(new QPushButton),
      m_second(new QPushButton), m_details(new QPushButton(tr("Details"))), m_close(new QPushButton(u"✕"_s))
{
    setObjectName(u"operationBar"_s);
    setAutoFillBackground(true);
    tint(*this, QPalette::Window, Hue::Accent, 28);
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_progress->setFixedWidth(180);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Progress of the operation"));
    m_details->setToolTip(tr("Show its steps and outcomes in Activity"));
    m_close->setFlat(true);
    m_close->setAccessibleName(tr("Close this message"));
    m_close->setFixedWidth(fontMetrics().horizontalAdvance(u"✕✕✕"_s));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(10, 6, 6, 6);
    row->addWidget(m_text, 1);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_progress, m_first, m_second, m_details, m_close})
        row->addWidget(widget);
    connect(m_first, &QPushButton::clicked, this, [this] { say(m_firstSays); });
    connect(m_second, &QPushButton::clicked, this, [this] { say(m_secondSays); });
    connect(m_details, &QPushButton::clicked, this, [this] { Q_EMIT detailsWanted(m_operation); });
    connect(m_close, &QPushButton::clicked, this, &QWidget::hide);
    hide();
}

QString OperationBar::word(Says what)
{
    switch (what) {
    case Says::Pause:
        return tr("Pause");
    case Says::Resume:
        return tr("Go on");
    case Says::Cancel:
        return tr("Cancel");
    case Says::Undo:
        return tr("Undo");
    case Says::Retry:
        return tr("Retry failed");
    case Says::Finish:
        return tr("Finish it");
    case Says::TakeBack:
        return tr("Take it back");
    case Says::Nothing:
        break;
    }
    return {};
}

void OperationBar::offer(Says first, Says second)
{
    m_firstSays = first;
    m_secondSays = second;
    m_first->setText(word(first));
    m_second->setText(word(second));
    m_first->setVisible(first != Says::Nothing);
    m_second->setVisible(second != Says::Nothing);
}

void OperationBar::say(Says what)
{
    switch (what) {
    case Says::Pause:
        Q_EMIT pauseWanted(m_operation);
        break;
    case Says::Resume:
        Q_EMIT resumeWanted(m_operation);
        break;
    case Says::Cancel:
        Q_EMIT cancelWanted(m_operation);
        break;
    case Says::Undo:
        Q_EMIT undoWanted(m_operation);
        break;
    case Says::Retry:
        Q_EMIT retryWanted(m_operation);
        break;
    case Says::Finish:
        Q_EMIT finishWanted(m_operation);
        break;
    case Says::TakeBack:
        Q_EMIT takeBackWanted(m_operation);
        break;
    case Says::Nothing:
        break;
    }
}

QString OperationBar::text() const
{
    return m_text->text();
}

void OperationBar::showProgress(const OperationProgress &p, const QString &title)
{
    using State = OperationProgress::State;
    m_operation = p.operation;
    m_progress->setMaximum(int(std::max<qint64>(1, p.total)));
    m_progress->setValue(int(p.settled()));
    QString text = tr("%1: %2 of %3").arg(title, format::count(p.settled()), format::count(p.total));
    if (p.failed > 0)
        text += u", "_s + tr("%1 failed").arg(format::count(p.failed));
    if (p.state == State::Running && p.restMs && p.settled() < p.total)
        text += u", "_s + tr("about %1 left").arg(format::duration(p.restMs));
    if (p.state == State::Paused)
        text += u" · "_s + tr("paused");
    if (p.state == State::Waiting && p.error)
        text += u" · "_s + tr("waiting: %1").arg(errorText(*p.error).what);
    if (p.waits && p.state != State::Paused && p.state != State::Asking)
        text += u" · "_s +
            tr("%1, for %2: %3")
                .arg(p.waits->what, format::duration(std::max<qint64>(0, nowMs() - p.waits->sinceMs)), p.waits->next);
    if (p.state == State::Asking && p.error)
        text += u" · "_s + errorText(*p.error).line();
    m_text->setText(text);
    m_progress->setVisible(true);
    const bool halted = p.state == State::Paused || p.state == State::Asking;
    offer(halted ? Says::Resume : Says::Pause, Says::Cancel);
    m_close->setVisible(false);
    show();
}

void OperationBar::showEnd(const OperationRow &row, const QString &result, bool canUndo)
{
    m_operation = row.key;
    m_text->setText(result);
    m_progress->setVisible(false);
    offer(row.failed > 0 ? Says::Retry : Says::Nothing, canUndo ? Says::Undo : Says::Nothing);
    m_close->setVisible(true);
    show();
}

void OperationBar::showInterrupted(RowKey operation, const QString &title)
{
    m_operation = operation;
    m_text->setText(
        tr("“%1” was interrupted. Bobbin can look up what became of it and finish it, or take it back.").arg(title));
    m_progress->setVisible(false);
    offer(Says::Finish, Says::TakeBack);
    m_close->setVisible(true);
    show();
}

} // namespace bobbin::ui
