// SPDX-License-Identifier: GPL-3.0-or-later
// The operation that is going on, or has just ended: how far, how long still, Pause and Cancel; then what came of it,
// and Undo.
#pragma once

#include "models/domain/rows.h"
#include "models/operations/control.h"

#include <QFrame>

class QLabel;
class QProgressBar;
class QPushButton;

namespace bobbin::ui {

class OperationBar : public QFrame {
    Q_OBJECT
public:
    explicit OperationBar(QWidget *parent = nullptr);

    void showProgress(const OperationProgress &progress, const QString &title);
    void showEnd(const OperationRow &row, const QString &result, bool canUndo);
    void showInterrupted(RowKey operation, const QString &title);
    [[nodiscard]] RowKey operation() const { return m_operation; }
    [[nodiscard]] QString text() const;

Q_SIGNALS:
    void pauseWanted(bobbin::RowKey operation);
    void resumeWanted(bobbin::RowKey operation);
    void cancelWanted(bobbin::RowKey operation);
    void undoWanted(bobbin::RowKey operation);
    void retryWanted(bobbin::RowKey operation);
    void finishWanted(bobbin::RowKey operation);
    void takeBackWanted(bobbin::RowKey operation);
    void detailsWanted(bobbin::RowKey operation);

private:
    QLabel *m_text;
    QProgressBar *m_progress;
    QPushButton *m_first, *m_second, *m_details, *m_close;
    RowKey m_operation = 0;
    enum class Says { Nothing, Pause, Resume, Cancel, Undo, Retry, Finish, TakeBack };
    Says m_firstSays = Says::Nothing, m_secondSays = Says::Nothing;

    void offer(Says first, Says second);
    void say(Says what);
    static QString word(Says what);
};

} // namespace bobbin::ui
