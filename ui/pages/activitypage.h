// SPDX-License-Identifier: GPL-3.0-or-later
// What Bobbin did: the operations with the outcome of each target and step, what the guard saw, and the syncs.
#pragma once

#include "ui/widgets/browseview.h"

class QLabel;
class QPushButton;
class QTabWidget;
class QTableWidget;
class QTreeWidget;

namespace bobbin::ui {

class GuardRowsView;

class ActivityPage : public QWidget {
    Q_OBJECT
public:
    explicit ActivityPage(QWidget *parent = nullptr);
    [[nodiscard]] BrowseView *view() const { return m_operations; }
    [[nodiscard]] BrowseView *syncs() const { return m_syncs; }
    [[nodiscard]] GuardRowsView *guarded() const { return m_guarded; }
    void showGuarded(std::optional<RowKey> row); // none: the list of them
    void showOperation(RowKey operation);
    void storeChanged(const Changes &changes);
    void clear(); // another store is open now

Q_SIGNALS:
    void undoWanted(bobbin::RowKey operation);
    void retryWanted(bobbin::RowKey operation);
    void finishWanted(bobbin::RowKey operation);

private:
    BrowseView *m_operations, *m_syncs;
    GuardRowsView *m_guarded;
    QTabWidget *m_tabs;
    QTreeWidget *m_targets;
    QLabel *m_result; // of the operation that is shown
    QTableWidget *m_failures;
    QPushButton *m_undo, *m_retry, *m_finish;
    std::optional<RowKey> m_shown, m_filled; // filled follows shown when its targets were read
    int m_generation = 0;

    QWidget *makeOperationsTab();
    QWidget *makeSyncsTab();
    void showTargets(RowKey operation);
    void fillTargets(const OperationRow &row, const std::vector<DoneTarget> &targets);
    void showFailures(RowKey sync);
};

} // namespace bobbin::ui
