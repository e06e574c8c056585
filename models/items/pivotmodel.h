// SPDX-License-Identifier: GPL-3.0-or-later
// A pivot as a table: a line a group and one of sums; after the sums a column a period, the newest first.
#pragma once

#include "models/costs/pivot.h"

#include <QAbstractTableModel>

namespace bobbin {

enum class PivotUnit : quint8 { Money, Tokens, Runs };

class PivotModel final : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, Sum, Share, Runs, Prompt, Cached, Output, PeriodsBegin };
    enum Role { ShareRole = Qt::UserRole, SumRole };
    using QAbstractTableModel::QAbstractTableModel;

    void setPivot(Pivot pivot, QStringList names, Period period); // a name a group
    void setUnit(PivotUnit unit);
    [[nodiscard]] const Pivot &pivot() const { return m_pivot; }
    [[nodiscard]] const QStringList &names() const { return m_names; }
    [[nodiscard]] bool isSum(int row) const { return row == int(m_pivot.groups.size()); }
    [[nodiscard]] QString periodName(std::size_t period) const; // of the pivot's columns
    [[nodiscard]] std::optional<std::size_t> periodOf(int column) const; // none: a column of sums

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    Pivot m_pivot;
    QStringList m_names;
    Period m_period = Period::Day;
    PivotUnit m_unit = PivotUnit::Money;
    [[nodiscard]] const Amount &amountOf(int row) const;
    [[nodiscard]] QString written(const Amount &amount) const;
    [[nodiscard]] bool isKnown(const Amount &amount) const; // some of it
};

double valueOf(const Amount &amount, PivotUnit unit); // dollars, tokens, runs

} // namespace bobbin
