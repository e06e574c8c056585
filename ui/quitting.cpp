// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/quitting.h"

#include <QMessageBox>
#include <QPushButton>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

Quitting::Quitting(Session &session, QWidget *window) : QObject(window), m_session(session), m_window(window)
{
}

bool Quitting::mayClose()
{
    Workspace *workspace = m_session.workspace();
    if (!workspace || !workspace->operations().anyRunning())
        return true;
    if (m_waits)
        return false;
    switch (ask()) {
    case Choice::Now:
        return true;
    case Choice::Stay:
        return false;
    case Choice::Later:
        break;
    }
    waitFor(workspace->operations());
    if (!workspace->operations().anyRunning()) // it ended while the question stood
        return true;
    m_window->hide();
    return false;
}

Quitting::Choice Quitting::ask() const
{
    QMessageBox box(
        QMessageBox::Question, tr("Quit Bobbin"),
        tr("An operation is under way. If it is stopped now, nothing is lost: the next start offers to finish "
           "it or to take it back."),
        QMessageBox::NoButton, m_window);
    box.setObjectName(u"quitting"_s);
    const QPushButton *later = box.addButton(tr("Quit when it has ended"), QMessageBox::AcceptRole);
    const QPushButton *now = box.addButton(tr("Stop it and quit"), QMessageBox::DestructiveRole);
    QPushButton *stay = box.addButton(tr("Stay"), QMessageBox::RejectRole);
    box.setDefaultButton(stay);
    box.setEscapeButton(stay);
    box.exec();
    if (box.clickedButton() == later)
        return Choice::Later;
    return box.clickedButton() == now ? Choice::Now : Choice::Stay;
}

void Quitting::waitFor(Operations &operations)
{
    m_waits = true;
    connect(&operations, &Operations::ended, this, [this] {
        if (m_waits && !m_session.workspace()->operations().anyRunning())
            Q_EMIT over();
    });
    connect(&operations, &Operations::progressed, this, [this](const OperationProgress &progress) {
        // Out of sight nobody can enter a key or see that the network is gone.
        if (m_waits &&
            (progress.state == OperationProgress::State::Asking || progress.state == OperationProgress::State::Waiting))
            stopWaiting();
    });
}

void Quitting::stopWaiting()
{
    m_waits = false;
    m_session.workspace()->operations().disconnect(this);
    m_window->show();
    m_window->raise();
    m_window->activateWindow();
}

} // namespace bobbin::ui
