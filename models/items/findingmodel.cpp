// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/findingmodel.h"

#include "models/audit/findingtext.h"
#include "models/core/format.h"

#include <map>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr quintptr top = 0; // the id of rows without a parent; members have their group's place, from 1

QString aboutText(const Finding &finding)
{
    if (finding.subject == SubjectKind::Workspace)
        return FindingModel::tr("the workspace");
    return format::visible(finding.name.isEmpty() ? finding.id : finding.name);
}

QVariant orNone(const std::optional<Money> &money)
{
    return money ? QVariant(money->pico) : QVariant();
}

QString moneyOrDash(const std::optional<Money> &money)
{
    return money ? format::money(*money) : u"–"_s;
}

} // namespace

QStringList FindingModel::textsOf(const std::vector<Finding> &findings)
{
    QStringList texts;
    for (const Finding &finding : findings) {
        const FindingText text = findingText(finding);
        texts << text.title + u' ' + finding.name + u' ' + finding.id + u' ' + text.sentence;
    }
    return texts;
}

void FindingModel::setFindings(std::vector<Finding> findings, QStringList texts)
{
    Q_ASSERT(texts.size() == qsizetype(findings.size()));
    beginResetModel();
    m_findings = std::move(findings);
    m_texts = std::move(texts);
    group();
    endResetModel();
}

void FindingModel::setGrouping(Grouping grouping)
{
    if (grouping == m_grouping)
        return;
    beginResetModel();
    m_grouping = grouping;
    group();
    endResetModel();
}

void FindingModel::group()
{
    m_groups.clear();
    if (m_grouping == Grouping::None)
        return;
    std::map<QString, std::size_t> places;
    for (std::size_t i = 0; i < m_findings.size(); ++i) {
        const Finding &finding = m_findings[i];
        const QString name = m_grouping == Grouping::Rule ? ruleTitle(finding.rule) : aboutText(finding);
        const QString key =
            m_grouping == Grouping::Rule ? name : QString::number(int(finding.subject)) + u' ' + finding.id;
        const auto [place, isNew] = places.try_emplace(key, m_groups.size());
        if (isNew)
            m_groups.emplace_back().name = name;
        Group &group = m_groups[place->second];
        group.members.push_back(i);
        if (finding.state != Finding::State::Open)
            continue;
        ++group.open;
        group.spent += finding.spent.value_or(Money());
        group.monthly += finding.monthly.value_or(Money());
        group.worst = std::max(group.worst, finding.severity);
    }
    std::ranges::stable_sort(m_groups, std::greater<>(), &Group::spent);
}

const Finding *FindingModel::at(const QModelIndex &index) const
{
    const bool group = m_grouping != Grouping::None && index.internalId() == top;
    return index.isValid() && !group ? &m_findings[placeOf(index)] : nullptr;
}

std::size_t FindingModel::placeOf(const QModelIndex &index) const
{
    const auto row = std::size_t(index.row());
    return m_grouping == Grouping::None ? row : m_groups[index.internalId() - 1].members[row];
}

QModelIndex FindingModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, parent.isValid() ? quintptr(parent.row()) + 1 : top);
}

QModelIndex FindingModel::parent(const QModelIndex &index) const
{
    return !index.isValid() || index.internalId() == top ? QModelIndex()
                                                         : createIndex(int(index.internalId()) - 1, 0, top);
}

int FindingModel::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid())
        return int(m_grouping == Grouping::None ? m_findings.size() : m_groups.size());
    if (m_grouping == Grouping::None || parent.internalId() != top || parent.column() != 0)
        return 0;
    return int(m_groups[std::size_t(parent.row())].members.size());
}

QVariant FindingModel::data(const QModelIndex &index, int role) const
{
    const Finding *finding = at(index);
    if (!finding)
        return groupData(m_groups[std::size_t(index.row())], index.column(), role);
    const auto text = [finding] { return findingText(*finding); }; // not for what a sort asks
    switch (role) {
    case Qt::TextAlignmentRole:
        return int((index.column() == Spent || index.column() == Monthly ? Qt::AlignRight : Qt::AlignLeft) |
                   Qt::AlignVCenter);
    case Qt::ToolTipRole:
        return format::visible(text().sentence + u'\n' + text().advice);
    case Qt::AccessibleTextRole:
        return index.column() == What ? QVariant(format::visible(text().title + u": "_s + text().sentence))
                                      : QVariant();
    case TextRole:
        return m_texts[qsizetype(placeOf(index))];
    case SeverityRole:
        return int(finding->severity);
    case StateRole:
        return int(finding->state);
    case RuleRole:
        return finding->rule;
    case Qt::DisplayRole:
    case SortRole:
        break;
    default:
        return {};
    }
    const bool sorts = role == SortRole;
    switch (Column(index.column())) {
    case What:
        return ruleTitle(finding->rule);
    case About:
        return aboutText(*finding);
    case Spent:
        return sorts ? orNone(finding->spent) : QVariant(moneyOrDash(finding->spent));
    case Monthly:
        return sorts ? orNone(finding->monthly) : QVariant(moneyOrDash(finding->monthly));
    case Weight:
        return sorts ? QVariant(int(finding->severity)) : QVariant(severityName(finding->severity));
    case Confidence:
        return finding->estimated ? tr("estimated") : tr("measured");
    case Since:
        return sorts ? QVariant(finding->firstSeen.value_or(0)) : QVariant(format::when(finding->firstSeen).left(10));
    case Helps:
        if (finding->state == Finding::State::Dismissed)
            return tr("dismissed");
        if (finding->state == Finding::State::Snoozed)
            return tr("snoozed until %1").arg(format::when(finding->until));
        return finding->remedy == Remedy::None ? tr("advice") : remedyText(finding->remedy);
    case ColumnCount:
        break;
    }
    return {};
}

QVariant FindingModel::groupData(const Group &group, int column, int role) const
{
    if (role == Qt::TextAlignmentRole)
        return int((column == Spent || column == Monthly ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    const bool sorts = role == SortRole;
    if (role != Qt::DisplayRole && !sorts)
        return {};
    switch (Column(column)) {
    case What:
        return tr("%1 (%2)").arg(group.name, format::count(group.open > 0 ? group.open : qint64(group.members.size())));
    case Spent:
        return sorts ? QVariant(group.spent.pico)
                     : QVariant(moneyOrDash(group.spent.pico > 0 ? std::optional(group.spent) : std::nullopt));
    case Monthly:
        return sorts ? QVariant(group.monthly.pico)
                     : QVariant(moneyOrDash(group.monthly.pico > 0 ? std::optional(group.monthly) : std::nullopt));
    case Weight:
        return sorts ? QVariant(int(group.worst)) : QVariant(severityName(group.worst));
    default:
        return {};
    }
}

QVariant FindingModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((section == Spent || section == Monthly ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    const QString tips[] = {tr("The rule"),
                            tr("Thread, assistant, model, store or day"),
                            tr("What it has cost so far; the same run may stand in several findings"),
                            tr("What it costs a month if it goes on as in the last 28 days"),
                            tr("How much it matters"),
                            tr("Measured, or estimated where the server does not tell"),
                            tr("When the audit saw it first"),
                            tr("What one can do from here")};
    if (role == Qt::ToolTipRole)
        return tips[section];
    if (role != Qt::DisplayRole)
        return {};
    const QString titles[] = {tr("Finding"),  tr("About"),      tr("Spent"),      tr("A month"),
                              tr("Severity"), tr("Confidence"), tr("First seen"), tr("Remedy")};
    static_assert(std::size(titles) == ColumnCount);
    return titles[section];
}

} // namespace bobbin
