// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/planmodel.h"

#include "models/core/clock.h"
#include "models/core/format.h"

#include <algorithm>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

// Unknown stays at the end, whichever way it is sorted.
template <class Value> bool before(const Value &a, const Value &b, Qt::SortOrder order)
{
    if (!a || !b)
        return a.has_value() && !b.has_value();
    return order == Qt::AscendingOrder ? *a < *b : *b < *a;
}

std::optional<qint64> picoOf(const PlanTarget &target)
{
    return target.cost && target.cost->pricedRuns > 0 ? std::optional(target.cost->known.pico) : std::nullopt;
}

} // namespace

void PlanModel::setPlan(Plan plan)
{
    beginResetModel();
    m_plan = std::move(plan);
    for (PlanTarget &target : m_plan.targets)
        target.chosen = m_decided.value(target.id, target.chosen);
    arrange();
    endResetModel();
}

void PlanModel::setFilter(const QString &text, Show show)
{
    beginResetModel();
    m_text = text;
    m_show = show;
    arrange();
    endResetModel();
}

void PlanModel::sort(int column, Qt::SortOrder order)
{
    beginResetModel();
    m_sortColumn = column;
    m_order = order;
    arrange();
    endResetModel();
}

bool PlanModel::shows(const PlanTarget &target) const
{
    const bool state = m_show == Show::All || (m_show == Show::Chosen && target.included()) ||
        (m_show == Show::LeftOut && !target.chosen && target.keptBack.isEmpty()) ||
        (m_show == Show::KeptBack && !target.keptBack.isEmpty());
    const auto has = [this](const QString &text) { return text.contains(m_text, Qt::CaseInsensitive); };
    return state &&
        (m_text.isEmpty() || has(target.label) || has(target.id) || has(target.why) || has(target.keptBack));
}

void PlanModel::arrange()
{
    m_shown.clear();
    for (std::size_t i = 0; i < m_plan.targets.size(); ++i)
        if (shows(m_plan.targets[i]))
            m_shown.push_back(int(i));
    const auto sortBy = [this](auto value) {
        std::ranges::stable_sort(m_shown, [&](int a, int b) {
            return before(value(m_plan.targets[std::size_t(a)]), value(m_plan.targets[std::size_t(b)]), m_order);
        });
    };
    const auto orNone = [](const QString &text) { return text.isEmpty() ? std::nullopt : std::optional(text); };
    switch (m_sortColumn) {
    case Target:
        sortBy([&](const PlanTarget &t) { return orNone(t.label); });
        break;
    case Why:
        sortBy([&](const PlanTarget &t) { return orNone(t.why); });
        break;
    case Messages:
        sortBy([](const PlanTarget &t) { return t.messages; });
        break;
    case LastActive:
        sortBy([](const PlanTarget &t) { return t.lastActive; });
        break;
    case Cost:
        sortBy(picoOf);
        break;
    case GoesWith:
        sortBy([&](const PlanTarget &t) { return orNone(t.goesWith); });
        break;
    default:
        break;
    }
}

int PlanModel::rowOf(const QString &target) const
{
    const auto found = std::ranges::find(m_shown, target, [this](int i) { return m_plan.targets[std::size_t(i)].id; });
    return found == m_shown.end() ? -1 : int(found - m_shown.begin());
}

void PlanModel::choose(const QModelIndexList &rows, bool chosen)
{
    if (rows.isEmpty())
        return;
    for (const QModelIndex &index : rows) {
        PlanTarget &target = m_plan.targets[std::size_t(at(index.row()))];
        if (!target.keptBack.isEmpty())
            continue;
        target.chosen = chosen;
        m_decided.insert(target.id, chosen);
    }
    Q_EMIT dataChanged(index(0, Target), index(rowCount() - 1, Target), {Qt::CheckStateRole});
    Q_EMIT chosenChanged();
}

void PlanModel::inheritChoice(const QString &from, const QString &to)
{
    if (m_decided.contains(from))
        m_decided.insert(to, m_decided.take(from));
}

int PlanModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_shown.size());
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
        return target.lastActive ? format::age(target.lastActive, nowMs()) : u"–"_s;
    case Cost:
        return target.cost ? format::money(*target.cost) : u"–"_s;
    case GoesWith:
        return target.goesWith.isEmpty() ? u"–"_s : target.goesWith;
    default:
        return {};
    }
}

QVariant PlanModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const PlanTarget &target = this->target(index.row());
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
    if (!target(index.row()).keptBack.isEmpty())
        return false;
    choose({index}, value.toInt() == Qt::Checked);
    return true;
}

Qt::ItemFlags PlanModel::flags(const QModelIndex &index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    Qt::ItemFlags flags = Qt::ItemIsSelectable | Qt::ItemIsEnabled;
    if (index.column() == Target && target(index.row()).keptBack.isEmpty())
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
