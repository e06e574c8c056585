// SPDX-License-Identifier: GPL-3.0-or-later
// A browse table with the details of the current row beside it: Runs, Assistants, Vector stores, Files.
#pragma once

#include "ui/widgets/browseview.h"

class QTabWidget;

namespace bobbin::ui {

class DetailsView;

class BrowsePage : public QWidget {
    Q_OBJECT
public:
    BrowsePage(BrowseView *view, const QString &nothing, QWidget *parent = nullptr);
    [[nodiscard]] BrowseView *view() const { return m_view; }
    [[nodiscard]] DetailsView *details() const { return m_details; }
    void addTab(QWidget *tab, const QString &title); // beside the details
    void open(const QString &id); // its row is selected, whatever the filter was
    void storeChanged(const Changes &changes);

protected:
    void showEvent(QShowEvent *event) override;

Q_SIGNALS:
    void linkWanted(bobbin::RowKind kind, const QString &id);

private:
    BrowseView *m_view;
    DetailsView *m_details;
    QTabWidget *m_tabs = nullptr; // where there is more than details
    std::optional<RowKey> m_shown;
    int m_generation = 0;

    void showDetails(RowKey key);
    void clear();
};

BrowsePage *makeRunsPage();
BrowsePage *makeAssistantsPage();
BrowsePage *makeStoresPage();
BrowsePage *makeFilesPage();

} // namespace bobbin::ui
