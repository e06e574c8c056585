// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/rowtablemodel.h"

#include "models/core/clock.h"
#include "models/core/format.h"
#include "models/store/whendone.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int firstRows = 300; // fills any screen
constexpr int neighbours = 100; // fetched with a wanted row
constexpr int mostFetched = 2000;
constexpr int headStartMs = 30; // of the first rows before all of them
constexpr int refreshMs = 700; // at most one new scan in this time while things change

template <class Row> bool isDim(const Row &)
{
    return false;
}
bool isDim(const ThreadRow &row)
{
    return row.gone;
}

template <class Row> QVariant statusOf(const Row &)
{
    return {};
}
QVariant statusOf(const RunRow &row)
{
    return int(row.status);
}
QVariant statusOf(const ThreadRow &row)
{
    if (!row.problem.isEmpty())
        return int(RunStatus::Failed);
    return row.activeRuns > 0 ? QVariant(int(RunStatus::InProgress)) : QVariant();
}

QVariant statusOf(const GuardRow &row)
{
    switch (row.state) {
    case GuardState::Asked:
        return int(RunStatus::RequiresAction);
    case GuardState::Allowed:
    case GuardState::Acting:
        return int(RunStatus::InProgress);
    case GuardState::Failed:
        return int(RunStatus::Failed);
    case GuardState::Told:
    case GuardState::Acted:
    case GuardState::Late:
    case GuardState::Declined:
        break;
    }
    return {};
}

template <class Row> QString tipOf(const Row &, const ColumnInfo &)
{
    return {};
}
QString tipOf(const ThreadRow &row, const ColumnInfo &)
{
    return row.problem;
}
QString tipOf(const RunRow &row, const ColumnInfo &column)
{
    // What it cost was made of the price.
    return QLatin1StringView(column.unit) == "Usd"_L1 && !row.price.isEmpty()
        ? format::money(row.cost) + u" · "_s + row.model + u'\n' + row.price
        : QString();
}

template <class Row> QString idOf(const Row &row)
{
    return row.id;
}
QString idOf(const OperationRow &row)
{
    return QString::number(row.key);
}
QString idOf(const GuardRow &row)
{
    return QString::number(row.key);
}
QString idOf(const SyncRow &row)
{
    return QString::number(row.key);
}

} // namespace

RowTableModelBase::RowTableModelBase(RowKind kind, ChangedKinds watches, const char *initialSort, QObject *parent)
    : QAbstractTableModel(parent), m_kind(kind), m_watches(watches)
{
    m_query.sort = initialSort;
    m_again.setSingleShot(true);
    m_again.setInterval(refreshMs);
    connect(&m_again, &QTimer::timeout, this, &RowTableModelBase::refresh);
    m_rest.setSingleShot(true);
    m_rest.setInterval(headStartMs);
    connect(&m_rest, &QTimer::timeout, this, &RowTableModelBase::askAll);
    m_fetch.setSingleShot(true);
    m_fetch.setInterval(0);
    connect(&m_fetch, &QTimer::timeout, this, &RowTableModelBase::fetchWanted);
}

RowTableModelBase::~RowTableModelBase()
{
    stopScans();
}

void RowTableModelBase::stopScans()
{
    for (const std::shared_ptr<ScanStop> &scan : {m_firstScan, m_scan})
        if (scan)
            scan->stop();
}

int RowTableModelBase::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_list.keys.size());
}

QString RowTableModelBase::columnTitle(int section) const
{
    return QCoreApplication::translate("Columns", column(section).title);
}

QVariant RowTableModelBase::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return role == Qt::DisplayRole && orientation == Qt::Vertical ? QVariant(section + 1) : QVariant();
    switch (role) {
    case Qt::DisplayRole:
        return columnTitle(section);
    case Qt::ToolTipRole:
        return QCoreApplication::translate("Columns", column(section).tip);
    case Qt::TextAlignmentRole:
        return int((column(section).number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    default:
        return {};
    }
}

int RowTableModelBase::columnOf(QByteArrayView key) const
{
    for (int i = 0; i < columnCount(); ++i)
        if (key == column(i).key)
            return i;
    return -1;
}

void RowTableModelBase::sort(int section, Qt::SortOrder order)
{
    if (section < 0 || section >= columnCount())
        return;
    const QByteArray key = column(section).key;
    const bool descending = order == Qt::DescendingOrder;
    if (m_query.sort == key && m_query.descending == descending)
        return;
    m_query.sort = key;
    m_query.descending = descending;
    refresh();
}

void RowTableModelBase::setStore(std::shared_ptr<Store> store)
{
    m_store = std::move(store);
    dropRows();
    show({}, false);
    refresh();
}

void RowTableModelBase::setFilter(const RowFilter &filter)
{
    if (m_query.filter == filter)
        return;
    m_query.filter = filter;
    refresh();
}

void RowTableModelBase::setActive(bool active)
{
    m_active = active;
    if (active && m_stale)
        refresh();
}

int RowTableModelBase::rowOf(RowKey key) const
{
    const auto hit = std::ranges::find(m_list.keys, key);
    return hit == m_list.keys.end() ? -1 : int(hit - m_list.keys.begin());
}

void RowTableModelBase::storeChanged(const Changes &changes)
{
    m_changes.add(changes); // also of kinds that do not change which rows there are
    if (!(changes.kinds & m_watches))
        return;
    m_stale = true;
    const bool asking = m_answered != m_generation; // then again when it has come, or a long scan would never end
    if (m_active && !m_again.isActive() && !asking)
        m_again.start();
}

void RowTableModelBase::refresh()
{
    m_again.stop();
    m_rest.stop();
    const int generation = ++m_generation;
    stopScans(); // nobody waits for them any more
    m_firstScan = std::make_shared<ScanStop>();
    m_scan = std::make_shared<ScanStop>();
    m_stale = !m_active;
    if (!m_store || !m_active) {
        m_loading = false;
        m_answered = generation;
        return;
    }
    m_loading = true;
    askFirst(generation);
    m_rest.start();
}

// Read by a lane of its own, which stops where nobody waits any more.
QFuture<Result<KeyList>> RowTableModelBase::ask(int limit, const std::shared_ptr<ScanStop> &stop) const
{
    return m_store->scan(
        [kind = m_kind, query = m_query, limit](Reader &reader) { return reader.keys(kind, query, limit); }, stop);
}

// Only where they change what is seen: while keys are known, a quiet refresh waits for all of them.
void RowTableModelBase::askFirst(int generation)
{
    whenDone(ask(firstRows, m_firstScan), this, [this, generation](const Result<KeyList> &first) {
        if (m_answered == generation || m_generation != generation)
            return;
        const bool shown = first && m_complete &&
            first->keys.size() == std::min<std::size_t>(firstRows, m_list.keys.size()) &&
            std::equal(first->keys.begin(), first->keys.end(), m_list.keys.begin());
        if (shown)
            Q_EMIT queried();
        else if (first)
            answered(*first, false);
        if (m_rest.isActive())
            askAll();
    });
}

// A scan beside the one for the first rows would only keep it waiting, unless that one takes long itself.
void RowTableModelBase::askAll()
{
    m_rest.stop();
    whenDone(ask(0, m_scan), this, [this, generation = m_generation](const Result<KeyList> &all) {
        if (m_generation != generation)
            return;
        m_answered = generation;
        m_firstScan->stop();
        answered(all, true);
    });
}

void RowTableModelBase::answered(Result<KeyList> list, bool whole)
{
    m_loading = false;
    if (list)
        show(*std::move(list), whole);
    else if (list.error().kind != Error::Kind::Cancelled)
        Q_EMIT failed(list.error());
    Q_EMIT queried();
    if (whole && m_stale && !m_again.isActive())
        m_again.start();
}

void RowTableModelBase::show(KeyList list, bool complete)
{
    m_complete = complete;
    if (list.keys == m_list.keys) {
        if (complete) {
            m_list.cost = list.cost;
            m_list.gone = list.gone;
        }
        dropChanged(std::exchange(m_changes, {}));
        if (rowCount() > 0)
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
        return;
    }
    // Asked for before the views have a chance to ask for the details of the first one.
    if (!complete && !list.keys.empty())
        fetchRows(
            {list.keys.begin(), list.keys.begin() + std::min<qsizetype>(neighbours, qsizetype(list.keys.size()))});
    beginResetModel();
    m_list = std::move(list);
    dropChanged(complete ? std::exchange(m_changes, {}) : m_changes);
    m_wanted.reset();
    endResetModel();
}

// Rows that no change named are as they were.
void RowTableModelBase::dropChanged(const Changes &changes)
{
    constexpr ChangedKinds others = Changed::Operations | Changed::Assistants; // their rows name these
    if (changes.kinds & others) {
        dropRows();
        return;
    }
    switch (m_kind) {
    case RowKind::Threads:
        dropRows([&](RowKey key) { return changes.thread(key); });
        break;
    case RowKind::Runs:
        // Of their thread, too: it gives them their title.
        if (changes.threads.isEmpty())
            dropRows([&](RowKey key) { return changes.run(key); });
        else
            dropRows();
        break;
    default: // their rows hold sums over others
        dropRows();
    }
}

void RowTableModelBase::want(int row) const
{
    if (m_wanted)
        m_wanted = Stretch{std::min(m_wanted->first, row), std::max(m_wanted->last, row)};
    else
        m_wanted = Stretch{row, row};
    if (!m_fetch.isActive())
        m_fetch.start();
}

void RowTableModelBase::fetchWanted()
{
    if (!m_store || !m_wanted)
        return;
    const Stretch wanted = *std::exchange(m_wanted, std::nullopt);
    const int first = std::max(0, wanted.first - neighbours);
    const int last = std::min({rowCount() - 1, wanted.last + neighbours, first + mostFetched});
    if (last < first)
        return;
    fetchRows({m_list.keys.begin() + first, m_list.keys.begin() + last + 1});
}

void RowTableModelBase::rowsArrived()
{
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

template <class Row> void RowTableModel<Row>::fetchRows(std::vector<RowKey> keys)
{
    whenDone(m_store->read([keys = std::move(keys)](Reader &reader) { return reader.rows<Row>(keys); }), this,
             [this, asked = std::weak_ptr(m_store)](const Result<std::vector<Row>> &rows) {
                 if (asked.lock() != m_store)
                     return;
                 if (!rows) {
                     Q_EMIT failed(rows.error());
                     return;
                 }
                 if (m_rows.size() > mostRows)
                     m_rows.clear();
                 for (const Row &row : *rows)
                     m_rows.insert_or_assign(row.key, row);
                 rowsArrived();
             });
}

template <class Row>
RowTableModelBase::ReadCells RowTableModel<Row>::cells(std::vector<RowKey> keys, std::vector<int> columns,
                                                       CellForm form) const
{
    return [keys = std::move(keys), columns = std::move(columns), form](Reader &reader, const TakeCells &take) -> Done {
        constexpr std::size_t stretch = 1000;
        const qint64 now = nowMs();
        for (std::size_t i = 0; i < keys.size(); i += stretch) {
            const std::size_t end = std::min(keys.size(), i + stretch);
            const Result<std::vector<Row>> rows =
                reader.rows<Row>({keys.begin() + qint64(i), keys.begin() + qint64(end)});
            if (!rows)
                return fail(rows.error());
            for (const Row &row : *rows) {
                QVariantList values;
                for (const int c : columns) {
                    const Column<Row> &column = columnsOf<Row>()[std::size_t(c)];
                    values << (form == CellForm::Shown ? QVariant(format::visible(column.display(row, now)))
                                                       : column.value(row));
                }
                if (!take(values))
                    return fail(Error::Kind::Cancelled, {});
            }
        }
        return {};
    };
}

template <class Row> QVariant RowTableModel<Row>::data(const QModelIndex &index, int role) const
{
    Q_ASSERT(checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid));
    const Column<Row> &column = columnsOf<Row>()[std::size_t(index.column())];
    const RowKey key = keyAt(index.row());
    if (role == KeyRole)
        return key;
    if (role == Qt::TextAlignmentRole)
        return int((column.number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != IdRole && role != ValueRole &&
        role != StatusRole && role != DimRole && role != Qt::AccessibleTextRole)
        return {};
    const auto hit = m_rows.find(key);
    if (hit == m_rows.end()) {
        want(index.row());
        return role == Qt::DisplayRole && index.column() == 0 ? QVariant(u"…"_s) : QVariant();
    }
    const Row &row = hit->second;
    switch (role) {
    case Qt::DisplayRole:
        return format::visible(column.display(row, nowMs()));
    case Qt::AccessibleTextRole:
        return QString(columnTitle(index.column()) + u": "_s + format::visible(column.display(row, nowMs())));
    case Qt::ToolTipRole: {
        const QString tip = tipOf(row, column);
        if (!tip.isEmpty())
            return tip;
        const QString shown = column.display(row, nowMs());
        const QString exact = column.value(row).toString();
        return exact.isEmpty() || exact == shown ? shown : QString(shown + u" · "_s + exact);
    }
    case IdRole:
        return idOf(row);
    case ValueRole:
        return column.value(row);
    case StatusRole:
        return statusOf(row);
    case DimRole:
        return isDim(row);
    default:
        return {};
    }
}

template class RowTableModel<ThreadRow>;
template class RowTableModel<RunRow>;
template class RowTableModel<AssistantRow>;
template class RowTableModel<StoreRow>;
template class RowTableModel<FileRow>;
template class RowTableModel<OperationRow>;
template class RowTableModel<GuardRow>;
template class RowTableModel<SyncRow>;

std::unique_ptr<RowTableModel<ThreadRow>> makeThreadModel(QObject *parent)
{
    return std::make_unique<RowTableModel<ThreadRow>>(RowKind::Threads, Changed::Threads | Changed::Assistants, "cost",
                                                      parent);
}
std::unique_ptr<RowTableModel<RunRow>> makeRunModel(QObject *parent)
{
    return std::make_unique<RowTableModel<RunRow>>(RowKind::Runs, Changed::Runs, "created", parent);
}
std::unique_ptr<RowTableModel<AssistantRow>> makeAssistantModel(QObject *parent)
{
    return std::make_unique<RowTableModel<AssistantRow>>(RowKind::Assistants, Changed::Assistants | Changed::Runs,
                                                         "cost", parent);
}
std::unique_ptr<RowTableModel<StoreRow>> makeStoreModel(QObject *parent)
{
    return std::make_unique<RowTableModel<StoreRow>>(RowKind::Stores, Changed::Stores | Changed::Assistants, "bytes",
                                                     parent);
}
std::unique_ptr<RowTableModel<FileRow>> makeFileModel(QObject *parent)
{
    return std::make_unique<RowTableModel<FileRow>>(RowKind::Files, Changed::Files | Changed::Stores, "bytes", parent);
}
std::unique_ptr<RowTableModel<OperationRow>> makeOperationModel(QObject *parent)
{
    return std::make_unique<RowTableModel<OperationRow>>(RowKind::Operations, Changed::Operations, "created", parent);
}
std::unique_ptr<RowTableModel<GuardRow>> makeGuardModel(QObject *parent)
{
    return std::make_unique<RowTableModel<GuardRow>>(RowKind::Guard, Changed::Operations, "seen", parent);
}
std::unique_ptr<RowTableModel<SyncRow>> makeSyncModel(QObject *parent)
{
    return std::make_unique<RowTableModel<SyncRow>>(RowKind::Syncs, Changed::Syncs, "started", parent);
}

} // namespace bobbin
