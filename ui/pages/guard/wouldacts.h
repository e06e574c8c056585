// SPDX-License-Identifier: GPL-3.0-or-later
// What a rule would have found in the recorded runs, one by one; the person marks false alarms, and opens the runs.
#pragma once

#include "models/watch/policyreads.h"

#include <QTreeWidget>

namespace bobbin::ui {

class WouldActsList : public QTreeWidget {
    Q_OBJECT
public:
    explicit WouldActsList(QWidget *parent = nullptr);
    void show(const TriedPolicy &tried, GuardRule rule);

Q_SIGNALS:
    void marked(const QString &mark, bool isFalse);
    void wanted(bobbin::RowKey thread, bobbin::RowKey run); // run 0: the thread

private:
    GuardRule m_rule = GuardRule::TurnCap; // that is shown
    bool m_filling = false;
};

} // namespace bobbin::ui
