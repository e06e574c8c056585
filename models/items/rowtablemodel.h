// SPDX-License-Identifier: GPL-3.0-or-later
// A browse table over the store that stays small at a million rows: it holds the keys in order and a window of rows.
// Filter and sort are the store's; the first rows come at once, the rest when the scan is through. Never blocks.
#pragma once

#include "models/columns/columns.h"
#include "models/store/store.h"

#include <QAbstractTableModel>
#include <QTimer>
#include <functional>
#include <unordered_map>

namespace bobbin {

class RowTableModelBase : public QAbstractTableModel {
    Q_OBJECT
public:
    ~RowTableModelBase() override;
    enum Role { KeyRole = Qt::UserRole + 1, IdRole, ValueRole, StatusRole, DimRole };

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const final;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const final;
    void sort(int column, Qt::SortOrder order) final;

    void setStore(std::shared_ptr<Store> store); // empty: no rows
    void setFilter(const RowFilter &filter);
    void setActive(bool active); // an inactive one asks nothing; what changed meanwhile is asked for later
    [[nodiscard]] const RowQuery &query() const { return m_query; }
    [[nodiscard]] const KeyList &list() const { return m_list; }
    [[nodiscard]] bool loading() const { return m_loading; } // no first rows yet
    [[nodiscard]] bool complete() const { return m_complete; } // all keys are known
    [[nodiscard]] RowKind kind() const { return m_kind; }
    [[nodiscard]] std::shared_ptr<Store> store() const { return m_store; }
    [[nodiscard]] int rowOf(RowKey key) const; // -1: not among the rows
    [[nodiscard]] RowKey keyAt(int row) const { return m_list.keys[std::size_t(row)]; }
    void storeChanged(const Changes &changes); // what it shows may have changed

    [[nodiscard]] virtual const ColumnInfo &column(int section) const = 0;
    [[nodiscard]] int columnOf(QByteArrayView key) const; // -1: none
    [[nodiscard]] QString columnTitle(int section) const;

    // Reads cells of these rows, in their order, on a reading thread; `take` answers false to stop.
    enum class CellForm { Shown, Raw };
    using TakeCells = std::function<bool(const QVariantList &cells)>;
    using ReadCells = std::function<Done(Reader &reader, const TakeCells &take)>;
    [[nodiscard]] virtual ReadCells cells(std::vector<RowKey> keys, std::vector<int> columns, CellForm form) const = 0;

Q_SIGNALS:
    void queried(); // first rows (those shown may be they), all keys or an error are there
    void failed(const bobbin::Error &error);

protected:
    RowTableModelBase(RowKind kind, ChangedKinds watches, const char *initialSort, QObject *parent);

    std::shared_ptr<Store> m_store;
    void want(int row) const; // data() found none: fetched soon
    virtual void dropRows() = 0;
    virtual void dropRows(const std::function<bool(RowKey)> &changed) = 0;
    virtual void fetchRows(std::vector<RowKey> keys) = 0; // ends in rowsArrived()
    void rowsArrived();
    void refresh();

private:
    RowKind m_kind;
    ChangedKinds m_watches;
    Changes m_changes; // since the last query
    RowQuery m_query;
    KeyList m_list;
    bool m_loading = false;
    bool m_complete = false;
    int m_generation = 0; // of queries
    int m_answered = 0; // the generation whose full list has come
    bool m_active = true;
    bool m_stale = false; // something changed while a query ran, or while it was inactive
    std::shared_ptr<ScanStop> m_firstScan, m_scan; // under way
    QTimer m_again;
    QTimer m_rest; // all of the rows are asked for
    mutable QTimer m_fetch;
    struct Stretch {
        int first, last;
    };
    mutable std::optional<Stretch> m_wanted; // rows are wanted by a view, so they lie together

    [[nodiscard]] QFuture<Result<KeyList>> ask(int limit, const std::shared_ptr<ScanStop> &stop) const;
    void stopScans();
    void askFirst(int generation);
    void askAll();
    void answered(Result<KeyList> list, bool whole);
    void show(KeyList list, bool complete);
    void fetchWanted();
    void dropChanged(const Changes &changes);
};

template <class Row> class RowTableModel final : public RowTableModelBase {
public:
    RowTableModel(RowKind kind, ChangedKinds watches, const char *initialSort, QObject *parent = nullptr)
        : RowTableModelBase(kind, watches, initialSort, parent)
    {
    }
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : int(columnsOf<Row>().size());
    }
    [[nodiscard]] const ColumnInfo &column(int section) const override
    {
        return columnsOf<Row>()[std::size_t(section)];
    }
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] ReadCells cells(std::vector<RowKey> keys, std::vector<int> columns, CellForm form) const override;
    [[nodiscard]] std::optional<Row> row(int at) const
    {
        const auto hit = m_rows.find(keyAt(at));
        return hit == m_rows.end() ? std::nullopt : std::optional(hit->second);
    }

private:
    static constexpr std::size_t mostRows = 6000;
    std::unordered_map<RowKey, Row> m_rows;

    void dropRows() override { m_rows.clear(); }
    void dropRows(const std::function<bool(RowKey)> &changed) override
    {
        std::erase_if(m_rows, [&](const auto &row) { return changed(row.first); });
    }
    void fetchRows(std::vector<RowKey> keys) override;
};

std::unique_ptr<RowTableModel<ThreadRow>> makeThreadModel(QObject *parent = nullptr);
std::unique_ptr<RowTableModel<RunRow>> makeRunModel(QObject *parent = nullptr);
std::unique_ptr<RowTableModel<AssistantRow>> makeAssistantModel(QObject *parent = nullptr);
std::unique_ptr<RowTableModel<StoreRow>> makeStoreModel(QObject *parent = nullptr);
std::unique_ptr<RowTableModel<FileRow>> makeFileModel(QObject *parent = nullptr);
std::unique_ptr<RowTableModel<OperationRow>> makeOperationModel(QObject *parent = nullptr);
std::unique_ptr<RowTableModel<GuardRow>> makeGuardModel(QObject *parent = nullptr);
std::unique_ptr<RowTableModel<SyncRow>> makeSyncModel(QObject *parent = nullptr);

} // namespace bobbin
