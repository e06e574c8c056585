// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/searchpage.h"

#include "models/core/errortext.h"
#include "models/core/format.h"
#include "models/store/whendone.h"
#include "ui/widgets/paddeddelegate.h"

#include <QAbstractTableModel>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTimer>
#include <QTreeView>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int typingMs = 250;
constexpr int mostThreads = 200; // by title, id and metadata
constexpr int slice = 5000; // messages a question to the store: a tenth of a second
constexpr std::size_t mostHits = 1000; // more are no help; the count says that there are

// So that what was looked for can be seen in a narrow column.
QString around(const QString &text, const QString &found)
{
    constexpr qsizetype before = 16;
    const qsizetype at = text.indexOf(found, 0, Qt::CaseInsensitive);
    return at > before ? u"…"_s + text.mid(at - before) : text;
}

QString foundIn(const MessageHit &hit)
{
    switch (hit.where) {
    case MessageHit::Where::Id:
        return SearchPage::tr("id");
    case MessageHit::Where::Title:
        return SearchPage::tr("title");
    case MessageHit::Where::MetadataPair:
        return SearchPage::tr("metadata");
    case MessageHit::Where::Text:
        break;
    }
    return hit.role;
}

} // namespace

class MessageHitModel final : public QAbstractTableModel {
public:
    enum Column { When, Thread, Role, Text, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : int(m_hits.size());
    }
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : int(ColumnCount);
    }
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override
    {
        const MessageHit &hit = m_hits[std::size_t(index.row())];
        if (role == Qt::ToolTipRole && index.column() == Text)
            return format::visible(hit.snippet);
        if (role == Qt::AccessibleTextRole && index.column() == Thread)
            return format::visible(hit.threadTitle.isEmpty() ? hit.threadId : hit.threadTitle);
        if (role != Qt::DisplayRole)
            return {};
        switch (index.column()) {
        case When:
            return format::when(hit.createdAt);
        case Thread: // once a group
            return index.row() > 0 && m_hits[std::size_t(index.row()) - 1].thread == hit.thread
                ? QString()
                : format::visible(hit.threadTitle.isEmpty() ? hit.threadId : hit.threadTitle);
        case Role:
            return foundIn(hit);
        default:
            return format::visible(hit.snippet);
        }
    }
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override
    {
        if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
            return {};
        const QString titles[] = {SearchPage::tr("Created"), SearchPage::tr("Thread"), SearchPage::tr("Role"),
                                  SearchPage::tr("Text")};
        return titles[section];
    }
    [[nodiscard]] const MessageHit &hit(int row) const { return m_hits[std::size_t(row)]; }
    void clear()
    {
        beginResetModel();
        m_hits.clear();
        endResetModel();
    }
    void group()
    {
        Q_EMIT layoutAboutToBeChanged();
        const QModelIndexList old = persistentIndexList();
        const auto idOf = [](const MessageHit &one) { return std::pair(one.thread, one.message); };
        std::vector<std::pair<RowKey, RowKey>> keys;
        for (const QModelIndex &index : old)
            keys.push_back(idOf(hit(index.row())));
        // Threads by their newest hit; in each what is said of itself first, then the newest.
        QHash<RowKey, qint64> newest;
        for (const MessageHit &one : m_hits)
            newest[one.thread] = std::max(newest.value(one.thread), one.createdAt.value_or(0));
        std::ranges::stable_sort(m_hits, std::greater<>(), [&newest](const MessageHit &one) {
            return std::tuple(newest.value(one.thread), one.thread, one.message == 0, one.createdAt.value_or(0));
        });
        QModelIndexList now;
        for (qsizetype i = 0; i < old.size(); ++i)
            now << index(int(std::ranges::find(m_hits, keys[std::size_t(i)], idOf) - m_hits.begin()), old[i].column());
        changePersistentIndexList(old, now);
        Q_EMIT layoutChanged();
    }
    void append(const std::vector<MessageHit> &hits)
    {
        if (hits.empty())
            return;
        const int first = rowCount();
        beginInsertRows({}, first, first + int(hits.size()) - 1);
        m_hits.insert(m_hits.end(), hits.begin(), hits.end());
        endInsertRows();
    }

private:
    std::vector<MessageHit> m_hits;
};

SearchPage::SearchPage(QWidget *parent)
    : QWidget(parent), m_text(new QLineEdit), m_count(new QLabel), m_stop(new QPushButton(tr("Stop"))),
      m_list(new QTreeView), m_model(new MessageHitModel(this)), m_none(new QLabel)
{
    m_text->setPlaceholderText(tr("Search the text of all messages"));
    m_text->setAccessibleName(tr("Search the text of all messages"));
    m_text->setClearButtonEnabled(true);
    m_text->setMaximumWidth(420);
    m_count->setForegroundRole(QPalette::PlaceholderText);
    m_stop->setToolTip(tr("Stop the search; what was found stays"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(m_delegate = new PaddedDelegate(8, m_list));
    PaddedHeaderStyle::applyTo(m_list->header(), 8);
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setAccessibleName(tr("Messages found"));
    m_list->header()->setStretchLastSection(true);
    const int em = fontMetrics().averageCharWidth();
    const int widths[] = {18, 34, 12};
    for (int c = 0; c < MessageHitModel::Text; ++c)
        m_list->setColumnWidth(c, widths[c] * em + 16);
    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(12, 8, 12, 8);
    bar->addWidget(m_text, 1);
    bar->addStretch(1);
    bar->addWidget(m_count);
    bar->addWidget(m_stop);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(bar);
    m_none->setAlignment(Qt::AlignCenter);
    m_none->setWordWrap(true);
    m_none->setTextFormat(Qt::PlainText);
    m_none->setForegroundRole(QPalette::PlaceholderText);
    column->addWidget(m_none, 1);
    column->addWidget(m_list, 1);
    m_typing.setSingleShot(true);
    m_typing.setInterval(typingMs);
    connect(&m_typing, &QTimer::timeout, this, [this] { search(m_text->text().trimmed()); });
    connect(m_text, &QLineEdit::textEdited, this, [this] { m_typing.start(); });
    connect(m_text, &QLineEdit::returnPressed, this, [this] {
        search(m_text->text().trimmed());
        m_list->setFocus();
    });
    connect(m_stop, &QPushButton::clicked, this, &SearchPage::stop);
    connect(m_list, &QTreeView::activated, this,
            [this](const QModelIndex &index) { Q_EMIT chosen(m_model->hit(index.row())); });
    tell();
}

void SearchPage::setStore(std::shared_ptr<Store> store)
{
    stop();
    m_store = std::move(store);
    m_model->clear();
    m_looked = 0;
    m_all.reset();
    tell();
}

void SearchPage::searchSoon(const QString &text)
{
    m_text->setText(text);
    m_typing.start();
}

void SearchPage::stop()
{
    ++m_generation;
    m_searching = false;
    tell();
}

void SearchPage::search(const QString &text)
{
    if (m_searching && text == m_searched)
        return; // typed, and then Enter
    stop();
    m_typing.stop();
    if (m_text->text().trimmed() != text)
        m_text->setText(text);
    m_searched = text;
    m_delegate->setHighlight(text);
    m_model->clear();
    m_looked = 0;
    m_all.reset();
    if (!m_store || text.isEmpty()) {
        tell();
        return;
    }
    m_searching = true;
    tell();
    const int generation = m_generation;
    whenDone(m_store->read([](Reader &reader) { return reader.messageCount(); }), this,
             [this, generation](const Result<qint64> &count) {
                 if (generation == m_generation && count)
                     m_all = *count;
             });
    searchThreads(text, generation);
}

// Titles, ids and metadata first: they are few, and are there at once.
void SearchPage::searchThreads(const QString &text, int generation)
{
    whenDone(
        m_store->read([text](Reader &reader) { return reader.searchThreads(text, mostThreads); }, Store::Lane::Scan),
        this, [this, text, generation](const Result<std::vector<MessageHit>> &hits) {
            if (generation != m_generation)
                return;
            if (!hits && hits.error().kind == Error::Kind::Cancelled) {
                searchThreads(text, generation); // another table's scan was meant
                return;
            }
            if (hits)
                append(*hits);
            next(text, 0, generation);
        });
}

void SearchPage::append(std::vector<MessageHit> hits)
{
    for (MessageHit &hit : hits)
        hit.snippet = around(hit.snippet, m_searched);
    m_model->append(hits);
}

void SearchPage::next(const QString &text, RowKey before, int generation)
{
    whenDone(m_store->read([text, before](Reader &reader) { return reader.searchMessages(text, before, slice); },
                           Store::Lane::Scan),
             this, [this, text, before, generation](const Result<MessageSlice> &found) {
                 if (generation != m_generation)
                     return;
                 if (!found && found.error().kind == Error::Kind::Cancelled) {
                     next(text, before, generation); // another table's scan was meant
                     return;
                 }
                 if (!found) {
                     m_searching = false;
                     tell();
                     m_count->setText(errorText(found.error()).line());
                     return;
                 }
                 m_looked += found->looked;
                 append(found->hits);
                 if (!m_list->currentIndex().isValid() && m_model->rowCount() > 0)
                     m_list->setCurrentIndex(m_model->index(0, 0));
                 if (found->next == 0 || std::size_t(m_model->rowCount()) >= mostHits)
                     m_searching = false;
                 if (!m_searching)
                     m_model->group(); // the store is searched in the order of its rows
                 tell();
                 if (m_searching)
                     next(text, found->next, generation);
             });
}

void SearchPage::tell()
{
    const bool none = !m_searching && m_model->rowCount() == 0;
    m_none->setVisible(none);
    m_list->setVisible(!none);
    m_none->setText(
        m_searched.isEmpty() || !m_store
            ? tr("Type what is looked for: it is found in titles, ids and metadata of threads, and in the text "
                 "of all messages.")
            : tr("Nothing has “%1” in it: no title, id or metadata of a thread, and none of %2 messages.")
                  .arg(m_searched, format::count(m_looked)));
    m_stop->setVisible(m_searching);
    const QString found = tr("%n found", nullptr, m_model->rowCount());
    if (m_searching)
        m_count->setText(found + u" · "_s +
                         (m_all ? tr("%1 of %2 messages searched").arg(format::count(m_looked), format::count(*m_all))
                                : tr("searching")));
    else if (std::size_t(m_model->rowCount()) >= mostHits)
        m_count->setText(tr("the first %1 found; name more of the text").arg(format::count(m_model->rowCount())));
    else if (m_looked > 0)
        m_count->setText(found + u" · "_s + tr("%1 messages searched").arg(format::count(m_looked)));
    else
        m_count->clear();
}

} // namespace bobbin::ui
