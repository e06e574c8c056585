// SPDX-License-Identifier: GPL-3.0-or-later
// Shows what an operation would do, everything preselected, and one button that does it. Focus is on Cancel.
#pragma once

#include "models/items/planmodel.h"

#include <QDialog>

class QComboBox;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QTableView;
class QTreeWidget;
class QVBoxLayout;

namespace bobbin::ui {

class Notice;

class PlanDialog : public QDialog {
    Q_OBJECT
public:
    PlanDialog(const QString &heading, const QString &explanation, QWidget *parent);

    void setPlan(Plan plan);
    void setWaiting(const QString &text); // the plan is being made
    void setFailed(const Error &error);
    [[nodiscard]] const Plan &plan() const { return m_model->plan(); }
    [[nodiscard]] QTableView *table() const { return m_table; }
    [[nodiscard]] QPushButton *runButton() const { return m_run; }

protected:
    QVBoxLayout *options() const { return m_options; } // above the table, for what the plan is made from
    QHBoxLayout *targetOptions() const { return m_targetOptions; } // below it, for the current target
    [[nodiscard]] const PlanTarget *currentTarget() const;
    virtual void targetChanged() { } // the current one is another, or planned anew
    // The button's words for so many targets; the verb and the count.
    virtual QString summary() const; // the figures, in a line
    void refreshTexts();
    void inheritChoice(const QString &from, const QString &to) { m_model->inheritChoice(from, to); }
    void accept() override;

private:
    PlanModel *m_model;
    QLabel *m_summary;
    QLabel *m_warnings;
    QLabel *m_lost;
    Notice *m_notice;
    QVBoxLayout *m_options;
    QTableView *m_table;
    QPushButton *m_run;
    QLineEdit *m_filter;
    QComboBox *m_show;
    QLabel *m_about; // the current target
    QString m_current;
    bool m_ready = false; // the plan is of the options that are shown
    QTreeWidget *m_steps;
    QHBoxLayout *m_targetOptions;

    QHBoxLayout *makeFilter();
    QWidget *makeDetails();
    void makeTable();
    void fillSteps();
    void offerChoice(const QPoint &at);
    void keyPressEvent(QKeyEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override; // Space chooses all selected rows
};

} // namespace bobbin::ui
