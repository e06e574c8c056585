// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/overviewpage.h"

#include "models/core/format.h"
#include "models/providers/lists.h"
#include "models/store/whendone.h"
#include "ui/charts/partsbar.h"
#include "ui/charts/stackchart.h"
#include "ui/theme.h"
#include "ui/widgets/figuretable.h"
#include "ui/widgets/notice.h"

#include <QDateTime>
#include <QFrame>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTimer>
#include <QVBoxLayout>

#include <map>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int daysShown = 62;

QLabel *quietLabel()
{
    auto *label = new QLabel;
    label->setForegroundRole(QPalette::PlaceholderText);
    return label;
}

} // namespace

OverviewPage::OverviewPage(std::shared_ptr<const PriceTable> prices, QWidget *parent)
    : QScrollArea(parent), m_prices(std::move(prices)), m_again(new QTimer(this)), m_retirement(new Notice),
      m_headline(new QLabel), m_findings(new QPushButton), m_parts(new PartsBar), m_partsTitle(quietLabel()),
      m_threadsTitle(quietLabel()),
      m_attention(makeFigureTable({tr("Needs attention"), tr("Since"), QString()}, tr("Needs attention"))),
      m_chart(new StackChart), m_threads(makeFigureTable({tr("Thread"), tr("Share"), tr("Cost"), tr("Cause"),
                                                          tr("Since"), tr("A turn now"), tr("Saves a turn"), QString()},
                                                         tr("Costliest threads"))),
      m_models(makeFigureTable({tr("Model"), tr("Runs"), tr("Cost"), tr("Switched off")}, tr("Cost by model"))),
      m_question(
          this,
          [this]() -> LedgerQuestion<Shown>::Compute {
              return [limits = m_limits, budgets = m_budgets](const Ledger &ledger, Reader &reader) {
                  return readBill(ledger, reader, limits, budgets);
              };
          },
          [this](const Shown &shown) { showBill(shown); },
          [this](const Error &) { m_headline->setText(tr("The bill could not be added up.")); })
{
    setWidgetResizable(true);
    setAccessibleName(tr("Overview"));
    setFrameShape(QFrame::NoFrame);
    auto *content = new QWidget;
    content->setBackgroundRole(QPalette::Base);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(20, 16, 20, 20);
    column->setSpacing(16);
    column->addWidget(m_retirement);
    QFont strong = m_headline->font();
    strong.setPointSizeF(strong.pointSizeF() * 1.25);
    strong.setWeight(QFont::DemiBold);
    m_headline->setFont(strong);
    m_headline->setWordWrap(true);
    m_headline->setTextFormat(Qt::PlainText);
    m_headline->setAccessibleName(tr("What made the bill"));
    auto *top = new QHBoxLayout;
    top->setSpacing(16);
    top->addWidget(m_headline, 1);
    top->addWidget(m_findings, 0, Qt::AlignTop);
    column->addLayout(top);
    auto *tiles = new QHBoxLayout;
    tiles->setSpacing(10);
    const QString names[] = {tr("This month (UTC)"), tr("Cost of all runs"), tr("Active now"), tr("Threads"),
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
    column->addWidget(m_partsTitle);
    column->addWidget(m_parts);
    column->addWidget(m_threadsTitle);
    column->addWidget(m_threads);
    showShares(m_threads, ShareColumn);
    for (const int left : {int(CauseColumn), int(SinceColumn)})
        m_threads->horizontalHeaderItem(left)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    auto *chartTitle = quietLabel();
    chartTitle->setText(tr("Cost by day and assistant, last %1 days (UTC)").arg(daysShown));
    m_chart->setAccessibleName(tr("Cost by day and assistant"));
    column->addWidget(chartTitle);
    column->addWidget(m_chart);
    auto *tables = new QHBoxLayout;
    tables->setSpacing(20);
    tables->addWidget(m_attention, 1, Qt::AlignTop);
    tables->addWidget(m_models, 1, Qt::AlignTop);
    column->addLayout(tables);
    column->addStretch(1);
    setWidget(content);
    m_again->setSingleShot(true);
    m_again->setInterval(1500);
    connect(m_again, &QTimer::timeout, this, &OverviewPage::refresh);
    connect(m_findings, &QPushButton::clicked, this, [this] { Q_EMIT findingsWanted({}); });
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
    m_before.clear();
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
    if ((changes.kinds & ~ChangedKinds(Changed::Findings)) && !m_again->isActive())
        m_again->start();
}

void OverviewPage::showEvent(QShowEvent *event)
{
    QScrollArea::showEvent(event);
    if (m_stale)
        refresh();
    m_question.seen();
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

// The five costliest assistants, and the others together.
void OverviewPage::showDays(const std::vector<DayCost> &days)
{
    constexpr std::size_t mostNamed = 5; // and the others: as many as there are colours
    const QDate last = QDateTime::currentDateTimeUtc().date();
    std::vector<StackColumn> columns;
    for (int i = 0; i < daysShown; ++i) {
        const QString day = last.addDays(i - daysShown + 1).toString(Qt::ISODate);
        columns.push_back({day, i % 14 == 0 ? day.mid(5) : QString(), {}, {}});
    }
    const auto columnOf = [&](const DayCost &day) { return std::ranges::find(columns, day.day, &StackColumn::name); };
    std::map<QString, Money> sums;
    for (const DayCost &day : days)
        if (columnOf(day) != columns.end())
            sums[day.assistant] += day.cost.known;
    QStringList series;
    for (const auto &[assistant, sum] : sums)
        series << assistant;
    std::ranges::stable_sort(series, std::greater<>(), [&](const QString &name) { return sums[name]; });
    const auto named = std::size_t(series.size()) > mostNamed + 1 ? mostNamed : std::size_t(series.size());
    std::map<QString, std::size_t> places;
    for (std::size_t i = 0; i < std::size_t(series.size()); ++i)
        places[series[qsizetype(i)]] = std::min(i, named);
    if (named < std::size_t(series.size())) {
        const auto others = std::size_t(series.size()) - named;
        series.resize(qsizetype(named));
        series << tr("%n other(s)", nullptr, int(others));
    }
    for (StackColumn &column : columns)
        column.parts.resize(std::size_t(series.size()));
    std::map<QString, qint64> unknown;
    for (const DayCost &day : days)
        if (const auto column = columnOf(day); column != columns.end()) {
            column->parts[places[day.assistant]] += day.cost.known.dollars();
            unknown[day.day] += day.cost.unknownRuns;
        }
    for (StackColumn &column : columns)
        if (const qint64 runs = unknown[column.name]; runs > 0)
            column.note = tr("%n run(s) without usage or price left out", nullptr, int(runs));
    m_chart->setColumns(series, std::move(columns), dollarsWritten, tr("No priced runs in these days."), u"cost_usd"_s);
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
    m_monthNote = leftOut(o.month);
    setTile(Month, known(o.month), {});
    tellMonth();
    m_runs = o.runs;
    setTile(Active, format::count(o.activeRuns), {});
    tellActive();
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
    showDays(o.days);
    m_models->setRowCount(int(o.models.size()));
    for (int i = 0; i < m_models->rowCount(); ++i) {
        const NamedCost &row = o.models[std::size_t(i)];
        const ModelPrices *model = m_prices->find(row.name);
        const QDate end = model ? model->shutdown : QDate();
        setFigure(m_models, i, 0, row.name, false);
        setFigure(m_models, i, 1, format::count(row.runs), true);
        setFigure(m_models, i, 2, format::money(row.cost), true);
        setFigure(m_models, i, 3, end.isValid() ? end.toString(Qt::ISODate) : u"–"_s, true);
        if (end.isValid())
            m_models->item(i, 3)->setToolTip(
                end < today ? tr("%1 is switched off").arg(row.name)
                            : tr("%1 is switched off in %2 days").arg(row.name, format::count(today.daysTo(end))));
        if (end.isValid() && today.daysTo(end) < 60)
            m_models->item(i, 3)->setForeground(colour(Hue::Danger));
    }
    fitFigures(m_models);
}

} // namespace bobbin::ui
