// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/threadspage.h"

#include "models/store/whendone.h"

#include "models/audit/causetext.h"
#include "models/audit/findingtext.h"
#include "models/columns/causewords.h"
#include "models/core/format.h"
#include "models/items/prettyjson.h"
#include "models/items/steptreemodel.h"
#include "ui/charts/turnchart.h"
#include "ui/widgets/composer.h"
#include "ui/widgets/conversationview.h"
#include "ui/widgets/findingsview.h"
#include "ui/widgets/notice.h"
#include "ui/widgets/paddeddelegate.h"
#include "ui/widgets/rawview.h"
#include "ui/widgets/threadheader.h"
#include "ui/widgets/turnsview.h"

#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSplitter>
#include <QTabWidget>
#include <QTableView>
#include <QTreeView>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t mostCompared = 6;
constexpr int conversationTab = 1;

} // namespace

struct ThreadsPage::Shown {
    ThreadRow row;
    CauseRuns cause;
    std::vector<TurnPoint> points;
    std::vector<Finding> findings; // that are open
    bool judged = false;

    static Result<Shown> read(Reader &reader, RowKey key, const Limits &limits)
    {
        Shown shown;
        auto rows = reader.rows<ThreadRow>({key});
        auto points = reader.turns(key);
        auto findings = reader.findings(key);
        const auto judged = reader.isJudged(key);
        if (!rows || !points)
            return fail(!rows ? rows.error() : points.error());
        if (!findings || !judged)
            return fail(!findings ? findings.error() : judged.error());
        shown.judged = *judged;
        shown.row = std::move(rows->front());
        shown.points = *std::move(points);
        for (Finding &finding : *findings)
            if (finding.state == Finding::State::Open)
                shown.findings.push_back(std::move(finding));
        const auto cause = reader.causeRuns(key, shown.row.cause, int(limits.failedInARow), limits.toolSteps);
        if (!cause)
            return fail(cause.error());
        shown.cause = *cause;
        return shown;
    }
};

ThreadsPage::ThreadsPage(std::shared_ptr<const PriceTable> prices, QWidget *parent)
    : QWidget(parent), m_model(makeThreadModel().release()), m_view(new BrowseView(u"threads"_s, m_model)),
      m_prices(std::move(prices)), m_header(new ThreadHeader), m_tabs(new QTabWidget), m_turns(new TurnsView),
      m_conversation(new ConversationView), m_composer(new Composer), m_tree(new QTreeView),
      m_steps(new StepTreeModel(this)), m_callText(new RawView), m_findings(new FindingsView), m_raw(new RawView)
{
    m_view->setPlaceholder(
        tr("Filter threads"),
        tr("No threads yet.\n\nSync brings them where the server can list them; else open thread ids "
           "with “Open ids…”: paste them or drop a log, CSV, JSON or SQL file."));
    const auto state = [](const QString &name) {
        RowFilter filter;
        filter.states << name;
        return filter;
    };
    m_view->addChoices(tr("State"),
                       {{tr("any"), {}},
                        {tr("run active"), state(u"active"_s)},
                        {tr("failed runs"), state(u"failed"_s)},
                        {tr("unpriced runs"), state(u"unpriced"_s)},
                        {tr("sync failed"), state(u"problem"_s)},
                        {tr("on the server"), state(u"there"_s)},
                        {tr("gone from server"), state(u"gone"_s)},
                        {tr("rotated"), state(u"rotated"_s)}});
    std::vector<BrowseView::Choice> causes{{tr("any"), {}}};
    for (const Cause cause : {Cause::History, Cause::ToolRounds, Cause::Retries, Cause::Files, Cause::Volume}) {
        RowFilter filter;
        filter.causes.push_back(cause);
        causes.push_back({causeName(cause), filter});
    }
    m_view->addChoices(tr("Cause"), causes);
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    constexpr qint64 day = 86'400'000;
    const auto since = [&](int days) {
        RowFilter filter;
        filter.activeFrom = now - days * day;
        return filter;
    };
    const auto before = [&](int days) {
        RowFilter filter;
        filter.activeUntil = now - days * day;
        return filter;
    };
    m_view->addChoices(tr("Last active"),
                       {{tr("any"), {}},
                        {tr("today"), since(1)},
                        {tr("7 days"), since(7)},
                        {tr("30 days"), since(30)},
                        {tr("over 30 days ago"), before(30)},
                        {tr("over 90 days ago"), before(90)}});
    m_view->setAssistants({});

    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_turns, tr("Turns"));
    auto *conversation = new QWidget;
    auto *conversationColumn = new QVBoxLayout(conversation);
    conversationColumn->setContentsMargins(0, 0, 0, 0);
    conversationColumn->setSpacing(0);
    conversationColumn->addWidget(m_conversation, 1);
    conversationColumn->addWidget(m_composer);
    conversation->setFocusProxy(m_conversation);
    m_tabs->addTab(conversation, tr("Conversation"));
    m_tabs->addTab(makeStepsTab(), tr("Runs && steps"));
    m_tabs->addTab(m_findings, tr("Findings"));
    m_tabs->addTab(m_raw, tr("Raw"));

    auto *splitter = new QSplitter(Qt::Vertical);
    m_view->setMinimumHeight(150);
    splitter->setObjectName(u"threads"_s);
    splitter->addWidget(m_view);
    auto *details = new QWidget;
    auto *detailColumn = new QVBoxLayout(details);
    detailColumn->setContentsMargins(0, 0, 0, 0);
    detailColumn->setSpacing(0);
    detailColumn->addWidget(m_header);
    detailColumn->addWidget(m_tabs, 1);
    splitter->addWidget(details);
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 3);
    splitter->setSizes({320, 460});
    splitter->setChildrenCollapsible(false);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(splitter);

    connect(m_view, &BrowseView::currentChanged, this, [this](std::optional<RowKey> key) {
        if (key)
            showThread(*key);
        else
            clear();
    });
    connect(m_header, &ThreadHeader::threadWanted, this, [this](const QString &id) { openThread(id); });
    connect(m_view->table()->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &ThreadsPage::compareSelected);
    connect(m_view, &BrowseView::activated, this, [this] { m_tabs->currentWidget()->setFocus(); });
    connect(m_turns, &TurnsView::runSelected, this, [this](RowKey run) { selectRun(run, m_turns); });
    connect(m_findings, &FindingsView::runWanted, this, [this](RowKey run) {
        m_tabs->setCurrentIndex(0);
        selectRun(run, m_findings);
    });
    connect(m_findings, &FindingsView::actWanted, this, &ThreadsPage::remedyWanted);
    connect(m_turns->notice(), &Notice::actionClicked, this, [this] {
        if (m_offered)
            Q_EMIT remedyWanted(*m_offered);
    });
    connect(m_steps, &QAbstractItemModel::rowsInserted, this, [this](const QModelIndex &under) {
        if (m_wantedRun && !under.isValid() && m_steps->indexOfRun(*m_wantedRun).isValid())
            selectRun(*std::exchange(m_wantedRun, std::nullopt), m_turns);
    });
    connect(m_steps, &StepTreeModel::failed, this, [this](const Error &error) { m_turns->notice()->show(error); });
    clear();
}

QWidget *ThreadsPage::makeStepsTab()
{
    m_tree->setModel(m_steps);
    m_tree->setItemDelegate(new PaddedDelegate(6, m_tree));
    PaddedHeaderStyle::applyTo(m_tree->header(), 6);
    m_tree->setUniformRowHeights(true);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setAlternatingRowColors(false);
    m_tree->setAccessibleName(tr("Runs and steps"));
    m_tree->header()->setStretchLastSection(true);
    const int em = fontMetrics().averageCharWidth();
    const int widths[] = {40, 16, 20, 12, 12, 40};
    for (int c = 0; c < StepTreeModel::ColumnCount; ++c)
        m_tree->setColumnWidth(c, widths[c] * em);
    auto *splitter = new QSplitter(Qt::Vertical);
    splitter->addWidget(m_tree);
    splitter->addWidget(m_callText);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 1);
    m_callText->setRaw(tr("Select a tool call to see its arguments and output."), {});
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentChanged, this, &ThreadsPage::showCall);
    return splitter;
}

void ThreadsPage::clear()
{
    ++m_generation;
    m_thread.reset();
    m_shown.reset();
    m_points.clear();
    m_header->clear();
    m_turns->clear(tr("Select a thread to see its prompt tokens per turn; select several to compare their growth."));
    m_conversation->setThread({}, 0, 0);
    m_steps->setThread({}, 0);
    m_findings->clear();
    m_raw->setRaw({}, {});
    m_tabs->setTabText(3, tr("Findings"));
    Q_EMIT threadLeft();
}

void ThreadsPage::showConversation()
{
    m_tabs->setCurrentIndex(conversationTab);
}

TurnChart *ThreadsPage::chart() const
{
    return m_turns->chart();
}

QString ThreadsPage::threadId() const
{
    return m_header->id();
}

void ThreadsPage::showAgain()
{
    if (m_thread)
        showThread(*m_thread);
}

void ThreadsPage::storeChanged(const Changes &changes)
{
    m_model->storeChanged(changes);
    const bool judged = changes.kinds.testFlag(Changed::Findings);
    if (!m_thread || !(judged || changes.thread(*m_thread)) || !m_model->store())
        return;
    whenDone(m_model->store()->read([key = *m_thread, limits = m_limits.usual](Reader &reader) {
        return Shown::read(reader, key, limits);
    }),
             this, [this, generation = m_generation](const Result<Shown> &known) {
                 const auto same = [](const TurnPoint &a, const TurnPoint &b) {
                     return a.key == b.key && a.status == b.status && a.usage == b.usage &&
                         a.calls.told == b.calls.told && a.calls.toolRounds == b.calls.toolRounds;
                 };
                 if (generation != m_generation || !known)
                     return;
                 showRow(*known); // it may have been rotated, or deleted
                 m_conversation->setCount(known->row.messages.value_or(0));
                 showFindings(known->findings, known->judged);
                 if (std::ranges::equal(known->points, m_points, same))
                     return;
                 m_shown = m_thread;
                 showPoints(known->points);
                 m_steps->setThread(m_model->store(), *m_thread);
             });
}

void ThreadsPage::showRow(const Shown &shown)
{
    m_header->showThread(shown.row, causeText(shown.row.cost, shown.row.cause, shown.cause));
    m_turns->chart()->setRotation(!shown.row.rotatedFrom.isEmpty(), !shown.row.rotatedTo.isEmpty());
}

void ThreadsPage::showThread(RowKey key)
{
    const auto store = m_model->store();
    if (!store)
        return;
    const int generation = ++m_generation;
    m_thread = key;
    using Known = std::pair<Shown, QString>;
    whenDone(store->read([key, limits = m_limits.usual](Reader &reader) -> Result<Known> {
        auto shown = Shown::read(reader, key, limits);
        const auto raw = reader.raw(Resource::Threads, key);
        if (!shown || !raw)
            return fail(!shown ? shown.error() : raw.error());
        return Known(*std::move(shown), prettyJson(*raw));
    }),
             this, [this, generation, key, store](const Result<Known> &known) {
                 if (generation != m_generation)
                     return;
                 if (!known) {
                     m_turns->notice()->show(known.error());
                     return;
                 }
                 const auto &[shown, raw] = *known;
                 if (m_shown != key)
                     m_callText->setRaw(tr("Select a tool call to see its arguments and output."), {});
                 m_shown = key;
                 showRow(shown);
                 showPoints(shown.points);
                 showFindings(shown.findings, shown.judged);
                 m_raw->setRaw(shown.row.id, raw);
                 m_conversation->setThread(store, key, shown.row.messages.value_or(0),
                                           std::exchange(m_wantedMessage, {}));
                 m_steps->setThread(store, key);
                 if (m_wantedRun)
                     m_turns->select(*m_wantedRun);
                 Q_EMIT threadShown(shown.row.id);
             });
}

void ThreadsPage::showPoints(std::vector<TurnPoint> points)
{
    m_points = std::move(points);
    std::optional<qint64> window;
    if (!m_points.empty())
        if (const ModelPrices *model = m_prices->find(m_points.back().model))
            window = model->contextWindow;
    m_turns->setPoints(m_points, window);
}

void ThreadsPage::setLimits(const LimitSet &limits)
{
    m_limits = limits;
    chart()->setCeiling(limits.usual.contextCeiling);
}

void ThreadsPage::showFindings(std::vector<Finding> found, bool judged)
{
    m_tabs->setTabText(3, found.empty() ? tr("Findings") : tr("Findings %1").arg(found.size()));
    m_offered.reset();
    if (found.empty() || found.front().severity == Severity::Note) {
        m_turns->notice()->hide();
    } else {
        m_offered = found.front();
        const FindingText text = findingText(*m_offered);
        m_turns->notice()->show(format::visible(text.sentence), Notice::Tone::Warning, text.remedy);
    }
    m_findings->setFindings(std::move(found), judged);
}

void ThreadsPage::compareSelected()
{
    const std::vector<RowKey> keys = m_view->selectedKeys();
    const auto store = m_model->store();
    if (keys.size() < 2 || !store) {
        if (keys.size() == 1 && m_thread && !m_points.empty())
            showPoints(m_points);
        return;
    }
    const int generation = ++m_generation;
    whenDone(store->read([keys](Reader &reader) -> Result<std::vector<TurnSeries>> {
        std::vector<TurnSeries> lines;
        const auto rows =
            reader.rows<ThreadRow>({keys.begin(), keys.begin() + qint64(std::min(keys.size(), mostCompared))});
        if (!rows)
            return fail(rows.error());
        for (const ThreadRow &row : *rows) {
            auto points = reader.turns(row.key);
            if (!points)
                return fail(points.error());
            lines.push_back({row.title.isEmpty() ? row.id : row.title.left(40), *std::move(points)});
        }
        return lines;
    }),
             this, [this, generation, asked = keys.size()](const Result<std::vector<TurnSeries>> &lines) {
                 if (generation != m_generation || !lines)
                     return;
                 m_turns->setComparison(*lines);
                 if (asked > mostCompared)
                     m_turns->notice()->show(
                         tr("%1 threads are selected; the chart compares the first %2.")
                             .arg(format::count(qint64(asked)), format::count(qint64(mostCompared))),
                         Notice::Tone::Info);
                 else
                     m_turns->notice()->hide();
             });
}

void ThreadsPage::selectRun(RowKey run, const QObject *from)
{
    if (from != m_turns)
        m_turns->select(run);
    const QModelIndex index = m_steps->indexOfRun(run);
    if (index.isValid() && from != m_tree) {
        m_tree->setCurrentIndex(index);
        m_tree->scrollTo(index, QAbstractItemView::PositionAtCenter);
    }
}

void ThreadsPage::showCall(const QModelIndex &index)
{
    if (!index.isValid())
        return;
    const RowKey run = index.data(StepTreeModel::RunKeyRole).toLongLong();
    if (m_turns->chart()->selected() != run)
        m_turns->select(run);
    const QString input = index.data(StepTreeModel::InputRole).toString();
    const QString output = index.data(StepTreeModel::OutputRole).toString();
    QString text = input.isEmpty() ? QString() : prettyJson(input.toUtf8());
    if (!output.isEmpty())
        text += (text.isEmpty() ? QString() : u"\n\n→\n\n"_s) + prettyJson(output.toUtf8());
    m_callText->setRaw(index.data(StepTreeModel::IdRole).toString(), text);
}

void ThreadsPage::openThread(const QString &id, const QString &run)
{
    m_wantedMessage.clear();
    open(id, run);
}

void ThreadsPage::openMessage(const QString &threadId, const QString &messageId)
{
    m_wantedMessage = messageId;
    showConversation();
    open(threadId, {});
}

void ThreadsPage::open(const QString &threadId, const QString &run)
{
    const auto store = m_model->store();
    if (!store)
        return;
    struct Keys {
        std::optional<RowKey> thread, run;
    };
    whenDone(store->read([threadId, run](Reader &reader) -> Result<Keys> {
        const auto thread = reader.keyOf(RowKind::Threads, threadId);
        if (!thread)
            return fail(thread.error());
        Keys keys{*thread, std::nullopt};
        if (!run.isEmpty())
            if (const auto key = reader.keyOf(RowKind::Runs, run, threadId))
                keys.run = *key;
        return keys;
    }),
             this, [this](const Result<Keys> &keys) {
                 if (!keys || !keys->thread)
                     return;
                 if (m_model->rowOf(*keys->thread) < 0)
                     m_view->clearFilter();
                 m_wantedRun = keys->run;
                 m_view->setCurrent(*keys->thread);
                 showThread(*keys->thread);
             });
}

} // namespace bobbin::ui
