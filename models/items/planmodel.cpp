// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/planmodel.h"

#include "models/core/format.h"

#include <QDateTime>
#include <QHash>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

void PlanModel::setPlan(Plan plan)
{
    QHash<QString, bool> chosen;
    for (const PlanTarget &target : m_plan.targets)
        chosen.insert(target.id, target.chosen);
    beginResetModel();
    m_plan = std::move(plan);
    for (PlanTarget &target : m_plan.targets)
        target.chosen = chosen.value(target.id, target.chosen);
    endResetModel();
}

int PlanModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_plan.targets.size());
}

int PlanModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString PlanModel::text(const PlanTarget &target, int column) const
{
    switch (column) {
    case Target:
        return target.label;
    case Why:
        return target.keptBack.isEmpty() ? target.why
            : target.why.isEmpty()       ? tr("kept: %1").arg(target.keptBack)
                                         : tr("%1, kept: %2").arg(target.why, target.keptBack);
    case Messages:
        return target.messages ? format::count(*target.messages) : u"–"_s;
    case LastActive:
        return target.lastActive ? format::age(target.lastActive, QDateTime::currentMSecsSinceEpoch()) : u"–"_s;
    case Cost:
        return target.cost ? format::money(*target.cost) : u"–"_s;
    case GoesWith:
        return target.goesWith.isEmpty() ? u"–"_s : target.goesWith;
    }
    return {};
}

QVariant PlanModel::data(const QModelIndex &index, int role) const
{
    const PlanTarget &target = m_plan.targets[std::size_t(index.row())];
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return text(target, column);
    case Qt::ToolTipRole:
        return column == Target ? target.id : text(target, column);
    case Qt::CheckStateRole:
        return column == Target ? QVariant(target.included() ? Qt::Checked : Qt::Unchecked) : QVariant();
    case Qt::TextAlignmentRole:
        return column == Messages || column == Cost ? int(Qt::AlignRight | Qt::AlignVCenter)
                                                    : int(Qt::AlignLeft | Qt::AlignVCenter);
    case KeptBackRole:
        return !target.keptBack.isEmpty();
    default:
        return {};
    }
}

bool PlanModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (role != Qt::CheckStateRole || index.column() != Target)
        return false;
    PlanTarget &target = m_plan.targets[std::size_t(index.row())];
    if (!target.keptBack.isEmpty())
        return false;
    target.chosen = value.toInt() == Qt::Checked;
    Q_EMIT dataChanged(index, index, {Qt::CheckStateRole});
    Q_EMIT chosenChanged();
    return true;
}

Qt::ItemFlags PlanModel::flags(const QModelIndex &index) const
{
    Qt::ItemFlags flags = Qt::ItemIsSelectable | Qt::ItemIsEnabled;
    if (index.column() == Target && m_plan.targets[std::size_t(index.row())].keptBack.isEmpty())
        flags |= Qt::ItemIsUserCheckable;
    return flags;
}

QVariant PlanModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return section == Messages || section == Cost ? int(Qt::AlignRight | Qt::AlignVCenter)
                                                      : int(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    const bool stores = m_plan.kind == OperationKind::Consolidate;
    switch (section) {
    case Target:
        return stores ? tr("Survivor") : m_plan.kind == OperationKind::CancelRuns ? tr("Thread") : tr("What");
    case Why:
        return tr("Why");
    case Messages:
        return stores ? tr("Deletes") : tr("Messages");
    case LastActive:
        return tr("Last activity");
    case Cost:
        return stores ? tr("Saves a day") : tr("Cost to date");
    case GoesWith:
        return stores ? tr("Changes") : tr("Goes with it");
    default:
        return {};
    }
}

} // namespace bobbin
