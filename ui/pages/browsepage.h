// SPDX-License-Identifier: GPL-3.0-or-later
// A browse table with the raw JSON of the current row beside it: Runs, Assistants, Vector stores, Files.
#pragma once

#include "ui/widgets/browseview.h"

namespace bobbin::ui {

class RawView;

class BrowsePage : public QWidget {
    Q_OBJECT
public:
    BrowsePage(BrowseView *view, Resource resource, QWidget *parent = nullptr);
    [[nodiscard]] BrowseView *view() const { return m_view; }

private:
    BrowseView *m_view;
    Resource m_resource;
    RawView *m_raw;
    int m_generation = 0;
    void showRaw(RowKey key);
};

BrowsePage *makeRunsPage();
BrowsePage *makeAssistantsPage();
BrowsePage *makeStoresPage();
BrowsePage *makeFilesPage();

} // namespace bobbin::ui
