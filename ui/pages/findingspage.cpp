// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/findingspage.h"

#include "models/audit/findingtext.h"
#include "models/core/clock.h"
#include "models/core/format.h"
#include "models/items/findingmodel.h"
#include "models/store/whendone.h"
#include "ui/dialogs/silencedialog.h"
#include "ui/widgets/evidencelist.h"
#include "ui/widgets/paddeddelegate.h"
#include "ui/widgets/textlabel.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStackedLayout>
#include <QTreeView>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

enum Shown { OpenOnes, SilencedOnes, AllOnes };

// What passes stays with its group; what is unknown is the least in both directions.
class FindingFilter final : public QSortFilterProxyModel {
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void set(const QString &text, Severity least, Shown shown)
    {
        m_text = text;
        m_least = least;
        m_shown = shown;
        invalidateFilter();
    }

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex &parent) const override
    {
        const QModelIndex index = sourceModel()->index(row, 0, parent);
        if (!static_cast<const FindingModel *>(sourceModel())->at(index))
            return false; // a group, shown by what is in it
        const bool open = index.data(FindingModel::StateRole).toInt() == int(Finding::State::Open);
        if ((m_shown == OpenOnes && !open) || (m_shown == SilencedOnes && open))
            return false;
        if (index.data(FindingModel::SeverityRole).toInt() < int(m_least))
            return false;
        return m_text.isEmpty() || index.data(FindingModel::TextRole).toString().contains(m_text, Qt::CaseInsensitive);
    }
    [[nodiscard]] bool lessThan(const QModelIndex &left, const QModelIndex &right) const override
    {
        const QVariant a = left.data(FindingModel::SortRole);
        const QVariant b = right.data(FindingModel::SortRole);
        if (!a.isValid() || !b.isValid())
            return !a.isValid() && b.isValid() ? sortOrder() == Qt::DescendingOrder
                                               : a.isValid() && sortOrder() == Qt::AscendingOrder;
        return QSortFilterProxyModel::lessThan(left, right);
    }

private:
    QString m_text;
    Severity m_least = Severity::Note;
    Shown m_shown = OpenOnes;
};

} // namespace

FindingsPage::FindingsPage(QWidget *parent)
    : QWidget(parent), m_model(new FindingModel(this)), m_shown(new FindingFilter(this)), m_filter(new QLineEdit),
      m_group(new QComboBox), m_severity(new QComboBox), m_state(new QComboBox), m_count(new QLabel),
      m_message(new QLabel), m_table(new QTreeView), m_title(makeTextLabel()), m_sentence(makeTextLabel()),
      m_advice(makeTextLabel()), m_figures(makeTextLabel()), m_act(new QPushButton),
      m_open(new QPushButton(tr("Open"))), m_silence(new QPushButton(tr("Dismiss…"))),
      m_speak(new QPushButton(tr("Let it speak again"))), m_evidence(new EvidenceList)
{
    m_shown->setSourceModel(m_model);
    m_shown->setRecursiveFilteringEnabled(true);
    m_shown->setSortRole(FindingModel::SortRole);
    m_shown->setSortLocaleAware(true);
    m_shown->setSortCaseSensitivity(Qt::CaseInsensitive);
    m_table->setModel(m_shown);
    m_table->setItemDelegate(new PaddedDelegate(8, m_table));
    m_table->setAccessibleName(tr("Findings"));
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setAlternatingRowColors(true);
    m_table->setUniformRowHeights(true);
    m_table->setAllColumnsShowFocus(true);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(FindingModel::Spent, Qt::DescendingOrder);
    m_table->header()->setStretchLastSection(true);
    const int character = fontMetrics().averageCharWidth();
    PaddedHeaderStyle::applyTo(m_table->header(), 8);
    const int widths[] = {26, 28, 12, 12, 11, 13, 13, 16};
    for (int i = 0; i < FindingModel::ColumnCount; ++i)
        m_table->setColumnWidth(i, widths[i] * character);
    m_message->setAlignment(Qt::AlignCenter);
    m_message->setWordWrap(true);
    auto *stacked = new QWidget;
    m_stack = new QStackedLayout(stacked);
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_message);

    auto *splitter = new QSplitter(Qt::Vertical);
    splitter->setObjectName(u"findings"_s);
    splitter->addWidget(stacked);
    splitter->addWidget(makeDetails());
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({380, 380});
    splitter->setChildrenCollapsible(false);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeBar());
    column->addWidget(splitter, 1);

    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &FindingsPage::showCurrent);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, &FindingsPage::showCurrent);
    connect(m_table, &QTreeView::activated, this, [this](const QModelIndex &index) {
        if (const Finding *finding = m_model->at(m_shown->mapToSource(index)))
            Q_EMIT wanted(finding->subject, finding->id, {});
    });
    showCurrent();
    tellCount();
}

QWidget *FindingsPage::makeBar()
{
    m_filter->setPlaceholderText(tr("Filter findings"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setAccessibleName(tr("Filter findings"));
    m_group->addItems({tr("by money"), tr("by rule"), tr("by subject")});
    m_group->setAccessibleName(tr("Grouping"));
    m_severity->addItem(tr("any severity"), int(Severity::Note));
    m_severity->addItem(tr("warnings and serious"), int(Severity::Warning));
    m_severity->addItem(tr("serious"), int(Severity::Serious));
    m_severity->setAccessibleName(tr("Severity"));
    m_state->addItems({tr("open"), tr("dismissed and snoozed"), tr("all")});
    m_state->setAccessibleName(tr("State"));
    auto *bar = new QWidget;
    auto *row = new QHBoxLayout(bar);
    row->setContentsMargins(8, 8, 8, 8);
    row->addWidget(m_filter, 1);
    for (QComboBox *box : {m_group, m_severity, m_state})
        row->addWidget(box);
    row->addWidget(m_count);
    connect(m_filter, &QLineEdit::textChanged, this, &FindingsPage::applyFilter);
    connect(m_severity, &QComboBox::currentIndexChanged, this, &FindingsPage::applyFilter);
    connect(m_state, &QComboBox::currentIndexChanged, this, &FindingsPage::applyFilter);
    connect(m_group, &QComboBox::currentIndexChanged, this, [this](int index) {
        m_model->setGrouping(FindingModel::Grouping(index));
        m_table->setRootIsDecorated(index > 0);
        m_table->expandAll();
        tellCount();
    });
    m_table->setRootIsDecorated(false);
    return bar;
}

QWidget *FindingsPage::makeDetails()
{
    QFont strong = m_title->font();
    strong.setWeight(QFont::DemiBold);
    strong.setPointSizeF(strong.pointSizeF() * 1.1);
    m_title->setFont(strong);
    auto *buttons = new QHBoxLayout;
    for (QPushButton *button : {m_act, m_open, m_silence, m_speak})
        buttons->addWidget(button);
    buttons->addStretch();
    auto *details = new QWidget;
    auto *column = new QVBoxLayout(details);
    column->setContentsMargins(12, 10, 12, 0);
    column->addWidget(m_title);
    column->addWidget(m_sentence);
    column->addWidget(m_advice);
    column->addWidget(m_figures);
    column->addLayout(buttons);
    column->addWidget(m_evidence, 1);
    connect(m_act, &QPushButton::clicked, this, [this] { Q_EMIT remedyWanted(selected()); });
    connect(m_open, &QPushButton::clicked, this, [this] {
        if (const std::vector<Finding> chosen = selected(); !chosen.empty())
            Q_EMIT wanted(chosen.front().subject, chosen.front().id, {});
    });
    connect(m_silence, &QPushButton::clicked, this, &FindingsPage::silence);
    connect(m_speak, &QPushButton::clicked, this, &FindingsPage::speakAgain);
    connect(m_evidence, &EvidenceList::wanted, this, &FindingsPage::wanted);
    return details;
}

void FindingsPage::setStore(std::shared_ptr<Store> store)
{
    ++m_generation;
    m_store = std::move(store);
    m_model->setFindings({}, {});
    tellCount();
    showCurrent();
    refresh();
}

void FindingsPage::setAuditing(bool auditing)
{
    m_auditing = auditing;
    tellCount();
}

void FindingsPage::storeChanged(const Changes &changes)
{
    if (changes.kinds & (Changed::Findings | Changed::Operations))
        refresh();
}

void FindingsPage::showRule(const QByteArray &rule)
{
    m_state->setCurrentIndex(OpenOnes);
    m_severity->setCurrentIndex(0);
    m_filter->setText(rule.isEmpty() ? QString() : ruleTitle(rule));
}

void FindingsPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (m_stale)
        refresh();
}

void FindingsPage::refresh()
{
    m_stale = !isVisible() || !m_store;
    if (m_stale)
        return;
    const int generation = ++m_generation;
    using Read = std::pair<std::vector<Finding>, QStringList>;
    whenDone(m_store->read(
                 [](Reader &reader) -> Result<Read> {
                     auto findings = reader.findings();
                     if (!findings)
                         return fail(findings.error());
                     QStringList texts = FindingModel::textsOf(*findings);
                     return Read(*std::move(findings), std::move(texts));
                 },
                 Store::Lane::Scan),
             this, [this, generation](const Result<Read> &read) {
                 if (generation != m_generation)
                     return;
                 if (!read) {
                     Q_EMIT failed(read.error());
                     return;
                 }
                 const std::vector<Finding> before = selected();
                 m_model->setFindings(read->first, read->second);
                 m_table->expandAll();
                 if (!before.empty())
                     m_table->setCurrentIndex(indexOf(before.front()));
                 if (!m_table->currentIndex().isValid())
                     m_table->setCurrentIndex(m_shown->index(0, 0));
                 tellCount();
                 showCurrent();
             });
}

void FindingsPage::applyFilter()
{
    static_cast<FindingFilter *>(m_shown)->set(m_filter->text().trimmed(), Severity(m_severity->currentData().toInt()),
                                               Shown(m_state->currentIndex()));
    m_table->expandAll();
    tellCount();
}

void FindingsPage::tellCount()
{
    qint64 shown = 0;
    for (int row = 0; row < m_shown->rowCount(); ++row) {
        const QModelIndex index = m_shown->index(row, 0);
        shown += m_shown->hasChildren(index) ? m_shown->rowCount(index) : 1;
    }
    m_count->setText(tr("%n finding(s)", nullptr, int(shown)));
    if (m_auditing && m_model->findings().empty())
        m_message->setText(tr("Looking at all threads…"));
    else if (m_model->findings().empty())
        m_message->setText(tr("Nothing stands out: no thread, run, assistant or store needs you."));
    else
        m_message->setText(tr("No finding passes the filter."));
    m_stack->setCurrentIndex(shown > 0 ? 0 : 1);
}

QModelIndex FindingsPage::indexOf(const Finding &finding, const QModelIndex &under) const
{
    for (int row = 0; row < m_shown->rowCount(under); ++row) {
        const QModelIndex index = m_shown->index(row, 0, under);
        const Finding *here = m_model->at(m_shown->mapToSource(index));
        if (here && here->isThatOf(finding))
            return index;
        if (const QModelIndex within = indexOf(finding, index); within.isValid())
            return within;
    }
    return {};
}

std::vector<Finding> FindingsPage::selected() const
{
    std::vector<Finding> chosen;
    const QModelIndex current = m_table->currentIndex();
    const auto add = [&](const QModelIndex &index) {
        if (const Finding *finding = m_model->at(m_shown->mapToSource(index)))
            chosen.push_back(*finding);
    };
    const QModelIndexList list = m_table->selectionModel()->selectedRows();
    const QSet<QModelIndex> rows(list.begin(), list.end());
    if (rows.contains(current.siblingAtColumn(0)))
        add(current);
    for (const QModelIndex &row : list) {
        if (row != current.siblingAtColumn(0))
            add(row);
        for (int child = 0; child < m_shown->rowCount(row); ++child) // of a group all
            if (!rows.contains(m_shown->index(child, 0, row)))
                add(m_shown->index(child, 0, row));
    }
    return chosen;
}

void FindingsPage::showCurrent()
{
    const std::vector<Finding> chosen = selected();
    m_evidence->setEvidence({}, {});
    ++m_evidenceAsked;
    const bool any = !chosen.empty();
    for (QWidget *widget :
         std::initializer_list<QWidget *>{m_title, m_sentence, m_advice, m_figures, m_evidence, m_open})
        widget->setVisible(any);
    const bool silent = any && chosen.front().state != Finding::State::Open;
    m_silence->setVisible(any && !silent);
    m_speak->setVisible(silent);
    m_act->setVisible(false);
    if (!any)
        return;
    const Finding &first = chosen.front();
    const FindingText text = findingText(first);
    const QString about = first.name.isEmpty() ? first.id : first.name;
    m_title->setText(format::visible(about.isEmpty() ? text.title : text.title + u" · "_s + about));
    m_sentence->setText(format::visible(text.sentence));
    m_advice->setText(format::visible(text.advice));
    QStringList figures;
    if (first.spent)
        figures << tr("spent so far %1").arg(format::money(*first.spent));
    if (first.monthly)
        figures << tr("%1 a month if it goes on").arg(format::money(*first.monthly));
    figures << (first.estimated ? tr("estimated") : tr("measured"));
    if (silent && !first.reason.isEmpty())
        figures << tr("silenced: %1").arg(first.reason);
    m_figures->setText(format::visible(figures.join(u" · "_s)));
    const auto same = std::ranges::count(chosen, first.remedy, &Finding::remedy);
    m_act->setVisible(first.remedy != Remedy::None);
    m_act->setText(same > 1 ? tr("%1 (%2)").arg(text.remedy, format::count(same)) : text.remedy);
    m_open->setVisible(first.subject == SubjectKind::Thread || first.subject == SubjectKind::Assistant ||
                       first.subject == SubjectKind::Store);
    if (chosen.size() > 1)
        m_silence->setText(tr("Dismiss %1…").arg(format::count(qint64(chosen.size()))));
    else
        m_silence->setText(tr("Dismiss…"));
    showEvidence(first);
}

void FindingsPage::showEvidence(const Finding &finding)
{
    if (!m_store || finding.evidence.empty())
        return;
    const int asked = ++m_evidenceAsked;
    whenDone(m_store->read([list = std::vector<Finding>{finding}](Reader &reader) mutable -> Result<Finding> {
        if (Done named = reader.nameEvidence(list); !named)
            return fail(named.error());
        return list.front();
    }),
             this, [this, asked](const Result<Finding> &named) {
                 if (asked != m_evidenceAsked || !named)
                     return;
                 m_evidence->setEvidence(
                     named->evidence, [&](const Evidence &evidence) { return amountText(*named, evidence); },
                     named->evidenceCount);
             });
}

void FindingsPage::silence()
{
    const std::vector<Finding> chosen = selected();
    if (chosen.empty() || !m_store)
        return;
    SilenceDialog dialog(qint64(chosen.size()), this);
    if (dialog.exec() != QDialog::Accepted)
        return;
    const qint64 now = nowMs();
    whenDone(m_store->journal().silence(chosen, dialog.until(now), dialog.reason(), now), this,
             [this](const Done &done) {
                 if (!done)
                     Q_EMIT failed(done.error());
                 refresh();
             });
}

void FindingsPage::speakAgain()
{
    if (!m_store)
        return;
    whenDone(m_store->journal().speakAgain(selected()), this, [this](const Done &done) {
        if (!done)
            Q_EMIT failed(done.error());
        refresh();
    });
}

} // namespace bobbin::ui
