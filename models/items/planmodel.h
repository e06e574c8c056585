// SPDX-License-Identifier: GPL-3.0-or-later
// A plan as a table: what it would do to each target, and why; the person leaves out what is to stay. Sorts and
// filters itself by the values, so that a hundred thousand targets answer at once.
#pragma once

#include "models/plans/plan.h"

#include <QAbstractTableModel>
#include <QHash>

namespace bobbin {

class PlanModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Target, Why, Messages, LastActive, Cost, GoesWith, ColumnCount };
    enum Role { KeptBackRole = Qt::UserRole + 1 };
    enum class Show { All, Chosen, LeftOut, KeptBack };
    using QAbstractTableModel::QAbstractTableModel;

    void setPlan(Plan plan); // what the person chose or left out before stays so
    [[nodiscard]] const Plan &plan() const { return m_plan; }
    [[nodiscard]] const PlanTarget &target(int row) const { return m_plan.targets[std::size_t(at(row))]; }
    [[nodiscard]] int rowOf(const QString &target) const; // -1: not shown
    void setFilter(const QString &text, Show show);
    void choose(const QModelIndexList &rows, bool chosen); // those that are not kept back
    void inheritChoice(const QString &from, const QString &to); // another target stands for the same in the next plan

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order) override; // -1: as planned

Q_SIGNALS:
    void chosenChanged();

private:
    Plan m_plan;
    QHash<QString, bool> m_decided; // by the person: target -> chosen
    std::vector<int> m_shown; // row -> place among the plan's targets
    QString m_text;
    Show m_show = Show::All;
    int m_sortColumn = -1;
    Qt::SortOrder m_order = Qt::AscendingOrder;

    [[nodiscard]] int at(int row) const { return m_shown[std::size_t(row)]; }
    [[nodiscard]] bool shows(const PlanTarget &target) const;
    [[nodiscard]] QString text(const PlanTarget &target, int column) const;
    void arrange();
};

} // namespace bobbin
