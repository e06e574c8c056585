// SPDX-License-Identifier: GPL-3.0-or-later
// What Bobbin did: the syncs, and why something could not be read.
#pragma once

#include "ui/widgets/browseview.h"

class QTableWidget;

namespace bobbin::ui {

class ActivityPage : public QWidget {
    Q_OBJECT
public:
    explicit ActivityPage(QWidget *parent = nullptr);
    [[nodiscard]] BrowseView *view() const { return m_view; }

private:
    BrowseView *m_view;
    QTableWidget *m_failures;
    void showFailures(RowKey sync);
};

} // namespace bobbin::ui
