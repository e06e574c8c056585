// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/activitypage.h"

#include "models/store/whendone.h"

#include <QHeaderView>
#include <QSplitter>
#include <QTableView>
#include <QTableWidget>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

ActivityPage::ActivityPage(QWidget *parent)
    : QWidget(parent), m_view(new BrowseView(u"activity"_s, makeSyncModel().release())),
      m_failures(new QTableWidget(0, 2))
{
    m_view->setPlaceholder(tr("Filter activity"), tr("Nothing was synced yet."));
    m_failures->setHorizontalHeaderLabels({tr("What could not be read"), tr("Why")});
    m_failures->setAccessibleName(tr("Failures of the selected sync"));
    m_failures->horizontalHeader()->setStretchLastSection(true);
    m_failures->setColumnWidth(0, 320);
    m_failures->verticalHeader()->hide();
    m_failures->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_failures->setFrameShape(QFrame::NoFrame);
    m_failures->setTabKeyNavigation(false);
    m_failures->setShowGrid(false);
    auto *splitter = new QSplitter(Qt::Vertical);
    splitter->addWidget(m_view);
    splitter->addWidget(m_failures);
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(splitter);
    connect(m_view, &BrowseView::currentChanged, this, [this](std::optional<RowKey> key) {
        if (key)
            showFailures(*key);
    });
}

void ActivityPage::showFailures(RowKey sync)
{
    whenDone(m_view->model()->store()->read([sync](Reader &reader) { return reader.failures(sync); }), this,
             [this](const Result<std::vector<FailureRow>> &rows) {
                 m_failures->setRowCount(0);
                 if (!rows)
                     return;
                 m_failures->setRowCount(int(rows->size()));
                 for (int i = 0; i < m_failures->rowCount(); ++i) {
                     const FailureRow &row = (*rows)[std::size_t(i)];
                     m_failures->setItem(i, 0, new QTableWidgetItem(row.target));
                     auto *reason = new QTableWidgetItem(row.reason);
                     reason->setToolTip(row.reason);
                     m_failures->setItem(i, 1, reason);
                 }
             });
}

} // namespace bobbin::ui
