// SPDX-License-Identifier: GPL-3.0-or-later
// What a turn chart draws, as a table: one run a row, of one thread or of several that are compared.
#pragma once

#include "models/domain/rows.h"

#include <QAbstractTableModel>

namespace bobbin {

struct TurnSeries {
    QString name; // empty: there is only one
    std::vector<TurnPoint> points;
};

class TurnTableModel final : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column {
        Thread,
        Turn,
        Created,
        Status,
        Model,
        Context,
        Prompt,
        Cached,
        Completion,
        Cost,
        Sum,
        ToolCalls,
        Duration,
        ColumnCount
    };
    using QAbstractTableModel::QAbstractTableModel;

    void setSeries(std::vector<TurnSeries> series);
    [[nodiscard]] RowKey runAt(int row) const { return at(row).key; }
    [[nodiscard]] int rowOf(RowKey run) const; // -1: none

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<TurnSeries> m_series;
    struct Place {
        std::size_t series, point;
    };
    std::vector<Place> m_rows;
    std::vector<CostSum> m_sums; // of each row's thread, up to it

    [[nodiscard]] const TurnPoint &at(int row) const
    {
        const Place &place = m_rows[std::size_t(row)];
        return m_series[place.series].points[place.point];
    }
};

} // namespace bobbin
