// SPDX-License-Identifier: GPL-3.0-or-later
// Where a person writes a message, sees beforehand what its turn will read and cost, sends it, follows the run, answers
// its tool calls. Shows what it is told; what comes of it is its owner's.
#pragma once

#include "models/domain/rows.h"
#include "models/turns/turn.h"
#include "ui/widgets/notice.h"

#include <QTimer>

class QComboBox;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QScrollArea;
class QToolButton;

namespace bobbin::ui {

class ToolCallForm;

class Composer : public QWidget {
    Q_OBJECT
public:
    explicit Composer(QWidget *parent = nullptr);

    void setThread(const QString &id,
                   const QString &whyNot = {}); // whyNot: turns cannot be taken there; empty: they can
    void setAssistants(const std::vector<NamedCost> &assistants);
    void setOutlook(const TurnOutlook &outlook);
    void setBusyElsewhere(const QString &thread); // a turn runs on that one; empty: none does
    [[nodiscard]] TurnAsked asked() const;
    [[nodiscard]] const QString &thread() const { return m_thread; }

    void setStage(Turn::Stage stage);
    void showProgress(const TurnProgress &progress);
    void showWait(qint64 seconds);
    void showAdvice(const AgainAdvice &advice);
    void showQuestion(const QString &text); // go on, or leave it?
    void showNote(const QString &text, Notice::Tone tone = Notice::Tone::Info);
    void askTools(const std::vector<ToolCall> &calls);
    void sayOfTool(const QString &callId, const QString &text);
    void showOutput(const QString &callId, const QString &output); // that its command gave
    void sent(); // the message is with the server: it is not here any more
    [[nodiscard]] std::vector<ToolOutput> outputs() const;

    [[nodiscard]] QPlainTextEdit *message() const { return m_message; }
    [[nodiscard]] QPushButton *sendButton() const { return m_send; }
    [[nodiscard]] QPushButton *cancelButton() const { return m_cancel; }
    [[nodiscard]] QPushButton *againButton() const { return m_again; }
    [[nodiscard]] QPushButton *goOnButton() const { return m_goOn; }
    [[nodiscard]] QPushButton *leaveButton() const { return m_leave; }
    [[nodiscard]] QPushButton *answerButton() const { return m_answer; }
    [[nodiscard]] ToolCallForm *tools() const { return m_tools; }
    [[nodiscard]] Notice *notice() const { return m_notice; }
    [[nodiscard]] QString statusText() const;
    [[nodiscard]] QString expectation() const;
    void setFile(const QString &path); // to be attached; empty: none

Q_SIGNALS:
    void changed(); // what would be sent; not more often than a person pauses
    void sendWanted();
    void againWanted();
    void cancelWanted();
    void goOnWanted();
    void answerWanted();
    void toolsWanted(); // the commands that answer calls
    void elsewhereWanted();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QString m_thread, m_whyNot, m_elsewhere, m_file;
    std::optional<TurnOutlook> m_outlook;
    Turn::Stage m_stage = Turn::Stage::Ended;
    bool m_isAsking = false;
    Notice *m_notice;
    QScrollArea *m_toolPlace;
    ToolCallForm *m_tools;
    QPlainTextEdit *m_message;
    QLabel *m_expected, *m_status, *m_policy;
    QComboBox *m_assistant;
    QPushButton *m_send, *m_cancel, *m_again, *m_goOn, *m_leave, *m_answer;
    QToolButton *m_attach, *m_commands, *m_newThread;
    QTimer m_pause, m_countdown;
    qint64 m_left = 0; // seconds

    void refresh();
    void showTools(bool on);
    void chooseFile();
    [[nodiscard]] bool isRunning() const { return m_stage != Turn::Stage::Ended; }
};

} // namespace bobbin::ui
