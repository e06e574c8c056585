// SPDX-License-Identifier: GPL-3.0-or-later
// Why a thread is locked: which run, which step, which tool call is unanswered for how long, when it expires; and the
// safe acts: cancel, wait, or answer the calls.
#pragma once

#include "models/operations/operations.h"

#include <QDialog>

class QPushButton;

namespace bobbin::ui {

class ToolCallForm;

class StuckRunDialog : public QDialog {
    Q_OBJECT
public:
    enum class Act { Wait, CancelRun, Answer, Rotate };
    StuckRunDialog(const StuckRun &run, const Operations &operations, QWidget *parent);
    [[nodiscard]] Act act() const { return m_act; }
    [[nodiscard]] std::vector<ToolOutput> outputs() const; // one a call, in their order; may be empty texts
    [[nodiscard]] QPushButton *answerButton() const { return m_answer; }

private:
    ToolCallForm *m_calls;
    Act m_act = Act::Wait;
    QPushButton *m_answer = nullptr;

    void choose(Act act);
};

} // namespace bobbin::ui
