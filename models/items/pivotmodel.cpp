// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/pivotmodel.h"

#include "models/core/format.h"

#include <cmath>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

QString tokens(const Amount &amount, qint64 count) // unknown where no run told its usage
{
    return amount.usageRuns > 0 || amount.runs() == 0 ? format::count(count) : format::unknown();
}

} // namespace

double valueOf(const Amount &amount, PivotUnit unit)
{
    switch (unit) {
    case PivotUnit::Tokens:
        return double(amount.prompt + amount.completion);
    case PivotUnit::Runs:
        return double(amount.runs());
    case PivotUnit::Money:
        break;
    }
    return amount.cost.known.dollars();
}

void PivotModel::setPivot(Pivot pivot, QStringList names, Period period)
{
    beginResetModel();
    m_pivot = std::move(pivot);
    m_names = std::move(names);
    m_period = period;
    endResetModel();
}

void PivotModel::setUnit(PivotUnit unit)
{
    beginResetModel();
    m_unit = unit;
    endResetModel();
}

int PivotModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() || m_pivot.groups.empty() ? 0 : int(m_pivot.groups.size()) + 1;
}

int PivotModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : PeriodsBegin + int(m_pivot.columns.size());
}

const Amount &PivotModel::amountOf(int row) const
{
    return isSum(row) ? m_pivot.sum : m_pivot.groups[std::size_t(row)].sum;
}

bool PivotModel::isKnown(const Amount &amount) const
{
    return m_unit == PivotUnit::Runs || (m_unit == PivotUnit::Tokens ? amount.usageRuns : amount.cost.pricedRuns) > 0;
}

QString PivotModel::written(const Amount &amount) const
{
    switch (m_unit) {
    case PivotUnit::Tokens:
        return tokens(amount, amount.prompt + amount.completion);
    case PivotUnit::Runs:
        return format::count(amount.runs());
    case PivotUnit::Money:
        break;
    }
    return format::money(amount.cost);
}

std::optional<std::size_t> PivotModel::periodOf(int column) const
{
    return column >= PeriodsBegin && column < columnCount()
        ? std::optional(m_pivot.columns.size() - 1 - std::size_t(column - PeriodsBegin))
        : std::nullopt;
}

QString PivotModel::periodName(std::size_t at) const
{
    const Pivot::Column &period = m_pivot.columns[at];
    switch (m_period) {
    case Period::Week:
        return tr("week of %1").arg(period.from.toString(Qt::ISODate));
    case Period::Month:
        return period.from.toString(u"yyyy-MM"_s);
    case Period::Day:
        break;
    }
    return period.from.toString(Qt::ISODate);
}

QVariant PivotModel::data(const QModelIndex &index, int role) const
{
    Q_ASSERT(checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid));
    const int row = index.row();
    const int column = index.column();
    const Amount &all = amountOf(row);
    const double whole = valueOf(m_pivot.sum, m_unit);
    const double share = whole > 0 ? valueOf(all, m_unit) / whole : 0;
    if (role == Qt::TextAlignmentRole)
        return int((column == Name ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == SumRole)
        return isSum(row);
    if (role == ShareRole)
        return share;
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != Qt::AccessibleTextRole)
        return {};
    QString text;
    switch (column) {
    case Name:
        text = isSum(row) ? tr("All") : m_names.value(row);
        break;
    case Sum:
        text = written(all);
        break;
    case Share:
        text = whole > 0 && isKnown(all) ? tr("%1 %").arg(std::llround(share * 100)) : u"–"_s;
        break;
    case Runs:
        text = format::count(all.runs());
        break;
    case Prompt:
        text = tokens(all, all.prompt);
        break;
    case Cached:
        text = all.prompt > 0 ? tr("%1 %").arg(std::llround(100.0 * double(all.cached) / double(all.prompt))) : u"–"_s;
        break;
    case Output:
        text = tokens(all, all.completion);
        break;
    default: {
        const std::size_t period = *periodOf(column);
        const Amount &cell =
            isSum(row) ? m_pivot.columns[period].sum : m_pivot.groups[std::size_t(row)].columns[period];
        text = cell.runs() == 0 ? QString() : written(cell);
        break;
    }
    }
    if (role == Qt::AccessibleTextRole)
        return QString(headerData(column, Qt::Horizontal, Qt::DisplayRole).toString() + u": "_s +
                       format::visible(text));
    return format::visible(text);
}

QVariant PivotModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((section == Name ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    switch (section) {
    case Name:
        return tr("Group");
    case Sum:
        return m_unit == PivotUnit::Money ? tr("Cost") : m_unit == PivotUnit::Tokens ? tr("Tokens") : tr("All runs");
    case Share:
        return tr("Share");
    case Runs:
        return tr("Runs");
    case Prompt:
        return tr("Prompt");
    case Cached:
        return tr("Cached");
    case Output:
        return tr("Completion");
    default:
        return section < columnCount() ? periodName(*periodOf(section)) : QString();
    }
}

} // namespace bobbin
