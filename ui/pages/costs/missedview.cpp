// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/costs/missedview.h"

#include "models/core/format.h"
#include "ui/pages/costs/gatherthen.h"
#include "ui/widgets/paddeddelegate.h"
#include "ui/widgets/progressbutton.h"

#include <QHeaderView>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace bobbin::ui {

namespace {

constexpr std::size_t mostLookedAt = 200; // threads
constexpr int threadRole = Qt::UserRole;

} // namespace

MissedView::MissedView(std::function<ReplayQuestion()> question, QWidget *parent)
    : QWidget(parent), m_question(std::move(question)), m_list(new QTreeWidget),
      m_look(new ProgressButton(tr("What would answers have missed?")))
{
    m_list->setHeaderLabels({tr("Thread"), tr("Turn"), tr("Needed turn"), tr("What it used")});
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setItemDelegate(new PaddedDelegate(8, m_list));
    m_list->setAccessibleName(tr("Answers that used what would have been cut"));
    PaddedHeaderStyle::applyTo(m_list->header(), 8);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 6, 0, 0);
    column->addWidget(m_list, 1);
    column->addWidget(m_look, 0, Qt::AlignLeft);
    connect(m_look, &ProgressButton::started, this, &MissedView::look);
    connect(m_list, &QTreeWidget::itemActivated, this,
            [this](const QTreeWidgetItem *item) { Q_EMIT threadWanted(item->data(0, threadRole).toLongLong()); });
}

void MissedView::setSource(const CostSource &source)
{
    m_source = source;
    clear();
}

void MissedView::clear()
{
    m_look->end();
    m_list->clear();
}

void MissedView::setReady(bool ready)
{
    m_look->setEnabled(ready);
}

void MissedView::look()
{
    if (!m_source.ready())
        return;
    const ReplayQuestion question = m_question();
    const auto progress = m_look->begin();
    using Touched = std::vector<TouchedThread>;
    gatherThen<Touched, MissedAnswers>(
        m_source, this, [question](const Ledger &ledger) { return touchedBy(ledger, question, mostLookedAt); },
        [measures = question.measures, progress](Reader &reader, const Touched &threads) {
            return readMissed(reader, threads, measures, *progress);
        },
        [this, progress,
         cutsTokens = question.measures.maxPromptTokens.has_value()](const Result<MissedAnswers> &found) {
            if (!m_look->isOf(progress))
                return; // of something else
            m_look->end();
            if (found)
                show(*found, cutsTokens);
            else if (found.error().kind != Error::Kind::Cancelled)
                Q_EMIT failed(found.error());
        });
}

void MissedView::show(const MissedAnswers &found, bool cutsTokens)
{
    m_list->clear();
    const QString said = cutsTokens ? tr("%1 of %2 answers in %3 threads; what max_prompt_tokens cuts cannot be told")
                                    : tr("%1 of %2 answers in %3 threads");
    auto *sum = new QTreeWidgetItem(
        m_list, {said.arg(format::count(found.missed), format::count(found.answers), format::count(found.threads))});
    sum->setFirstColumnSpanned(true);
    sum->setFlags(Qt::ItemIsEnabled);
    for (const Missed &one : found.some) {
        const QString quote = format::visible(one.answer.quote);
        auto *item = new QTreeWidgetItem(
            m_list,
            {format::visible(one.title), format::count(qint64(one.answer.turn)), format::count(qint64(one.answer.to)),
             one.answer.cited ? tr("cites %1").arg(quote) : tr("says again “%1…”").arg(quote)});
        item->setData(0, threadRole, one.thread);
    }
    for (int c = 0; c < 3; ++c)
        m_list->resizeColumnToContents(c);
    m_list->setColumnWidth(0, std::min(m_list->columnWidth(0), fontMetrics().averageCharWidth() * 34));
}

} // namespace bobbin::ui
