// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/costs/limitsearchview.h"

#include "models/store/whendone.h"
#include "ui/charts/frontierchart.h"
#include "ui/widgets/progressbutton.h"

#include <QVBoxLayout>

namespace bobbin::ui {

namespace {

constexpr std::size_t pairsAtOnce = 8; // others want the ledger, too

} // namespace

LimitSearchView::LimitSearchView(std::function<ReplayQuestion()> question, QWidget *parent)
    : QWidget(parent), m_question(std::move(question)), m_chart(new FrontierChart),
      m_search(new ProgressButton(tr("Find the best limits")))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 6, 0, 0);
    column->addWidget(m_chart, 1);
    column->addWidget(m_search, 0, Qt::AlignLeft);
    connect(m_chart, &FrontierChart::chosen, this, &LimitSearchView::chosen);
    connect(m_search, &ProgressButton::started, this, [this] {
        if (m_source.ready())
            tryPairs(m_question(), limitPairs(), Frontier(), m_search->begin());
    });
}

void LimitSearchView::setSource(const CostSource &source)
{
    m_source = source;
    clear();
}

void LimitSearchView::clear()
{
    m_search->end();
    m_chart->setFrontier({});
}

void LimitSearchView::setReady(bool ready)
{
    m_search->setEnabled(ready);
}

void LimitSearchView::tryPairs(const ReplayQuestion &question, std::vector<FrontierPoint> left, Frontier found,
                               const std::shared_ptr<ReadProgress> &progress)
{
    progress->all = qint64(left.size()) + qint64(found.points.size());
    progress->done = qint64(found.points.size());
    if (!m_search->isOf(progress))
        return; // given up for another
    if (left.empty()) {
        settle(found);
        m_chart->setFrontier(found);
    }
    if (left.empty() || progress->stopped || !m_source.ready()) {
        m_search->end();
        return;
    }
    const auto few = left.end() - qsizetype(std::min(pairsAtOnce, left.size()));
    const std::vector<FrontierPoint> pairs(few, left.end());
    left.erase(few, left.end());
    using Replays = std::vector<Replay>;
    whenDone(m_source.auditor->withLedger([question, pairs](const Ledger &ledger, Reader &) -> Result<Replays> {
        return question.replayed(ledger, pairs);
    }),
             this,
             [this, question, left = std::move(left), found = std::move(found), pairs,
              progress](const Result<Replays> &replayed) mutable {
                 for (std::size_t i = 0; replayed && i < pairs.size(); ++i)
                     put(found, pairs[i], (*replayed)[i]);
                 tryPairs(question, std::move(left), std::move(found), progress);
             });
}

} // namespace bobbin::ui
