// SPDX-License-Identifier: GPL-3.0-or-later
// Groups of vector stores that hold the same, and what would become of each.
#pragma once

#include "models/operations/operations.h"
#include "ui/dialogs/plandialog.h"

class QCheckBox;
class QComboBox;
class QSpinBox;

namespace bobbin::ui {

class ConsolidateDialog : public PlanDialog {
    Q_OBJECT
public:
    ConsolidateDialog(Operations &operations, bool orphans, QWidget *parent); // orphans: chosen from the start

protected:
    void targetChanged() override;

private:
    Operations &m_operations;
    bool m_orphans;
    QSpinBox *m_overlap;
    QCheckBox *m_intoNew, *m_compare;
    QComboBox *m_survivor; // of the current group
    QCheckBox *m_recentStores;
    ConsolidatePlan m_made;
    QSet<QString> m_preferred;
    int m_asked = 0;

    void replan();
    void prefer(const QString &store);
};

} // namespace bobbin::ui
