// SPDX-License-Identifier: GPL-3.0-or-later
// Findings as a tree: all by money, or grouped by rule or by what they are about.
#pragma once

#include "models/audit/finding.h"

#include <QAbstractItemModel>

namespace bobbin {

class FindingModel final : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column { What, About, Spent, Monthly, Weight, Confidence, Since, Helps, ColumnCount };
    enum class Grouping { None, Rule, Subject };
    enum Role {
        SortRole = Qt::UserRole, // a number or a text, invalid where unknown
        TextRole, // what a filter looks at
        SeverityRole,
        StateRole, // int of Finding::State
        RuleRole,
    };
    using QAbstractItemModel::QAbstractItemModel;

    // Its texts, what a filter looks at, are made where findings are read.
    static QStringList textsOf(const std::vector<Finding> &findings);
    void setFindings(std::vector<Finding> findings, QStringList texts);
    void setGrouping(Grouping grouping);
    [[nodiscard]] const Finding *at(const QModelIndex &index) const; // null: a group
    [[nodiscard]] const std::vector<Finding> &findings() const { return m_findings; }

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex &index) const override;
    using QObject::parent;
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex & = {}) const override { return ColumnCount; }
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Group {
        QString name;
        std::vector<std::size_t> members;
        qint64 open = 0;
        Money spent, monthly; // of those
        Severity worst = Severity::Note;
    };
    std::vector<Finding> m_findings;
    QStringList m_texts;
    std::vector<Group> m_groups; // empty: not grouped
    Grouping m_grouping = Grouping::None;

    [[nodiscard]] std::size_t placeOf(const QModelIndex &index) const; // of a finding's
    void group();
    [[nodiscard]] QVariant groupData(const Group &group, int column, int role) const;
};

} // namespace bobbin
