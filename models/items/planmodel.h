// SPDX-License-Identifier: GPL-3.0-or-later
// A plan as a table: what it would do to each target, and why; the person leaves out what is to stay.
#pragma once

#include "models/plans/plan.h"

#include <QAbstractTableModel>

namespace bobbin {

class PlanModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Target, Why, Messages, LastActive, Cost, GoesWith, ColumnCount };
    enum Role { KeptBackRole = Qt::UserRole + 1 };
    using QAbstractTableModel::QAbstractTableModel;

    void setPlan(Plan plan); // choices made before are kept for targets that are still in it
    [[nodiscard]] const Plan &plan() const { return m_plan; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    void chosenChanged();

private:
    Plan m_plan;
    [[nodiscard]] QString text(const PlanTarget &target, int column) const;
};

} // namespace bobbin
