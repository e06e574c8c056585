// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/costs/whatifview.h"

#include "models/core/clock.h"
#include "models/core/days.h"
#include "models/core/format.h"
#include "models/domain/names.h"
#include "models/whatif/measuresjson.h"
#include "ui/charts/stackchart.h"
#include "ui/pages/costs/gatherthen.h"
#include "ui/pages/costs/limitsearchview.h"
#include "ui/pages/costs/measuresform.h"
#include "ui/pages/costs/missedview.h"
#include "ui/widgets/textlabel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSplitter>
#include <QTabWidget>
#include <QVBoxLayout>

#include <cmath>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto gathered = std::chrono::milliseconds(15); // moves of a slider
constexpr int threadRole = Qt::UserRole + 1;

QScrollArea *scrolled(QWidget *content, const QString &name) // in a low window nothing may lie over something else
{
    auto *area = new QScrollArea;
    area->setWidgetResizable(true);
    area->setAccessibleName(name);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidget(content);
    return area;
}

} // namespace

WhatIfView::WhatIfView(QWidget *parent)
    : QWidget(parent), m_form(new MeasuresForm), m_scope(new QComboBox), m_range(new QComboBox),
      m_headline(makeTextLabel()), m_notes(makeTextLabel()), m_policy(makeTextLabel()), m_chart(new StackChart),
      m_limits(new LimitSearchView([this] { return question(); })),
      m_missed(new MissedView([this] { return question(); })), m_keep(new QPushButton(tr("Keep as policy"))),
      m_forget(new QPushButton(tr("Forget the policy"))),
      m_question(
          this, [this] { return ask(); }, [this](const Shown &shown) { show(shown); },
          [this](const Error &error) { Q_EMIT failed(error); })
{
    auto *splitter = new QSplitter(Qt::Horizontal);
    splitter->setObjectName(u"whatif"_s);
    splitter->addWidget(makeLeft());
    splitter->addWidget(makeRight());
    splitter->setStretchFactor(0, 0);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({1, 10'000}); // the left one as wide as it has to be
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    splitter->setChildrenCollapsible(false);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(splitter);
    m_soon.setSingleShot(true);
    m_soon.setInterval(gathered);
    connect(&m_soon, &QTimer::timeout, this, &WhatIfView::refresh);
    connect(m_form, &MeasuresForm::changed, this, [this] { m_soon.start(); });
    connect(m_form, &MeasuresForm::wordingChanged, this, [this] {
        ledgerChanged(); // another rule: the texts are read anew
    });
    connect(m_scope, &QComboBox::currentIndexChanged, this, [this] {
        Q_EMIT policyWanted(question().assistant.value_or(QString()));
        asksAnew();
    });
    connect(m_range, &QComboBox::currentIndexChanged, this, &WhatIfView::asksAnew);
    connect(m_limits, &LimitSearchView::chosen, this,
            [this](const FrontierPoint &point) { m_form->setMeasures(with(m_form->measures(), point)); });
    connect(m_missed, &MissedView::threadWanted, this, &WhatIfView::threadWanted);
    connect(m_missed, &MissedView::failed, this, &WhatIfView::failed);
    connect(m_keep, &QPushButton::clicked, this, [this] {
        const QDate today = QDateTime::fromMSecsSinceEpoch(nowMs(), Qt::UTC).date();
        Q_EMIT policyChosen(question().assistant.value_or(QString()), Policy{m_form->measures(), today});
    });
    connect(m_forget, &QPushButton::clicked, this,
            [this] { Q_EMIT policyChosen(question().assistant.value_or(QString()), std::nullopt); });
    showPolicy({});
}

WhatIfView::~WhatIfView()
{
    forgetTexts();
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
    QScrollArea *area = scrolled(content, tr("Measures"));
    area->setMinimumWidth(content->minimumSizeHint().width() + area->verticalScrollBar()->sizeHint().width());
    return area;
}

QWidget *WhatIfView::makeRight()
{
    QFont strong = m_headline->font();
    strong.setPointSizeF(strong.pointSizeF() * 1.15);
    strong.setWeight(QFont::DemiBold);
    m_headline->setFont(strong);
    m_notes->setForegroundRole(QPalette::PlaceholderText);
    m_chart->setAccessibleName(tr("Actual and would-be cost by turn"));
    auto *tabs = new QTabWidget;
    tabs->setDocumentMode(true);
    tabs->addTab(m_limits, tr("Best limits"));
    tabs->addTab(m_missed, tr("Quality"));
    auto *right = new QWidget;
    auto *column = new QVBoxLayout(right);
    column->setContentsMargins(14, 10, 14, 10);
    column->addWidget(m_headline);
    column->addWidget(m_notes);
    column->addWidget(m_chart, 1);
    column->addWidget(tabs, 1);
    return scrolled(right, tr("What it would have cost"));
}

// Of something else: what was found of the other goes.
void WhatIfView::asksAnew()
{
    m_limits->clear();
    m_missed->clear();
    m_question.changed();
}

void WhatIfView::forgetTexts()
{
    m_simple.reset();
    if (m_reading)
        m_reading->stopped = true;
    m_reading.reset();
}

void WhatIfView::readWhatIsMissing()
{
    if (!m_source.ready() || !isVisible())
        return;
    if (m_form->box(Measure::Routing)->isChecked() && !m_simple && !m_reading)
        readSimple();
    if (m_form->box(Measure::OneStore)->isChecked() && !m_stores && !m_readingStores)
        readStores();
}

void WhatIfView::refresh()
{
    readWhatIsMissing();
    m_question.refresh();
}

void WhatIfView::ledgerChanged()
{
    forgetTexts();
    m_stores.reset();
    refresh();
}

void WhatIfView::setSource(const CostSource &source)
{
    m_source = source;
    forgetTexts();
    m_stores.reset();
    {
        const QSignalBlocker quiet(m_scope);
        while (m_scope->count() > 1)
            m_scope->removeItem(1);
    }
    m_limits->setSource(source);
    m_missed->setSource(source);
    show({});
    Q_EMIT policyWanted({});
    m_question.setAuditor(source.auditor);
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
    const bool ofThread = question().thread != 0;
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

ReplayQuestion WhatIfView::question() const
{
    ReplayQuestion question;
    question.measures = m_form->measures();
    question.thread = m_scope->currentData(threadRole).toLongLong();
    if (const QString assistant = m_scope->currentData().toString(); !assistant.isEmpty())
        question.assistant = assistant;
    if (const int days = m_range->currentData().toInt(); days > 0)
        question.from = startOfLastDays(days, nowMs());
    question.simple = m_simple;
    question.stores = m_stores;
    return question;
}

LedgerQuestion<WhatIfView::Shown>::Compute WhatIfView::ask() const
{
    return [question = question()](const Ledger &ledger, Reader &reader) -> Result<Shown> {
        auto names = reader.assistantNames();
        if (!names)
            return fail(names.error());
        Shown shown{question.replayed(ledger), {}, *std::move(names)};
        if (const auto place = ledger.places.find(question.thread); place != ledger.places.end())
            shown.paidAtTurn = replayThread(ledger, ledger.threads[place->second], question.measures,
                                            question.simple ? *question.simple : SimpleRuns())
                                   .paidAtTurn;
        return shown;
    };
}

void WhatIfView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    readWhatIsMissing();
    m_question.seen();
}

void WhatIfView::show(const Shown &shown)
{
    for (const NamedCost &assistant : shown.assistants)
        if (m_scope->findData(assistant.id) < 0) {
            const QSignalBlocker quiet(m_scope);
            m_scope->addItem(tr("assistant %1").arg(format::visible(nameOf(assistant))), assistant.id);
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
    if (m_form->box(Measure::OneStore)->isChecked() || m_form->box(Measure::AttachOnce)->isChecked())
        notes << (m_form->box(Measure::OneStore)->isChecked() && !m_stores
                      ? tr("The vector stores are being read…")
                      : tr("Storage and embedding are in these sums, and in no turn."));
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
    m_keep->setEnabled(m_source.ready() && m_form->measures().any());
    m_limits->setReady(m_source.ready());
    m_missed->setReady(m_source.ready());
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

void WhatIfView::readStores()
{
    m_readingStores = true;
    whenDone(m_source.store->read(
                 [](Reader &reader) -> Result<StoredStores> {
                     const auto facts = reader.consolidateFacts();
                     if (!facts)
                         return fail(facts.error());
                     return storedIn(*facts);
                 },
                 Store::Lane::Scan),
             this, [this, store = std::weak_ptr(m_source.store)](const Result<StoredStores> &stores) {
                 m_readingStores = false;
                 if (store.lock() != m_source.store) {
                     readWhatIsMissing(); // of another connection by now
                 } else if (!stores) { // not tried again until something changes
                     m_form->box(Measure::OneStore)->setChecked(false);
                     Q_EMIT failed(stores.error());
                 } else {
                     m_stores = std::make_shared<const StoredStores>(*stores);
                     m_question.refresh();
                 }
             });
}

void WhatIfView::readSimple()
{
    m_reading = std::make_shared<ReadProgress>();
    m_notes->setText(tr("Reading the questions of all threads…"));
    using Turns = std::vector<ThreadTurns>;
    gatherThen<Turns, SimpleRuns>(
        m_source, this, [](const Ledger &ledger) { return turnsIn(ledger); },
        [rule = m_form->wording(), progress = m_reading](Reader &reader, const Turns &turns) {
            return readSimpleRuns(reader, turns, rule, *progress);
        },
        [this, progress = m_reading](const Result<SimpleRuns> &runs) {
            if (progress != m_reading)
                return; // another rule by now
            m_reading.reset();
            if (!runs) {
                Q_EMIT failed(runs.error());
                return;
            }
            m_simple = std::make_shared<const SimpleRuns>(*runs);
            m_question.refresh();
        });
}

} // namespace bobbin::ui
