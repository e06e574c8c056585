// SPDX-License-Identifier: GPL-3.0-or-later
// The best pair of turn cap and context ceiling, searched; the trade-off as a chart.
#pragma once

#include "models/session/whatifreads.h"
#include "models/whatif/frontier.h"
#include "ui/pages/costs/costsource.h"

#include <QWidget>

namespace bobbin::ui {

class FrontierChart;
class ProgressButton;

class LimitSearchView : public QWidget {
    Q_OBJECT
public:
    explicit LimitSearchView(std::function<ReplayQuestion()> question, QWidget *parent = nullptr);
    void setSource(const CostSource &source);
    void clear(); // of something else from now on
    void setReady(bool ready);
    [[nodiscard]] FrontierChart *chart() const { return m_chart; }
    [[nodiscard]] ProgressButton *button() const { return m_search; }

Q_SIGNALS:
    void chosen(const bobbin::FrontierPoint &point);

private:
    std::function<ReplayQuestion()> m_question;
    CostSource m_source;
    FrontierChart *m_chart;
    ProgressButton *m_search;
    void tryPairs(const ReplayQuestion &question, std::vector<FrontierPoint> left, Frontier found,
                  const std::shared_ptr<ReadProgress> &progress);
};

} // namespace bobbin::ui
