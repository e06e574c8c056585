// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/costs/whatifview.h"

#include "models/core/clock.h"
#include "models/core/format.h"
#include "models/costs/days.h"
#include "models/store/whendone.h"
#include "models/whatif/measuresjson.h"
#include "ui/charts/frontierchart.h"
#include "ui/charts/stackchart.h"
#include "ui/pages/costs/measuresform.h"
#include "ui/widgets/paddeddelegate.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSplitter>
#include <QTabWidget>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <cmath>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto gathered = std::chrono::milliseconds(15); // moves of a slider
constexpr std::size_t mostLookedAt = 200; // threads
constexpr std::size_t pairsAtOnce = 8; // of limits that are tried
constexpr int threadRole = Qt::UserRole + 1;

QLabel *wrapped()
{
    auto *label = new QLabel;
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

} // namespace

ReplayScope WhatIfView::Asked::scope(const Ledger &ledger) const
{
    ReplayScope scope;
    scope.thread = thread;
    scope.from = from;
    if (assistant)
        scope.assistant = ledger.names.assistants.find(assistant->toStdString()).value_or(-1);
    return scope;
}

WhatIfView::WhatIfView(QWidget *parent)
    : QWidget(parent), m_form(new MeasuresForm), m_scope(new QComboBox), m_range(new QComboBox), m_headline(wrapped()),
      m_notes(wrapped()), m_policy(wrapped()), m_chart(new StackChart), m_frontier(new FrontierChart),
      m_search(new QPushButton(tr("Find the best limits"))), m_keep(new QPushButton(tr("Keep as policy"))),
      m_forget(new QPushButton(tr("Forget the policy"))),
      m_look(new QPushButton(tr("What would answers have missed?"))), m_missed(new QTreeWidget)
{
    auto *splitter = new QSplitter(Qt::Horizontal);
    splitter->setObjectName(u"whatif"_s);
    splitter->addWidget(makeLeft());
    splitter->addWidget(makeRight());
    splitter->setStretchFactor(0, 0);
    splitter->setStretchFactor(1, 1);
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    splitter->setChildrenCollapsible(false);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(splitter);
    m_soon.setSingleShot(true);
    m_soon.setInterval(gathered);
    m_tick.setInterval(200);
    connect(&m_soon, &QTimer::timeout, this, &WhatIfView::refresh);
    connect(&m_tick, &QTimer::timeout, this, &WhatIfView::tellProgress);
    connect(m_form, &MeasuresForm::changed, this, [this] { m_soon.start(); });
    connect(m_form, &MeasuresForm::wordingChanged, this, [this] {
        ledgerChanged(); // another rule: the texts are read anew
        refresh();
    });
    connect(m_scope, &QComboBox::currentIndexChanged, this, [this] {
        Q_EMIT policyWanted(asked().assistant.value_or(QString()));
        asksAnew();
    });
    connect(m_range, &QComboBox::currentIndexChanged, this, &WhatIfView::asksAnew);
    connect(m_search, &QPushButton::clicked, this, &WhatIfView::search);
    connect(m_look, &QPushButton::clicked, this, &WhatIfView::look);
    connect(m_frontier, &FrontierChart::chosen, this, [this](const FrontierPoint &point) {
        Measures measures = m_form->measures();
        measures.turnCap = point.turnCap;
        measures.contextCeiling = point.contextCeiling;
        m_form->setMeasures(measures);
    });
    connect(m_keep, &QPushButton::clicked, this, [this] {
        const QDate today = QDateTime::fromMSecsSinceEpoch(nowMs(), Qt::UTC).date();
        Q_EMIT policyChosen(asked().assistant.value_or(QString()), Policy{m_form->measures(), today});
    });
    connect(m_forget, &QPushButton::clicked, this,
            [this] { Q_EMIT policyChosen(asked().assistant.value_or(QString()), std::nullopt); });
    connect(m_missed, &QTreeWidget::itemActivated, this,
            [this](const QTreeWidgetItem *item) { Q_EMIT threadWanted(item->data(0, threadRole).toLongLong()); });
    showPolicy({});
}

WhatIfView::~WhatIfView()
{
    stopReads();
}

QWidget *WhatIfView::makeLeft()
{
    m_scope->addItem(tr("the whole connection"));
    m_scope->setAccessibleName(tr("Of"));
    for (const auto &[words, days] :
         {std::pair(tr("last 28 days"), 28), std::pair(tr("last 90 days"), 90), std::pair(tr("everything"), 0)})
        m_range->addItem(words, days);
    m_range->setCurrentIndex(1);
    m_range->setAccessibleName(tr("Time"));
    m_scope->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    auto *bar = new QHBoxLayout;
    bar->addWidget(m_scope, 1);
    bar->addWidget(m_range);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_keep);
    buttons->addWidget(m_forget);
    buttons->addStretch(1);
    m_policy->setForegroundRole(QPalette::PlaceholderText);
    auto *content = new QWidget;
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(14, 10, 14, 10);
    column->setSpacing(10);
    column->addLayout(bar);
    column->addWidget(m_form);
    column->addLayout(buttons);
    column->addWidget(m_policy);
    column->addStretch(1);
    auto *scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(content);
    scroll->setMinimumWidth(content->minimumSizeHint().width() + scroll->verticalScrollBar()->sizeHint().width());
    return scroll;
}

QWidget *WhatIfView::makeRight()
{
    QFont strong = m_headline->font();
    strong.setPointSizeF(strong.pointSizeF() * 1.15);
    strong.setWeight(QFont::DemiBold);
    m_headline->setFont(strong);
    m_notes->setForegroundRole(QPalette::PlaceholderText);
    m_chart->setAccessibleName(tr("Actual and would-be cost by turn"));
    m_missed->setHeaderLabels({tr("Thread"), tr("Turn"), tr("Needed turn"), tr("What it used")});
    m_missed->setRootIsDecorated(false);
    m_missed->setUniformRowHeights(true);
    m_missed->setFrameShape(QFrame::NoFrame);
    m_missed->setItemDelegate(new PaddedDelegate(8, m_missed));
    m_missed->setAccessibleName(tr("Answers that used what would have been cut"));
    PaddedHeaderStyle::applyTo(m_missed->header(), 8);
    auto *frontier = new QWidget;
    auto *best = new QVBoxLayout(frontier);
    best->setContentsMargins(0, 6, 0, 0);
    best->addWidget(m_frontier, 1);
    best->addWidget(m_search, 0, Qt::AlignLeft);
    auto *quality = new QWidget;
    auto *looked = new QVBoxLayout(quality);
    looked->setContentsMargins(0, 6, 0, 0);
    looked->addWidget(m_missed, 1);
    looked->addWidget(m_look, 0, Qt::AlignLeft);
    auto *tabs = new QTabWidget;
    tabs->setDocumentMode(true);
    tabs->addTab(frontier, tr("Best limits"));
    tabs->addTab(quality, tr("Quality"));
    auto *right = new QWidget;
    auto *column = new QVBoxLayout(right);
    column->setContentsMargins(14, 10, 14, 10);
    column->addWidget(m_headline);
    column->addWidget(m_notes);
    column->addWidget(m_chart, 1);
    column->addWidget(tabs, 1);
    return right;
}

// Of something else: what was found of the other goes.
void WhatIfView::asksAnew()
{
    stopReads();
    m_frontier->setFrontier({});
    showMissed({});
    m_soon.start();
}

void WhatIfView::ledgerChanged()
{
    m_simple.reset();
    if (m_reading)
        m_reading->stopped = true;
    m_reading.reset();
}

void WhatIfView::stopReads()
{
    for (const auto &progress : {m_reading, m_looking, m_searching})
        if (progress)
            progress->stopped = true;
    m_reading.reset();
    m_looking.reset();
    m_searching.reset();
    m_tick.stop();
    m_search->setText(tr("Find the best limits"));
    m_look->setText(tr("What would answers have missed?"));
}

void WhatIfView::setSource(const CostSource &source)
{
    ++m_generation;
    stopReads();
    m_source = source;
    m_simple.reset();
    {
        const QSignalBlocker quiet(m_scope);
        while (m_scope->count() > 1)
            m_scope->removeItem(1);
    }
    m_frontier->setFrontier({});
    showMissed({});
    show({});
    Q_EMIT policyWanted({});
    refresh();
}

void WhatIfView::setPrices(const std::shared_ptr<const PriceTable> &prices)
{
    QStringList models;
    for (const ModelPrices &model : prices->models())
        if (priceAt(model, nowMs()))
            models << model.id;
    m_form->setModels(models);
    refresh();
}

void WhatIfView::setThread(RowKey thread, const QString &title)
{
    int place = m_scope->findData(thread, threadRole);
    if (place < 0) {
        m_scope->addItem(tr("thread %1").arg(format::visible(title)));
        place = m_scope->count() - 1;
        m_scope->setItemData(place, thread, threadRole);
    }
    m_range->setCurrentIndex(m_range->count() - 1);
    m_scope->setCurrentIndex(place);
}

void WhatIfView::showPolicy(const std::optional<Policy> &policy)
{
    const bool ofThread = asked().thread != 0;
    m_forget->setVisible(policy.has_value() && !ofThread);
    m_keep->setVisible(!ofThread);
    if (ofThread) {
        m_policy->setText(tr("A policy is kept for a connection or an assistant."));
        return;
    }
    if (!policy) {
        m_policy->setText(tr("No policy is kept for this."));
        return;
    }
    QStringList titles;
    for (std::size_t m = 0; m < measureCount; ++m)
        if (policy->measures.has(Measure(m)))
            titles << measureTitle(Measure(m));
    m_policy->setText(tr("Policy since %1: %2.").arg(policy->since.toString(Qt::ISODate), titles.join(u", "_s)));
}

WhatIfView::Asked WhatIfView::asked() const
{
    Asked asked;
    asked.measures = m_form->measures();
    asked.thread = m_scope->currentData(threadRole).toLongLong();
    if (const QString assistant = m_scope->currentData().toString(); !assistant.isEmpty())
        asked.assistant = assistant;
    if (const int days = m_range->currentData().toInt(); days > 0)
        asked.from = nowMs() - days * dayMs;
    return asked;
}

// One at a time: what a slider says meanwhile is asked for when the answer is there.
void WhatIfView::refresh()
{
    m_stale = !isVisible() || !m_source.ready();
    if (m_stale)
        return;
    if (!m_asking.begin())
        return;
    if (m_form->box(Measure::Routing)->isChecked() && !m_simple && !m_reading)
        readSimple();
    whenDone(m_source.auditor->withLedger([asked = asked(), simple = m_simple](const Ledger &ledger,
                                                                               Reader &reader) -> Result<Shown> {
        Shown shown;
        auto names = reader.assistantNames();
        if (!names)
            return fail(names.error());
        shown.assistants = *std::move(names);
        const SimpleRuns &runs = simple ? *simple : SimpleRuns();
        shown.replayed = replay(ledger, asked.measures, asked.scope(ledger), runs);
        if (const auto place = ledger.places.find(asked.thread); place != ledger.places.end())
            shown.paidAtTurn = replayThread(ledger, ledger.threads[place->second], asked.measures, runs).paidAtTurn;
        return shown;
    }),
             this, [this, generation = m_generation](const Result<Shown> &shown) {
                 if (m_asking.end())
                     m_soon.start();
                 if (generation != m_generation)
                     return;
                 if (!shown)
                     Q_EMIT failed(shown.error());
                 else
                     show(*shown);
             });
}

void WhatIfView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (m_stale)
        refresh();
}

void WhatIfView::show(const Shown &shown)
{
    for (const NamedCost &assistant : shown.assistants)
        if (m_scope->findData(assistant.id) < 0) {
            const QSignalBlocker quiet(m_scope);
            m_scope->addItem(
                tr("assistant %1").arg(format::visible(assistant.name.isEmpty() ? assistant.id : assistant.name)),
                assistant.id);
        }
    const Replay &r = shown.replayed;
    const Money saved = r.actual - r.would;
    const double share = r.actual.pico > 0 ? double(saved.pico) / double(r.actual.pico) * 100 : 0;
    if (r.runs == 0)
        m_headline->setText(m_source.ready() ? tr("No run with a known cost in this time.") : QString());
    else if (saved.pico >= 0)
        m_headline->setText(tr("%1 would have been %2: %3 saved (%4 %).")
                                .arg(format::money(r.actual), format::money(r.would), format::money(saved))
                                .arg(std::llround(share)));
    else
        m_headline->setText(
            tr("%1 would have been %2: %3 more.")
                .arg(format::money(r.actual), format::money(r.would), format::money(Money{-saved.pico})));
    QStringList notes;
    if (r.rotations > 0)
        notes << tr("%1 rotations in %2 threads.").arg(format::count(r.rotations), format::count(r.threadsRotated));
    if (r.tokensCut > 0)
        notes << tr("%1 % of what first calls read would not have been read.")
                     .arg(std::llround(100.0 * double(r.tokensCut) / double(std::max<qint64>(1, r.tokens))));
    if (r.dropped > 0)
        notes << tr("%n run(s) would not have been.", nullptr, int(r.dropped));
    if (r.cutRuns > 0)
        notes << tr("%n run(s) would have ended before their last call.", nullptr, int(r.cutRuns));
    if (shown.paidAtTurn)
        notes << tr("It would have paid from turn %1 on.").arg(format::count(*shown.paidAtTurn));
    if (r.unpriced > 0)
        notes << tr("Of %n run(s) no price of the other model is known for their time: they stay as they were.",
                    nullptr, int(r.unpriced));
    if (r.untold > 0)
        notes << tr("Of %n run(s) nothing tells what a call read: limits of context leave them alone.", nullptr,
                    int(r.untold));
    if (r.estimated > 0)
        notes << tr("Of %n run(s) the context is estimated.", nullptr, int(r.estimated));
    if (r.unknownRuns > 0)
        notes << tr("%n run(s) without usage or price are left out.", nullptr, int(r.unknownRuns));
    m_notes->setText(notes.join(u' '));
    m_form->showSaved(r);
    const Measures chosen = m_form->measures();
    bool any = false;
    for (std::size_t m = 0; m < measureCount; ++m)
        any = any || chosen.has(Measure(m));
    m_keep->setEnabled(m_source.ready() && any);
    m_search->setEnabled(m_source.ready());
    m_look->setEnabled(m_source.ready());
    showTurns(r);
}

void WhatIfView::showTurns(const Replay &replayed)
{
    std::vector<StackColumn> columns;
    for (std::size_t turn = 0; turn < replayed.turns.size(); ++turn) {
        const TurnSum &sum = replayed.turns[turn];
        if (turn == 0 && sum.runs == 0)
            continue;
        const bool more = turn + 1 == Replay::mostTurns;
        const QString number = format::count(qint64(turn)) + (more ? u"+"_s : QString());
        const double actual = sum.actual.dollars();
        const double would = sum.would.dollars();
        columns.push_back({tr("turn %1").arg(number),
                           number,
                           {std::min(actual, would), std::max(0.0, actual - would), std::max(0.0, would - actual)},
                           tr("actual %1, would be %2, %3 runs")
                               .arg(dollarsWritten(actual), dollarsWritten(would), format::count(sum.runs))});
    }
    QStringList series{tr("would cost"), tr("saved"), tr("costs more")};
    if (std::ranges::none_of(columns, [](const StackColumn &column) { return column.parts.back() > 0; })) {
        series.removeLast();
        for (StackColumn &column : columns)
            column.parts.pop_back();
    }
    m_chart->setColumns(series, std::move(columns), dollarsWritten,
                        m_source.ready() ? tr("Nothing in this time.") : QString(), u"cost_usd"_s);
}

// From the ledger first, then from the store without it.
template <class Gathered, class Gather, class Read, class Take>
void WhatIfView::gatherThen(Gather gather, Read read, Take take)
{
    whenDone(m_source.auditor->withLedger([gather = std::move(gather)](const Ledger &ledger, Reader &) {
        return Result<Gathered>(gather(ledger));
    }),
             this,
             [this, read = std::move(read), take = std::move(take),
              generation = m_generation](const Result<Gathered> &gathered) {
                 if (generation != m_generation)
                     return; // of another connection
                 if (gathered)
                     whenDone(read(*m_source.store, *gathered), this, take);
                 else
                     take(fail(gathered.error()));
             });
}

void WhatIfView::readSimple()
{
    if (!m_source.ready())
        return;
    if (m_reading)
        m_reading->stopped = true;
    m_reading = std::make_shared<ReadProgress>();
    m_tick.start();
    tellProgress();
    using Turns = std::vector<ThreadTurns>;
    const auto read = [rule = m_form->wording(), progress = m_reading](Store &store, const Turns &turns) {
        return store.read(
            [turns, rule, progress](Reader &reader) { return readSimpleRuns(reader, turns, rule, *progress); },
            Store::Lane::Scan);
    };
    gatherThen<Turns>([](const Ledger &ledger) { return turnsIn(ledger); }, read,
                      [this, progress = m_reading](const Result<SimpleRuns> &runs) {
                          if (progress != m_reading)
                              return; // another rule by now
                          m_reading.reset();
                          if (!runs) {
                              Q_EMIT failed(runs.error());
                              return;
                          }
                          m_simple = std::make_shared<SimpleRuns>(*runs);
                          refresh();
                      });
}

void WhatIfView::search()
{
    if (!m_source.ready())
        return;
    if (m_searching) {
        m_searching->stopped = true;
        return;
    }
    m_searching = std::make_shared<ReadProgress>();
    m_tick.start();
    tryPairs(asked(), limitPairs(), Frontier(), m_searching);
}

// A few at a time: others want the ledger, too.
void WhatIfView::tryPairs(const Asked &asked, std::vector<FrontierPoint> left, Frontier found,
                          const std::shared_ptr<ReadProgress> &progress)
{
    progress->all = qint64(left.size() + found.points.size());
    progress->done = qint64(found.points.size());
    if (left.empty() || progress->stopped || !m_source.ready()) {
        if (progress != m_searching)
            return; // given up for another
        m_searching.reset();
        m_search->setText(tr("Find the best limits"));
        if (left.empty()) {
            settle(found);
            m_frontier->setFrontier(found);
        }
        return;
    }
    const auto few = left.end() - qsizetype(std::min(pairsAtOnce, left.size()));
    const std::vector<FrontierPoint> pairs(few, left.end());
    left.erase(few, left.end());
    using Replays = std::vector<Replay>;
    whenDone(m_source.auditor->withLedger(
                 [asked, pairs, simple = m_simple](const Ledger &ledger, Reader &) -> Result<Replays> {
                     Replays replayed;
                     for (const FrontierPoint &pair : pairs)
                         replayed.push_back(replay(ledger, with(asked.measures, pair), asked.scope(ledger),
                                                   simple ? *simple : SimpleRuns()));
                     return replayed;
                 }),
             this,
             [this, asked, left = std::move(left), found = std::move(found), pairs,
              progress](const Result<Replays> &replayed) mutable {
                 for (std::size_t i = 0; replayed && i < pairs.size(); ++i)
                     put(found, pairs[i], (*replayed)[i]);
                 tryPairs(asked, std::move(left), std::move(found), progress);
             });
}

void WhatIfView::look()
{
    if (!m_source.ready())
        return;
    if (m_looking) {
        m_looking->stopped = true;
        return;
    }
    m_looking = std::make_shared<ReadProgress>();
    m_tick.start();
    using Touched = std::vector<TouchedThread>;
    const auto read = [measures = asked().measures, progress = m_looking](Store &store, const Touched &threads) {
        return store.read(
            [threads, measures, progress](Reader &reader) { return readMissed(reader, threads, measures, *progress); },
            Store::Lane::Scan);
    };
    gatherThen<Touched>(
        [asked = asked()](const Ledger &ledger) {
            return touchedBy(ledger, asked.measures, asked.scope(ledger), mostLookedAt);
        },
        read,
        [this, progress = m_looking](const Result<MissedAnswers> &found) {
            if (progress != m_looking)
                return;
            m_looking.reset();
            m_look->setText(tr("What would answers have missed?"));
            if (found)
                showMissed(*found);
            else if (found.error().kind != Error::Kind::Cancelled)
                Q_EMIT failed(found.error());
        });
}

void WhatIfView::showMissed(const MissedAnswers &found)
{
    m_missed->clear();
    for (const Missed &one : found.some) {
        auto *item = new QTreeWidgetItem(
            m_missed,
            {format::visible(one.title), format::count(qint64(one.answer.turn)), format::count(qint64(one.answer.to)),
             one.answer.cited ? tr("cites %1").arg(format::visible(one.answer.quote))
                              : tr("says again “%1…”").arg(format::visible(one.answer.quote))});
        item->setData(0, threadRole, one.thread);
    }
    if (found.threads > 0) {
        const QString said = m_form->measures().maxPromptTokens
            ? tr("%1 of %2 answers in %3 threads; what max_prompt_tokens cuts cannot be told")
            : tr("%1 of %2 answers in %3 threads");
        auto *sum = new QTreeWidgetItem(
            m_missed,
            {said.arg(format::count(found.missed), format::count(found.answers), format::count(found.threads))});
        sum->setFirstColumnSpanned(true);
        sum->setFlags(Qt::ItemIsEnabled);
        m_missed->insertTopLevelItem(0, m_missed->takeTopLevelItem(m_missed->indexOfTopLevelItem(sum)));
        sum->setFirstColumnSpanned(true);
    }
    for (int c = 0; c < 3; ++c)
        m_missed->resizeColumnToContents(c);
    m_missed->setColumnWidth(0, std::min(m_missed->columnWidth(0), fontMetrics().averageCharWidth() * 34));
}

void WhatIfView::tellProgress()
{
    const auto words = [](const std::shared_ptr<ReadProgress> &progress) {
        return tr("Stop (%1 of %2)").arg(format::count(progress->done.load()), format::count(progress->all.load()));
    };
    if (m_searching)
        m_search->setText(words(m_searching));
    if (m_looking)
        m_look->setText(words(m_looking));
    if (m_reading)
        m_notes->setText(tr("Reading the questions of %1 of %2 threads…")
                             .arg(format::count(m_reading->done.load()), format::count(m_reading->all.load())));
    if (!m_searching && !m_looking && !m_reading)
        m_tick.stop();
}

} // namespace bobbin::ui
