// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/turntablemodel.h"

#include "models/core/format.h"

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

void TurnTableModel::setSeries(std::vector<TurnSeries> series)
{
    beginResetModel();
    m_series = std::move(series);
    m_rows.clear();
    m_sums.clear();
    for (std::size_t s = 0; s < m_series.size(); ++s) {
        CostSum sum;
        for (std::size_t p = 0; p < m_series[s].points.size(); ++p) {
            sum.add(m_series[s].points[p].cost);
            m_rows.push_back({s, p});
            m_sums.push_back(sum);
        }
    }
    endResetModel();
}

int TurnTableModel::rowOf(RowKey run) const
{
    for (int row = 0; row < rowCount(); ++row)
        if (at(row).key == run)
            return row;
    return -1;
}

int TurnTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int TurnTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant TurnTableModel::data(const QModelIndex &index, int role) const
{
    Q_ASSERT(checkIndex(index, CheckIndexOption::IndexIsValid));
    const TurnPoint &p = at(index.row());
    const bool number = index.column() == Turn || index.column() >= Context;
    if (role == Qt::TextAlignmentRole)
        return int((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole)
        return p.runId;
    if (role != Qt::DisplayRole)
        return {};
    switch (Column(index.column())) {
    case Thread:
        return format::visible(m_series[m_rows[std::size_t(index.row())].series].name);
    case Turn:
        return format::count(p.turn);
    case Created:
        return format::when(p.createdAt);
    case Status:
        return p.statusWord;
    case Model:
        return format::visible(p.model);
    case Context:
        return (p.context && p.context->estimated ? u"≈ "_s : QString()) +
            format::tokens(p.context ? std::optional(p.context->first) : std::nullopt);
    case Prompt:
        return format::tokens(p.usage ? std::optional(p.usage->prompt) : std::nullopt);
    case Cached:
        return format::tokens(p.usage ? p.usage->cached : std::nullopt);
    case Completion:
        return format::tokens(p.usage ? std::optional(p.usage->completion) : std::nullopt);
    case Cost:
        return format::money(p.cost);
    case Sum:
        return format::money(m_sums[std::size_t(index.row())]);
    case ToolCalls:
        return format::count(p.toolCalls);
    case Duration:
        return p.createdAt && p.endedAt ? format::duration(*p.endedAt - *p.createdAt) : u"–"_s;
    case ColumnCount:
        break;
    }
    return {};
}

QVariant TurnTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((section == Turn || section >= Context ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    const QString titles[] = {tr("Thread"),      tr("Turn"),       tr("Created"), tr("Status"),     tr("Model"),
                              tr("Context"),     tr("Prompt"),     tr("Cached"),  tr("Completion"), tr("Cost"),
                              tr("Cost so far"), tr("Tool calls"), tr("Duration")};
    static_assert(std::size(titles) == ColumnCount);
    return titles[section];
}

} // namespace bobbin
