// SPDX-License-Identifier: GPL-3.0-or-later
// The provider's own figures beside what is recorded here, and what makes the difference.
#pragma once

#include "models/session/billing.h"
#include "ui/ledgerquestion.h"
#include "ui/pages/costs/costsource.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;
class QTableWidget;

namespace bobbin::ui {

class ReconcileView : public QWidget {
    Q_OBJECT
public:
    explicit ReconcileView(QWidget *parent = nullptr);
    // `project`: the workspace's own, where the connection says it.
    void setSource(const CostSource &source, Billing *billing, const QString &project);
    void refresh() { m_question.refresh(); }
    [[nodiscard]] QTableWidget *gaps() const { return m_gaps; }
    [[nodiscard]] QTableWidget *rows() const { return m_rows; }
    [[nodiscard]] QPushButton *readButton() const { return m_read; }
    [[nodiscard]] QComboBox *projects() const { return m_project; }
    [[nodiscard]] QComboBox *grouping() const { return m_by; }
    [[nodiscard]] QString summary() const;

Q_SIGNALS:
    void readWanted(qint64 from, qint64 until); // days, of the provider; until: the first that is not wanted
    void keyWanted(); // to be entered, or to be forgotten
    void failed(const bobbin::Error &error);

private:
    enum GapColumn { Cause, Amount, Why };
    enum Column { Name, Theirs, Ours, Difference, PromptThere, PromptHere, Mostly };
    QPointer<Billing> m_billing;
    QString m_ownProject;
    QComboBox *m_range, *m_project, *m_by;
    QPushButton *m_read, *m_files, *m_key;
    QLabel *m_sum, *m_none;
    QTableWidget *m_gaps, *m_rows;
    Reconciliation m_shown;
    bool m_answered = false; // m_shown is of the question at hand
    LedgerQuestion<Reconciliation> m_question;

    [[nodiscard]] ReconcileQuery query() const;
    void askAnew();
    void show(const Reconciliation &all);
    void showProjects(const QStringList &projects);
    void showGaps();
    void showRows();
    void chooseFiles();
    void tellBusy();
    void ended(const Result<BilledRead> &result);

protected:
    void showEvent(QShowEvent *event) override;
};

} // namespace bobbin::ui
