// SPDX-License-Identifier: GPL-3.0-or-later
// The rule of a clean-up and, below it, every thread it would delete. The plan follows each change of the rule.
#pragma once

#include "models/operations/operations.h"
#include "ui/dialogs/plandialog.h"

#include <QTimer>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLineEdit;
class QMenu;
class QPushButton;
class QSpinBox;

namespace bobbin::ui {

class CleanupDialog : public PlanDialog {
    Q_OBJECT
public:
    CleanupDialog(Operations &operations, const std::vector<NamedCost> &assistants, QWidget *parent);
    void setRule(const CleanupRule &rule);
    [[nodiscard]] CleanupRule rule() const;

protected:
    QString summary() const override;

private:
    Operations &m_operations;
    QComboBox *m_names;
    QCheckBox *m_idle;
    QSpinBox *m_days;
    QCheckBox *m_neverUsed, *m_assistantGone, *m_rotated, *m_storage;
    QLineEdit *m_metadata, *m_keep;
    QComboBox *m_assistant;
    QCheckBox *m_cheap;
    QDoubleSpinBox *m_below; // dollars
    QPushButton *m_protected, *m_remove;
    QMenu *m_protectedMenu; // one checkable action an assistant
    QSpinBox *m_grace; // days
    QCheckBox *m_recentStores;
    QTimer m_settle;
    CleanupPlan m_made;
    std::vector<std::pair<QString, CleanupRule>> m_rules;
    int m_asked = 0;

    void makeRuleEditor();
    void replan();
    void readRules(const QString &select = {});
    void saveRule();
    void removeRule();
    void fillAssistants(const std::vector<NamedCost> &assistants);
    void addProtected(const QString &id, QString name);
    void showProtected();
    void settle(); // the rule is another: plan anew when it rests
};

} // namespace bobbin::ui
