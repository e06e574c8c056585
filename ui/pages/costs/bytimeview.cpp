// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/costs/bytimeview.h"

#include "models/columns/causewords.h"
#include "models/core/clock.h"
#include "models/core/format.h"
#include "models/domain/names.h"
#include "ui/charts/stackchart.h"
#include "ui/widgets/browseview.h"
#include "ui/widgets/figuretable.h"
#include "ui/widgets/paddeddelegate.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

enum Range { Days28, Days90, ThisMonth, LastMonth, Months12, Everything };
constexpr std::size_t mostSeries = 5; // and the others: as many as there are colours

class PivotDelegate final : public PaddedDelegate {
public:
    using PaddedDelegate::PaddedDelegate;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        PaddedDelegate::initStyleOption(option, index);
        if (index.data(PivotModel::SumRole).toBool())
            option->font.setWeight(QFont::DemiBold);
    }
};

QString plain(double value)
{
    return format::tokensShort(value);
}

} // namespace

ByTimeView::ByTimeView(QWidget *parent)
    : QWidget(parent), m_model(new PivotModel(this)), m_period(new QComboBox), m_by(new QComboBox),
      m_range(new QComboBox), m_unit(new QComboBox), m_sum(new QLabel), m_chart(new StackChart),
      m_table(new QTableView), m_runs(new BrowseView(u"costruns"_s, makeRunModel().release())),
      m_question(
          this,
          [this]() -> LedgerQuestion<Shown>::Compute {
              return [query = query(), key = metadataKey()](const Ledger &ledger, Reader &reader) {
                  return read(ledger, reader, query, key);
              };
          },
          [this](const Shown &shown) { show(shown); }, [this](const Error &error) { Q_EMIT failed(error); })
{
    m_table->setModel(m_model);
    m_table->setItemDelegate(new PivotDelegate(8, m_table));
    m_table->setAccessibleName(tr("Cost by time and group"));
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(27);
    m_table->setShowGrid(false);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setTabKeyNavigation(false);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setToolTip(tr("Enter or a double click on a cell lists its runs below"));
    PaddedHeaderStyle::applyTo(m_table->horizontalHeader(), 8);
    showShares(m_table, PivotModel::Share, PivotModel::ShareRole);
    m_chart->setAccessibleName(tr("Cost by time, stacked by group"));
    m_runs->setPlaceholder(tr("Filter runs"), tr("No runs here."));
    m_runs->showColumns({"created", "status", "thread", "assistant", "model", "prompt", "cached", "completion", "cost",
                         "freshCost", "cachedCost", "outputCost"});

    auto *splitter = new QSplitter(Qt::Vertical);
    splitter->setObjectName(u"costs"_s);
    splitter->addWidget(m_chart);
    splitter->addWidget(m_table);
    splitter->addWidget(m_runs);
    splitter->setSizes({200, 240, 260});
    splitter->setChildrenCollapsible(false);
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeBar());
    column->addWidget(splitter, 1);

    connect(m_table, &QTableView::activated, this,
            [this](const QModelIndex &index) { drill(index.row(), m_model->periodOf(index.column())); });
    connect(m_chart, &StackChart::activated, this,
            [this](std::size_t period) { drill(int(m_model->pivot().groups.size()), period); });
    connect(m_runs, &BrowseView::activated, this, &ByTimeView::runWanted);
}

QWidget *ByTimeView::makeBar()
{
    m_period->addItem(tr("by day"), int(Period::Day));
    m_period->addItem(tr("by week"), int(Period::Week));
    m_period->addItem(tr("by month"), int(Period::Month));
    m_period->setAccessibleName(tr("Period"));
    m_by->addItem(tr("by assistant"), int(GroupBy::Assistant));
    m_by->addItem(tr("by model"), int(GroupBy::Model));
    m_by->addItem(tr("by thread"), int(GroupBy::Thread));
    m_by->addItem(tr("by cause"), int(GroupBy::Cause));
    m_by->setAccessibleName(tr("Group"));
    m_range->addItems({tr("last 28 days"), tr("last 90 days"), tr("this month"), tr("last month"), tr("last 12 months"),
                       tr("everything")});
    m_range->setCurrentIndex(Days90);
    m_range->setAccessibleName(tr("Time"));
    m_unit->addItem(tr("cost"), int(PivotUnit::Money));
    m_unit->addItem(tr("tokens"), int(PivotUnit::Tokens));
    m_unit->addItem(tr("runs"), int(PivotUnit::Runs));
    m_unit->setAccessibleName(tr("Figures"));
    auto *bar = new QWidget;
    auto *row = new QHBoxLayout(bar);
    row->setContentsMargins(8, 8, 8, 8);
    for (QComboBox *box : {m_unit, m_by, m_period, m_range})
        row->addWidget(box);
    row->addWidget(m_sum, 1, Qt::AlignRight);
    for (QComboBox *box : {m_by, m_period, m_range})
        connect(box, &QComboBox::currentIndexChanged, this, &ByTimeView::asksAnew);
    connect(m_unit, &QComboBox::currentIndexChanged, this, [this] {
        m_model->setUnit(PivotUnit(m_unit->currentData().toInt()));
        showChart();
    });
    return bar;
}

void ByTimeView::setSource(const CostSource &source)
{
    m_source = source;
    m_runs->model()->setStore(source.store);
    show({});
    m_asksAnew = true;
    m_question.setAuditor(source.auditor);
}

QString ByTimeView::metadataKey() const
{
    return GroupBy(m_by->currentData().toInt()) == GroupBy::MetadataValue
        ? m_by->currentData(Qt::UserRole + 1).toString()
        : QString();
}

PivotQuery ByTimeView::query() const
{
    PivotQuery query;
    query.period = Period(m_period->currentData().toInt());
    query.by = GroupBy(m_by->currentData().toInt());
    const QDate today = QDateTime::fromMSecsSinceEpoch(nowMs(), Qt::UTC).date();
    const QDate month(today.year(), today.month(), 1);
    query.until = today.addDays(1);
    switch (m_range->currentIndex()) {
    case Days28:
        query.from = today.addDays(-27);
        break;
    case Days90:
        query.from = today.addDays(-89);
        break;
    case ThisMonth:
        query.from = month;
        break;
    case LastMonth:
        query.from = month.addMonths(-1);
        query.until = month;
        break;
    case Months12:
        query.from = month.addMonths(-11);
        break;
    default:
        query.until = {};
    }
    return query;
}

Result<ByTimeView::Shown> ByTimeView::read(const Ledger &ledger, Reader &reader, PivotQuery query,
                                           const QString &metadataKey)
{
    Shown shown;
    shown.query = query;
    shown.metadataKey = metadataKey;
    ThreadTags tags;
    if (!metadataKey.isEmpty()) {
        auto read = reader.threadTags(metadataKey);
        if (!read)
            return fail(read.error());
        tags = *std::move(read);
    }
    auto keys = reader.metadataKeys();
    const auto assistants = reader.assistantNames();
    if (!keys || !assistants)
        return fail(!keys ? keys.error() : assistants.error());
    shown.metadataKeys = *std::move(keys);
    shown.pivot = pivotOf(ledger, query, tags);
    std::vector<RowKey> threads;
    for (const Pivot::Group &group : shown.pivot.groups)
        if (group.thread != 0)
            threads.push_back(group.thread);
    const auto rows = reader.rows<ThreadRow>(threads);
    if (!rows)
        return fail(rows.error());
    std::size_t thread = 0;
    for (const Pivot::Group &group : shown.pivot.groups) {
        Related named;
        named.id = group.id;
        named.name = group.id;
        if (group.others) {
            named.name = tr("%n other(s)", nullptr, int(group.members));
        } else if (query.by == GroupBy::Thread) {
            const ThreadRow &row = (*rows)[thread++];
            named.id = row.id;
            named.name = row.title.isEmpty() ? row.id : row.title;
        } else if (query.by == GroupBy::Cause) {
            named.name = causeName(Cause(group.id.toInt()));
        } else if (group.without) {
            named.name = query.by == GroupBy::MetadataValue ? tr("without it") : tr("none");
        } else if (query.by == GroupBy::Assistant) {
            named.name = nameIn(*assistants, group.id);
        }
        shown.groups.push_back(std::move(named));
    }
    return shown;
}

void ByTimeView::asksAnew()
{
    m_asksAnew = true;
    m_question.changed();
}

void ByTimeView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_question.seen();
}

void ByTimeView::show(const Shown &shown)
{
    const QSignalBlocker quiet(m_by);
    for (int i = m_by->count(); i-- > 0;)
        if (m_by->itemData(i).toInt() == int(GroupBy::MetadataValue) && i != m_by->currentIndex() &&
            !shown.metadataKeys.contains(m_by->itemData(i, Qt::UserRole + 1).toString()))
            m_by->removeItem(i);
    for (const QString &key : shown.metadataKeys)
        if (m_by->findData(key, Qt::UserRole + 1) < 0) {
            m_by->addItem(tr("by metadata “%1”").arg(format::visible(key)), int(GroupBy::MetadataValue));
            m_by->setItemData(m_by->count() - 1, key, Qt::UserRole + 1);
        }
    QStringList names;
    for (const Related &group : shown.groups)
        names << group.name;
    // Where one stands stays: by group and column.
    const QModelIndex current = m_table->currentIndex();
    const QString group = current.isValid() ? m_model->names().value(current.row()) : QString();
    const bool onSum = current.isValid() && m_model->isSum(current.row());
    const int column = std::max(0, current.column());
    m_groups = shown.groups;
    m_shownBy = shown.query.by;
    m_shownKey = shown.metadataKey;
    m_model->setPivot(shown.pivot, names, shown.query.period);
    if (m_asksAnew) {
        m_table->resizeColumnsToContents();
        const int most = fontMetrics().averageCharWidth() * 40;
        m_table->setColumnWidth(PivotModel::Name, std::min(most, m_table->columnWidth(PivotModel::Name)));
        m_table->setColumnWidth(PivotModel::Share, fontMetrics().averageCharWidth() * 18);
    }
    if (m_model->rowCount() > 0) {
        const int row = onSum ? m_model->rowCount() - 1 : std::max(0, int(names.indexOf(group)));
        m_table->setCurrentIndex(m_model->index(row, std::min(column, m_model->columnCount() - 1)));
    }
    showChart();
    tellSum();
    if (std::exchange(m_asksAnew, false)) // else the runs are those that the person chose
        drill(int(shown.pivot.groups.size()), std::nullopt);
}

void ByTimeView::tellSum()
{
    const Pivot &pivot = m_model->pivot();
    QString text = tr("%1 in %2 runs").arg(format::money(pivot.sum.cost), format::count(pivot.sum.runs()));
    if (pivot.undated.runs() > 0)
        text += u" · "_s + tr("%n run(s) without a date left out", nullptr, int(pivot.undated.runs()));
    m_sum->setText(m_source.ready() ? text : QString());
}

void ByTimeView::showChart()
{
    const Pivot pivot = folded(m_model->pivot(), mostSeries);
    const auto unit = PivotUnit(m_unit->currentData().toInt());
    QStringList series;
    for (std::size_t g = 0; g < pivot.groups.size(); ++g)
        series << (pivot.groups[g].others ? tr("the others") : m_model->names()[qsizetype(g)]);
    std::vector<StackColumn> columns;
    for (std::size_t c = 0; c < pivot.columns.size(); ++c) {
        StackColumn &column = columns.emplace_back();
        column.name = m_model->periodName(c);
        column.mark =
            column.name.size() == 7 ? column.name : pivot.columns[c].from.toString(u"MM-dd"_s); // yyyy-MM as it is
        for (const Pivot::Group &group : pivot.groups)
            column.parts.push_back(valueOf(group.columns[c], unit));
        if (const qint64 unknown = pivot.columns[c].sum.cost.unknownRuns; unknown > 0 && unit == PivotUnit::Money)
            column.note = tr("%n run(s) without usage or price left out", nullptr, int(unknown));
    }
    m_chart->setColumns(series, std::move(columns), unit == PivotUnit::Money ? dollarsWritten : plain,
                        !m_source.ready()              ? QString()
                            : unit == PivotUnit::Money ? tr("No priced runs in this time.")
                                                       : tr("Nothing in this time."),
                        unit == PivotUnit::Money        ? u"cost_usd"_s
                            : unit == PivotUnit::Tokens ? u"tokens"_s
                                                        : u"runs"_s);
}

void ByTimeView::drill(int row, std::optional<std::size_t> column)
{
    const Pivot &pivot = m_model->pivot();
    RowFilter filter;
    QStringList words;
    const auto group = std::size_t(row);
    if (group < pivot.groups.size() && pivot.groups[group].others)
        return; // no filter says “all but these”
    if (group < pivot.groups.size()) {
        const Pivot::Group &of = pivot.groups[group];
        const Related &named = m_groups[group];
        switch (m_shownBy) {
        case GroupBy::Assistant:
            filter.assistantId = of.id;
            filter.noAssistant = of.without;
            break;
        case GroupBy::Model:
            filter.model = of.id;
            break;
        case GroupBy::Thread:
            filter.threadId = named.id;
            break;
        case GroupBy::Cause:
            filter.causes = {Cause(of.id.toInt())};
            break;
        case GroupBy::MetadataValue:
            filter.metadata = RowFilter::Metadata{m_shownKey, of.without ? std::nullopt : std::optional(of.id)};
            break;
        }
        words << named.name;
    }
    if (!pivot.columns.empty()) {
        const QDate from = pivot.columns[column.value_or(0)].from;
        const QDate until = pivot.columns[column.value_or(pivot.columns.size() - 1)].until;
        filter.activeFrom = from.startOfDay(Qt::UTC).toMSecsSinceEpoch();
        filter.activeUntil = until.startOfDay(Qt::UTC).toMSecsSinceEpoch();
        words << (column ? m_model->periodName(*column)
                         : tr("%1 to %2").arg(from.toString(Qt::ISODate), until.addDays(-1).toString(Qt::ISODate)));
    }
    m_runs->setScope(filter, words.join(u", "_s));
}

} // namespace bobbin::ui
