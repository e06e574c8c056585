// SPDX-License-Identifier: GPL-3.0-or-later
// What the guard saw and did, each with the figures that led to it; what it asks is answered here.
#pragma once

#include "models/domain/guardrow.h"
#include "ui/widgets/browseview.h"

class QLabel;
class QPushButton;

namespace bobbin::ui {

class GuardRowsView : public QWidget {
    Q_OBJECT
public:
    explicit GuardRowsView(QWidget *parent = nullptr);
    [[nodiscard]] BrowseView *view() const { return m_view; }
    [[nodiscard]] QPushButton *allowButton() const { return m_allow; }
    [[nodiscard]] QPushButton *leaveButton() const { return m_leave; }
    [[nodiscard]] QLabel *details() const { return m_details; }
    void show(RowKey row); // to be the current one
    void storeChanged(const Changes &changes);
    void clear();

Q_SIGNALS:
    void answered(const bobbin::GuardRow &row, bool allowed);
    void threadWanted(const QString &thread, const QString &run);
    void operationWanted(bobbin::RowKey operation);

private:
    BrowseView *m_view;
    QLabel *m_details;
    QPushButton *m_allow, *m_leave, *m_open, *m_operation;
    std::optional<GuardRow> m_shown;
    int m_generation = 0;

    void read(RowKey key);
    void tell();
};

} // namespace bobbin::ui
