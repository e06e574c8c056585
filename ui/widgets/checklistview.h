// SPDX-License-Identifier: GPL-3.0-or-later
// An assistant's checklist: each point with what was measured, its evidence and the button that helps; and how many
// tool steps its runs take.
#pragma once

#include "models/checklist/checklist.h"
#include "models/session/auditor.h"
#include "ui/ledgerquestion.h"

#include <QPointer>
#include <QWidget>

class QLabel;
class QPushButton;
class QTableWidget;

namespace bobbin::ui {

class EvidenceList;
class StackChart;

class ChecklistView : public QWidget {
    Q_OBJECT
public:
    explicit ChecklistView(QWidget *parent = nullptr);
    void setAuditor(Auditor *auditor); // null: nothing is open
    void setAssistant(std::optional<RowKey> assistant);
    void setLimits(const LimitSet &limits);
    void setBudgets(const std::vector<Budget> &budgets);
    [[nodiscard]] QTableWidget *table() const { return m_table; }
    [[nodiscard]] EvidenceList *evidence() const { return m_evidence; }
    [[nodiscard]] QLabel *headline() const { return m_headline; }
    [[nodiscard]] QPushButton *ceiling() const { return m_recommended; }

Q_SIGNALS:
    void rotateWanted(const std::vector<bobbin::RowKey> &threads);
    void helpWanted(bobbin::CheckHelp help, const QByteArray &rule); // any other
    void ceilingChosen(const QString &assistant, qint64 toolSteps);
    void wanted(bobbin::SubjectKind kind, const QString &id, const QString &thread);
    void failed(const bobbin::Error &error);

protected:
    void showEvent(QShowEvent *event) override;

private:
    enum Column { State, Point, Measured, Help, ColumnCount };
    QPointer<Auditor> m_auditor;
    LimitSet m_limits;
    std::vector<Budget> m_budgets;
    std::optional<RowKey> m_assistant;
    Checklist m_list;
    QLabel *m_headline, *m_steps;
    QTableWidget *m_table;
    EvidenceList *m_evidence;
    StackChart *m_chart;
    QPushButton *m_recommended;
    std::vector<QPushButton *> m_presets;
    LedgerQuestion<Checklist> m_question;

    QWidget *makeSteps();
    static Result<Checklist> read(const Ledger &ledger, Reader &reader, RowKey assistant, const LimitSet &limits,
                                  const std::vector<Budget> &budgets);
    void show(Checklist list);
    void showSteps();
    void showEvidence();
    void help(const CheckItem &item);
    void choose(qint64 toolSteps);
};

} // namespace bobbin::ui
