// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/overviewpage.h"

#include "models/providers/lists.h"
#include "models/store/whendone.h"

#include "models/core/format.h"
#include "ui/charts/costchart.h"
#include "ui/theme.h"
#include "ui/widgets/notice.h"

#include <QDateTime>
#include <QFrame>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QTableWidget>
#include <QTimer>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int daysShown = 62;
enum Tile { Cost, Month, Active, Threads, Stores, TileCount };

QTableWidget *makeTable(const QStringList &heads, const QString &name)
{
    auto *table = new QTableWidget(0, int(heads.size()));
    table->setHorizontalHeaderLabels(heads);
    table->setAccessibleName(name);
    table->verticalHeader()->hide();
    table->setShowGrid(false);
    table->setFrameShape(QFrame::NoFrame);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setTabKeyNavigation(false);
    table->setWordWrap(false);
    table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeaderItem(0)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    for (int c = 1; c < table->columnCount(); ++c)
        table->horizontalHeaderItem(c)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    table->verticalHeader()->setDefaultSectionSize(27);
    return table;
}

void setCell(QTableWidget *table, int row, int column, const QString &text, bool number)
{
    auto *item = new QTableWidgetItem(text);
    item->setTextAlignment((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    item->setToolTip(text);
    table->setItem(row, column, item);
}

void fitHeight(QTableWidget *table)
{
    int height = table->horizontalHeader()->sizeHint().height() + 4;
    for (int r = 0; r < table->rowCount(); ++r)
        height += table->rowHeight(r);
    table->setFixedHeight(height);
    table->resizeColumnsToContents();
    table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
}

} // namespace

OverviewPage::OverviewPage(std::shared_ptr<const PriceTable> prices, QWidget *parent)
    : QScrollArea(parent), m_prices(std::move(prices)), m_again(new QTimer(this)), m_retirement(new Notice),
      m_chart(new CostChart),
      m_threads(makeTable({tr("Costliest threads"), tr("Runs"), tr("Cost")}, tr("Costliest threads"))),
      m_models(makeTable({tr("Model"), tr("Runs"), tr("Cost"), tr("Switched off")}, tr("Cost by model")))
{
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    auto *content = new QWidget;
    content->setBackgroundRole(QPalette::Base);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(20, 16, 20, 20);
    column->setSpacing(16);
    column->addWidget(m_retirement);
    auto *tiles = new QHBoxLayout;
    tiles->setSpacing(10);
    const QString names[] = {tr("Cost of all runs"), tr("This month (UTC)"), tr("Active now"), tr("Threads"),
                             tr("Vector stores")};
    for (const QString &name : names) {
        auto *tile = new QFrame;
        tile->setFrameShape(QFrame::StyledPanel);
        auto *inner = new QVBoxLayout(tile);
        inner->setContentsMargins(12, 8, 12, 8);
        inner->setSpacing(2);
        auto *title = new QLabel(name);
        title->setForegroundRole(QPalette::PlaceholderText);
        auto *value = new QLabel;
        QFont big = value->font();
        big.setPointSizeF(big.pointSizeF() * 1.45);
        big.setWeight(QFont::DemiBold);
        value->setFont(big);
        value->setAccessibleName(name);
        auto *note = new QLabel;
        note->setForegroundRole(QPalette::PlaceholderText);
        note->setWordWrap(true);
        inner->addWidget(title);
        inner->addWidget(value);
        inner->addWidget(note);
        inner->addStretch(1);
        tiles->addWidget(tile, 1);
        m_tiles.emplace_back(value, note);
    }
    column->addLayout(tiles);
    auto *chartTitle = new QLabel(tr("Cost by day and assistant, last %1 days (UTC)").arg(daysShown));
    chartTitle->setForegroundRole(QPalette::PlaceholderText);
    column->addWidget(chartTitle);
    column->addWidget(m_chart);
    auto *tables = new QHBoxLayout;
    tables->setSpacing(20);
    tables->addWidget(m_threads, 1, Qt::AlignTop);
    tables->addWidget(m_models, 1, Qt::AlignTop);
    column->addLayout(tables);
    column->addStretch(1);
    setWidget(content);
    m_again->setSingleShot(true);
    m_again->setInterval(1500);
    connect(m_again, &QTimer::timeout, this, &OverviewPage::refresh);
    connect(m_threads, &QTableWidget::itemActivated, this, [this](QTableWidgetItem *item) {
        Q_EMIT threadChosen(m_threads->item(item->row(), 0)->data(Qt::UserRole).toString());
    });
}

void OverviewPage::setStore(std::shared_ptr<Store> store)
{
    m_store = std::move(store);
    const auto retirement = m_store ? m_store->provider().retirement() : std::nullopt;
    if (retirement)
        m_retirement->show(retirement->words, Notice::Tone::Warning);
    else
        m_retirement->hide();
    if (m_store)
        refresh();
    else
        show({});
}

void OverviewPage::setPrices(std::shared_ptr<const PriceTable> prices)
{
    m_prices = std::move(prices);
    refresh();
}

void OverviewPage::storeChanged(const Changes &changes)
{
    if (changes.kinds && !m_again->isActive())
        m_again->start();
}

void OverviewPage::showEvent(QShowEvent *event)
{
    QScrollArea::showEvent(event);
    if (m_stale)
        refresh();
}

void OverviewPage::refresh()
{
    m_stale = !isVisible();
    if (!m_store || m_stale)
        return;
    if (m_asking) {
        m_due = true;
        return;
    }
    m_asking = true;
    whenDone(m_store->read([](Reader &reader) { return reader.overview(QDateTime::currentMSecsSinceEpoch()); },
                           Store::Lane::Scan),
             this, [this, asked = std::weak_ptr(m_store)](const Result<Overview> &overview) {
                 m_asking = false;
                 const bool current = asked.lock() == m_store;
                 if (overview && current)
                     show(*overview);
                 if (std::exchange(m_due, false) || !current)
                     m_again->start();
             });
}

void OverviewPage::setTile(int tile, const QString &value, const QString &note)
{
    m_tiles[std::size_t(tile)].first->setText(value);
    m_tiles[std::size_t(tile)].second->setText(note);
}

void OverviewPage::show(const Overview &o)
{
    const auto leftOut = [this](const CostSum &sum) {
        return sum.unknownRuns > 0 ? tr("%1 runs without usage or price left out").arg(format::count(sum.unknownRuns))
                                   : tr("estimate, prices of %1").arg(m_prices->generated());
    };
    const auto known = [](const CostSum &sum) {
        return format::money(CostSum{sum.known, sum.pricedRuns, 0, sum.assumedRuns});
    };
    setTile(Cost, known(o.total),
            o.threadsGone > 0 ? tr("deleted threads included; %1").arg(leftOut(o.total)) : leftOut(o.total));
    setTile(Month, known(o.month), leftOut(o.month));
    setTile(Active, format::count(o.activeRuns), tr("of %1 runs").arg(format::count(o.runs)));
    setTile(Threads, format::count(o.threads),
            o.threadsGone > 0
                ? tr("on the server; %1 more are gone and kept here").arg(format::count(o.threadsGone))
                : tr("%1 messages, %2 assistants").arg(format::count(o.messages), format::count(o.assistants)));
    if (m_store && !workspaceList(m_store->provider(), Resource::VectorStores))
        setTile(Stores, u"—"_s, tr("%1 has none").arg(m_store->provider().name()));
    else
        setTile(Stores, format::count(o.stores),
                o.storeBytes
                    ? tr("%1, %2 a day at the list price, %3 after the free gigabyte")
                          .arg(format::bytes(o.storeBytes), format::money(m_prices->storageListPrice(*o.storeBytes)),
                               format::money(m_prices->storagePerDay(*o.storeBytes)))
                    : QString());
    const QDate today = QDateTime::currentDateTimeUtc().date();
    m_chart->setDays(o.days, today.toString(Qt::ISODate), daysShown);
    m_threads->setRowCount(int(o.threadsByCost.size()));
    for (int i = 0; i < m_threads->rowCount(); ++i) {
        const NamedCost &row = o.threadsByCost[std::size_t(i)];
        setCell(m_threads, i, 0, row.name, false);
        m_threads->item(i, 0)->setData(Qt::UserRole, row.id);
        setCell(m_threads, i, 1, format::count(row.runs), true);
        setCell(m_threads, i, 2, format::money(row.cost), true);
    }
    m_models->setRowCount(int(o.models.size()));
    for (int i = 0; i < m_models->rowCount(); ++i) {
        const NamedCost &row = o.models[std::size_t(i)];
        const ModelPrices *model = m_prices->find(row.name);
        const QDate end = model ? model->shutdown : QDate();
        setCell(m_models, i, 0, row.name, false);
        setCell(m_models, i, 1, format::count(row.runs), true);
        setCell(m_models, i, 2, format::money(row.cost), true);
        setCell(m_models, i, 3, end.isValid() ? end.toString(Qt::ISODate) : u"–"_s, true);
        if (end.isValid())
            m_models->item(i, 3)->setToolTip(
                end < today ? tr("%1 is switched off").arg(row.name)
                            : tr("%1 is switched off in %2 days").arg(row.name, format::count(today.daysTo(end))));
        if (end.isValid() && today.daysTo(end) < 60)
            m_models->item(i, 3)->setForeground(colour(Hue::Danger));
    }
    for (QTableWidget *table : {m_threads, m_models})
        fitHeight(table);
}

} // namespace bobbin::ui
