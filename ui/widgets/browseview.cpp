// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/browseview.h"

#include "models/store/whendone.h"

#include "models/core/format.h"
#include "models/items/rowexport.h"
#include "ui/theme.h"
#include "ui/widgets/notice.h"
#include "ui/widgets/paddeddelegate.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QSet>
#include <QSettings>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int rowHeight = 27;
constexpr int cellMargin = 8;
constexpr int typingMs = 40; // two keys struck at once ask once; a question that is overtaken stops

// Colour by status or because the server lost it; a word always says the same.
class RowDelegate final : public PaddedDelegate {
public:
    explicit RowDelegate(QObject *parent) : PaddedDelegate(cellMargin, parent) { }

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        const auto *model = static_cast<const RowTableModelBase *>(index.model());
        const QByteArrayView key = model->column(index.column()).key;
        if (index.data(RowTableModelBase::DimRole).toBool() || option->text == format::unknown() ||
            option->text == "–"_L1)
            option->palette.setColor(QPalette::Text, colour(Hue::Quiet));
        if (key == "status" || key == "state" || key == "error") {
            const QVariant status = index.data(RowTableModelBase::StatusRole);
            if (const QColor c = status.isValid() ? statusColour(RunStatus(status.toInt())) : QColor(); c.isValid())
                option->palette.setColor(QPalette::Text, c);
        }
        option->palette.setColor(QPalette::HighlightedText, option->palette.color(QPalette::Text));
    }
};

} // namespace

BrowseView::BrowseView(const QString &name, RowTableModelBase *model, QWidget *parent)
    : QWidget(parent), m_name(name), m_model(model), m_table(new QTableView), m_filter(new QLineEdit),
      m_scopeWords(new QLabel), m_bar(new QWidget), m_count(new QLabel), m_message(new QLabel), m_notice(new Notice)
{
    setObjectName(name);
    m_model->setParent(this);
    m_model->setActive(false); // until it is seen
    auto *bar = new QHBoxLayout(m_bar);
    bar->setContentsMargins(12, 8, 12, 8);
    bar->setSpacing(8);
    m_filter->setClearButtonEnabled(true);
    m_filter->setMinimumWidth(110);
    m_filter->setMaximumWidth(260);
    m_filter->setObjectName(u"filter"_s);
    m_filter->setAccessibleName(tr("Filter"));
    m_count->setForegroundRole(QPalette::PlaceholderText);
    m_count->setObjectName(u"count"_s);
    auto *columns = new QToolButton;
    columns->setText(tr("Columns"));
    columns->setAutoRaise(true);
    columns->setToolTip(tr("Choose the columns that are shown"));
    m_scopeWords->setTextFormat(Qt::PlainText);
    m_scopeWords->hide();
    bar->addWidget(m_scopeWords);
    bar->addWidget(m_filter, 1);
    m_count->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_count->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // gives way in a narrow window
    m_count->setMinimumWidth(22 * fontMetrics().averageCharWidth()); // "4 threads · $53.13"
    bar->addWidget(m_count, 2);
    bar->addWidget(columns);

    m_table->setModel(m_model);
    m_table->setItemDelegate(new RowDelegate(m_table));
    m_table->setObjectName(u"table"_s);
    m_table->setAccessibleName(name);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_table->setTabKeyNavigation(false);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setDefaultSectionSize(rowHeight);
    QHeaderView *header = m_table->horizontalHeader();
    header->setSectionsMovable(true);
    header->setHighlightSections(false);
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setMinimumSectionSize(40);
    header->setStretchLastSection(true);
    PaddedHeaderStyle::applyTo(header, cellMargin);
    const int em = fontMetrics().averageCharWidth();
    for (int c = 0; c < m_model->columnCount(); ++c) {
        m_table->setColumnWidth(c, m_model->column(c).width * em + 16);
        m_table->setColumnHidden(c, !m_model->column(c).shown);
    }
    const int sorted = m_model->columnOf(m_model->query().sort);
    header->setSortIndicator(sorted, Qt::DescendingOrder);
    m_table->setSortingEnabled(true);

    m_message->setAlignment(Qt::AlignCenter);
    m_message->setWordWrap(true);
    m_message->setForegroundRole(QPalette::PlaceholderText);
    m_message->setParent(m_table->viewport());
    auto *overlay = new QVBoxLayout(m_table->viewport());
    overlay->addWidget(m_message, 0, Qt::AlignCenter);

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_bar);
    column->addWidget(m_notice);
    column->addWidget(m_table, 1);

    m_typing.setSingleShot(true);
    m_typing.setInterval(typingMs);
    connect(m_filter, &QLineEdit::textChanged, this, [this] { m_typing.start(); });
    connect(m_filter, &QLineEdit::returnPressed, m_table, qOverload<>(&QWidget::setFocus));
    connect(&m_typing, &QTimer::timeout, this, &BrowseView::applyFilter);
    connect(columns, &QToolButton::clicked, this,
            [this, columns] { chooseColumns(columns->mapToGlobal(QPoint(0, columns->height()))); });
    connect(header, &QWidget::customContextMenuRequested, this,
            [this, header](const QPoint &at) { chooseColumns(header->mapToGlobal(at)); });
    connect(m_table, &QWidget::customContextMenuRequested, this, &BrowseView::openMenu);
    connect(m_table, &QTableView::activated, this,
            [this](const QModelIndex &index) { Q_EMIT activated(m_model->keyAt(index.row())); });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex &now) {
        if (m_resetting || !now.isValid())
            return;
        const RowKey key = m_model->keyAt(now.row());
        if (m_current == key)
            return;
        m_current = key;
        Q_EMIT currentChanged(m_current);
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &BrowseView::selectionMoved);
    connect(m_model, &QAbstractItemModel::modelAboutToBeReset, this, [this] { m_resetting = true; });
    connect(m_model, &QAbstractItemModel::modelReset, this, &BrowseView::restoreCurrent);
    connect(m_model, &RowTableModelBase::queried, this, [this] {
        tellCount();
        if (!m_everShown && m_model->rowCount() > 0) { // so that the page below shows something from the start
            m_everShown = true;
            if (!m_current)
                m_table->setCurrentIndex(m_model->index(0, 0));
        }
        restoreSelection();
        // What is not among the rows any more is not what one acts on.
        if (m_current && m_model->complete() && m_model->rowOf(*m_current) < 0) {
            m_current.reset();
            m_selected.clear();
            Q_EMIT currentChanged(std::nullopt);
        }
    });
    connect(m_model, &RowTableModelBase::failed, m_notice, [this](const Error &error) { m_notice->show(error); });

    m_exportTick.setInterval(200);
    connect(&m_exportTick, &QTimer::timeout, this, &BrowseView::tellExport);
    connect(m_notice, &Notice::actionClicked, this, [this] {
        if (m_export)
            m_export->stop = true;
    });

    auto *copy = new QAction(tr("Copy rows"), this);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(copy, &QAction::triggered, this, [this] { copySelection(false); });
    m_table->addAction(copy);
    tellCount();
}

void BrowseView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_model->setActive(true);
    tellCount();
}

void BrowseView::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    m_model->setActive(false);
}

void BrowseView::setPlaceholder(const QString &filterHint, const QString &emptyText)
{
    m_filter->setPlaceholderText(filterHint);
    m_empty = emptyText;
    tellCount();
}

void BrowseView::setWhyNone(const QString &why)
{
    m_whyNone = why;
    tellCount();
}

void BrowseView::addChoices(const QString &label, const std::vector<Choice> &choices)
{
    auto *box = new QComboBox;
    box->setAccessibleName(label);
    box->setMinimumWidth(16 * fontMetrics().averageCharWidth()); // gives way too
    for (const Choice &choice : choices)
        box->addItem(label + u": "_s + choice.title);
    m_choices.emplace_back(box, choices);
    auto *bar = static_cast<QHBoxLayout *>(m_bar->layout());
    bar->insertWidget(bar->indexOf(m_filter) + int(m_choices.size()), box);
    connect(box, &QComboBox::currentIndexChanged, this, &BrowseView::applyFilter);
}

void BrowseView::setAssistants(const std::vector<NamedCost> &assistants)
{
    if (!m_assistants) {
        m_assistants = new QComboBox;
        m_assistants->setAccessibleName(tr("Assistant"));
        auto *bar = static_cast<QHBoxLayout *>(m_bar->layout());
        bar->insertWidget(bar->indexOf(m_filter) + 1, m_assistants);
        connect(m_assistants, &QComboBox::currentIndexChanged, this, &BrowseView::applyFilter);
    }
    const QString chosen = m_assistants->currentData().toString();
    const QSignalBlocker quiet(m_assistants);
    m_assistants->clear();
    m_assistants->addItem(tr("Assistant: any"), QString());
    for (const NamedCost &assistant : assistants)
        m_assistants->addItem(assistant.name, assistant.id);
    m_assistants->setCurrentIndex(std::max(0, m_assistants->findData(chosen)));
}

void BrowseView::setText(const QString &text)
{
    m_filter->setText(text);
    m_typing.stop();
    applyFilter();
}

void BrowseView::setScope(const RowFilter &scope, const QString &words)
{
    m_scope = scope;
    const int most = fontMetrics().averageCharWidth() * 60;
    m_scopeWords->setText(fontMetrics().elidedText(format::visible(words), Qt::ElideRight, most));
    m_scopeWords->setToolTip(format::visible(words));
    m_scopeWords->setVisible(!words.isEmpty());
    applyFilter();
}

void BrowseView::showColumns(const QByteArrayList &keys)
{
    for (int c = 0; c < m_model->columnCount(); ++c)
        m_table->setColumnHidden(c, !keys.contains(m_model->column(c).key));
}

void BrowseView::applyFilter()
{
    RowFilter filter = m_scope;
    filter.text = m_filter->text().trimmed();
    if (m_assistants && m_assistants->currentIndex() > 0)
        filter.assistantId = m_assistants->currentData().toString();
    for (const auto &[box, choices] : m_choices) {
        const RowFilter &part = choices[std::size_t(std::max(0, box->currentIndex()))].filter;
        filter.states << part.states;
        filter.causes.insert(filter.causes.end(), part.causes.begin(), part.causes.end());
        if (part.activeFrom)
            filter.activeFrom = part.activeFrom;
        if (part.activeUntil)
            filter.activeUntil = part.activeUntil;
    }
    m_model->setFilter(filter);
    tellCount();
}

void BrowseView::tellCount()
{
    const qint64 rows = m_model->rowCount();
    const CostSum &cost = m_model->list().cost;
    QString text = m_model->complete() && rows == 1 ? tr("1 row")
        : m_model->complete() || rows == 0          ? tr("%1 rows").arg(format::count(rows))
                                                    : tr("%1+ rows").arg(format::count(rows));
    if (const qint64 gone = m_model->list().gone; gone > 0 && m_model->complete())
        text = tr("%1 on the server · %2 gone").arg(format::count(rows - gone), format::count(gone));
    if (cost.pricedRuns + cost.unknownRuns > 0)
        text += u" · "_s + format::money(CostSum{cost.known, cost.pricedRuns, 0, cost.assumedRuns});
    if (cost.unknownRuns > 0)
        text += u" · "_s + tr("%1 runs unpriced").arg(format::count(cost.unknownRuns));
    if (!m_sum.isEmpty())
        text = m_sum;
    m_told = text;
    elideCount();
    const bool filtered = m_model->query().filter != m_scope;
    if (rows > 0)
        m_message->hide();
    else {
        m_message->setText(!m_whyNone.isEmpty()     ? m_whyNone
                               : m_model->loading() ? tr("Loading…")
                               : filtered           ? tr("Nothing passes the filter.")
                                                    : m_empty);
        m_message->show();
    }
}

void BrowseView::elideCount()
{
    m_count->setText(
        fontMetrics().elidedText(m_told, Qt::ElideRight, std::max(m_count->width(), m_count->minimumWidth())));
    m_count->setToolTip(m_told);
    m_count->setAccessibleName(m_told);
}

void BrowseView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    elideCount();
}

void BrowseView::restoreCurrent()
{
    m_resetting = false;
    if (!m_model->store()) { // closed: the next store's keys mean other rows
        m_selected.clear();
        m_everShown = false;
        if (std::exchange(m_current, std::nullopt))
            Q_EMIT currentChanged(std::nullopt);
    }
    const int row = m_current ? m_model->rowOf(*m_current) : -1;
    if (row >= 0) {
        m_resetting = true; // the same row as before: nobody needs to hear of it
        m_table->setCurrentIndex(m_model->index(row, 0));
        m_resetting = false;
    }
    restoreSelection();
    tellCount();
}

void BrowseView::selectionMoved()
{
    if (m_resetting)
        return;
    m_selected = selectedKeys();
    if (m_selected.empty() && m_current) {
        m_current.reset();
        Q_EMIT currentChanged(std::nullopt);
    }
    sumSelected();
}

// Rows of one selection may lie anywhere after a sort: one pass over the keys finds them all.
void BrowseView::restoreSelection()
{
    if (m_selected.size() < 2)
        return;
    const QSet<RowKey> wanted(m_selected.begin(), m_selected.end());
    const std::vector<RowKey> &keys = m_model->list().keys;
    QItemSelection selection;
    for (int row = 0; row < int(keys.size()); ++row) {
        if (!wanted.contains(keys[std::size_t(row)]))
            continue;
        int end = row;
        while (end + 1 < int(keys.size()) && wanted.contains(keys[std::size_t(end) + 1]))
            ++end;
        selection.select(m_model->index(row, 0), m_model->index(end, m_model->columnCount() - 1));
        row = end;
    }
    m_resetting = true;
    m_table->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
    m_resetting = false;
    if (m_model->complete()) { // what the filter hides is not selected either
        m_selected = selectedKeys();
        sumSelected();
    }
}

void BrowseView::sumSelected()
{
    constexpr std::size_t mostSummed = 20'000;
    const int asked = ++m_summing;
    m_sum.clear();
    const int cost = m_model->columnOf("cost");
    const int unknown = m_model->columnOf("unknownRuns");
    if (m_selected.size() < 2 || m_selected.size() > mostSummed || !m_model->store() || cost < 0) {
        if (m_selected.size() > 1)
            m_sum = tr("%1 selected").arg(format::count(qint64(m_selected.size())));
        tellCount();
        return;
    }
    const std::vector<int> columns = unknown < 0 ? std::vector<int>{cost} : std::vector<int>{cost, unknown};
    const auto read = m_model->cells(m_selected, columns, RowTableModelBase::CellForm::Raw);
    whenDone(m_model->store()->read([read](Reader &reader) -> Result<CostSum> {
        CostSum sum;
        const Done done = read(reader, [&](const QVariantList &values) {
            const QVariant &known = values.front();
            sum.add(known.isNull() ? std::optional<Money>() : Money::fromDollars(known.toDouble()));
            if (values.size() > 1) {
                sum.unknownRuns += values.back().toLongLong() - (known.isNull() ? 1 : 0);
            }
            return true;
        });
        if (!done)
            return fail(done.error());
        return sum;
    }),
             this, [this, asked](const Result<CostSum> &sum) {
                 if (asked != m_summing || !sum)
                     return;
                 m_sum = tr("%1 selected · %2").arg(format::count(qint64(m_selected.size())), format::money(*sum));
                 tellCount();
             });
}

std::optional<RowKey> BrowseView::currentKey() const
{
    return m_current;
}

std::vector<RowKey> BrowseView::selectedKeys() const
{
    QItemSelection ranges = m_table->selectionModel()->selection();
    std::ranges::sort(ranges, {}, &QItemSelectionRange::top);
    std::vector<RowKey> keys;
    for (const QItemSelectionRange &range : std::as_const(ranges))
        for (int row = range.top(); row <= range.bottom(); ++row)
            keys.push_back(m_model->keyAt(row));
    return keys;
}

void BrowseView::setCurrent(RowKey key)
{
    m_current = key;
    restoreCurrent();
    if (const int row = m_model->rowOf(key); row >= 0)
        m_table->scrollTo(m_model->index(row, 0), QAbstractItemView::PositionAtCenter);
}

void BrowseView::clearFilter()
{
    const QSignalBlocker quietText(m_filter);
    m_filter->clear();
    for (const auto &[box, choices] : m_choices) {
        const QSignalBlocker quiet(box);
        box->setCurrentIndex(0);
    }
    if (m_assistants) {
        const QSignalBlocker quiet(m_assistants);
        m_assistants->setCurrentIndex(0);
    }
    applyFilter();
}

void BrowseView::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void BrowseView::saveLayout(QSettings &settings) const
{
    settings.setValue(u"tables/"_s + m_name, m_table->horizontalHeader()->saveState());
    settings.setValue(u"tables/"_s + m_name + u"-filter"_s, m_filter->text());
    QStringList chosen;
    for (const auto &[box, choices] : m_choices)
        chosen << QString::number(box->currentIndex());
    settings.setValue(u"tables/"_s + m_name + u"-choices"_s, chosen);
}

void BrowseView::restoreLayout(QSettings &settings)
{
    m_table->horizontalHeader()->restoreState(settings.value(u"tables/"_s + m_name).toByteArray());
    const QHeaderView *header = m_table->horizontalHeader();
    m_model->sort(header->sortIndicatorSection(), header->sortIndicatorOrder());
    const QStringList chosen = settings.value(u"tables/"_s + m_name + u"-choices"_s).toStringList();
    for (std::size_t i = 0; i < m_choices.size() && qsizetype(i) < chosen.size(); ++i)
        m_choices[i].first->setCurrentIndex(
            std::clamp(chosen[qsizetype(i)].toInt(), 0, m_choices[i].first->count() - 1));
    if (const QString text = settings.value(u"tables/"_s + m_name + u"-filter"_s).toString(); !text.isEmpty())
        setText(text);
}

std::vector<int> BrowseView::shownColumns() const
{
    const QHeaderView *header = m_table->horizontalHeader();
    std::vector<int> columns;
    for (int v = 0; v < header->count(); ++v)
        if (!header->isSectionHidden(header->logicalIndex(v)))
            columns.push_back(header->logicalIndex(v));
    return columns;
}

void BrowseView::copySelection(bool withHeader)
{
    if (!m_model->store())
        return;
    whenDone(rowsAsText(*m_model, selectedKeys(), shownColumns(), withHeader), this,
             [this](const Result<QString> &text) {
                 if (!text) {
                     m_notice->show(text.error());
                     return;
                 }
                 QApplication::clipboard()->setText(*text);
                 Q_EMIT copied();
             });
}

void BrowseView::openMenu(const QPoint &at)
{
    QMenu menu(this);
    const QModelIndex index = m_table->indexAt(at);
    if (index.isValid()) {
        const QString cell = index.data().toString();
        const QString id = index.data(RowTableModelBase::IdRole).toString();
        menu.addAction(tr("Copy cell"), this, [cell] { QApplication::clipboard()->setText(cell); });
        menu.addAction(tr("Copy id"), this, [id] { QApplication::clipboard()->setText(id); });
        menu.addAction(tr("Copy rows"), this, [this] { copySelection(false); });
        menu.addAction(tr("Copy rows with header"), this, [this] { copySelection(true); });
        menu.addSeparator();
    }
    Q_EMIT contextMenu(&menu);
    menu.addAction(tr("Export as CSV…"), this, [this] { askExport(ExportFormat::Csv); });
    menu.addAction(tr("Export as JSON…"), this, [this] { askExport(ExportFormat::Json); });
    menu.exec(m_table->viewport()->mapToGlobal(at));
}

void BrowseView::chooseColumns(const QPoint &at)
{
    QMenu menu(this);
    for (int c = 0; c < m_model->columnCount(); ++c) {
        QAction *action = menu.addAction(m_model->columnTitle(c));
        action->setCheckable(true);
        action->setChecked(!m_table->isColumnHidden(c));
        action->setEnabled(c != 0);
        connect(action, &QAction::toggled, this, [this, c](bool shown) { m_table->setColumnHidden(c, !shown); });
    }
    menu.exec(at);
}

void BrowseView::askExport(ExportFormat format)
{
    const QString suffix = format == ExportFormat::Csv ? u"csv"_s : u"json"_s;
    const QString path =
        QFileDialog::getSaveFileName(this, tr("Export what is shown"), m_name + u"."_s + suffix, u"*."_s + suffix);
    if (!path.isEmpty())
        exportTo(path, format);
}

void BrowseView::exportTo(const QString &path, ExportFormat format)
{
    if (!m_model->store() || m_export)
        return;
    m_export = std::make_shared<ExportJob>();
    m_exportTick.start();
    tellExport();
    whenDone(exportRows(*m_model, path, format, shownColumns(), m_export), this,
             [this, path](const Result<qint64> &rows) {
                 m_exportTick.stop();
                 m_export.reset();
                 if (rows)
                     m_notice->show(tr("%1 rows exported to %2").arg(format::count(*rows), path), Notice::Tone::Info);
                 else if (rows.error().kind == Error::Kind::Cancelled)
                     m_notice->show(tr("Export cancelled; nothing was written."), Notice::Tone::Info);
                 else
                     m_notice->show(rows.error());
                 Q_EMIT exported(path, rows ? Done() : fail(rows.error()), rows.value_or(0));
             });
}

void BrowseView::tellExport()
{
    m_notice->show(tr("Exporting, %1 of %2 rows")
                       .arg(format::count(qint64(m_export->done)), format::count(qint64(m_model->list().keys.size()))),
                   Notice::Tone::Info, tr("Cancel"));
}

} // namespace bobbin::ui
