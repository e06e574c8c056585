// SPDX-License-Identifier: GPL-3.0-or-later
// What the recorded runs would have cost under measures: chosen at the left, shown at once at the right.
#pragma once

#include "models/domain/rows.h"
#include "models/session/whatifreads.h"
#include "models/settings/settings.h"
#include "models/whatif/frontier.h"
#include "ui/pages/costs/costsource.h"

#include <QTimer>
#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;
class QTreeWidget;

namespace bobbin::ui {

class FrontierChart;
class MeasuresForm;
class StackChart;

class WhatIfView : public QWidget {
    Q_OBJECT
public:
    explicit WhatIfView(QWidget *parent = nullptr);
    ~WhatIfView() override; // long reads are given up
    void setSource(const CostSource &source);
    void setPrices(const std::shared_ptr<const PriceTable> &prices);
    void setThread(RowKey thread, const QString &title); // looks at it alone
    void showPolicy(const std::optional<Policy> &policy); // that is kept for what is looked at
    void refresh(); // now, or when it is seen
    void ledgerChanged(); // what was read of texts is of the one before
    [[nodiscard]] MeasuresForm *form() const { return m_form; }
    [[nodiscard]] QLabel *headline() const { return m_headline; }
    [[nodiscard]] StackChart *chart() const { return m_chart; }
    [[nodiscard]] FrontierChart *frontier() const { return m_frontier; }
    [[nodiscard]] QPushButton *searchButton() const { return m_search; }
    [[nodiscard]] QPushButton *keepButton() const { return m_keep; }
    [[nodiscard]] QPushButton *missedButton() const { return m_look; }
    [[nodiscard]] QTreeWidget *missed() const { return m_missed; }
    [[nodiscard]] QComboBox *scope() const { return m_scope; }

Q_SIGNALS:
    void policyWanted(const QString &assistant); // what is kept for it is to be shown; empty: for all
    void policyChosen(const QString &assistant, const std::optional<bobbin::Policy> &policy);
    void threadWanted(bobbin::RowKey thread);
    void failed(const bobbin::Error &error);

protected:
    void showEvent(QShowEvent *event) override;

private:
    struct Shown {
        Replay replayed;
        std::optional<qint64> paidAtTurn; // of one thread
        std::vector<NamedCost> assistants;
    };
    struct Asked { // what a replay is of
        Measures measures;
        std::optional<QString> assistant;
        RowKey thread = 0;
        qint64 from = 0;
        [[nodiscard]] ReplayScope scope(const Ledger &ledger) const;
    };
    CostSource m_source;
    MeasuresForm *m_form;
    QComboBox *m_scope, *m_range;
    QLabel *m_headline, *m_notes, *m_policy;
    StackChart *m_chart;
    FrontierChart *m_frontier;
    QPushButton *m_search, *m_keep, *m_forget, *m_look;
    QTreeWidget *m_missed;
    std::shared_ptr<SimpleRuns> m_simple; // by the wording at hand; null: not read
    std::shared_ptr<ReadProgress> m_reading, m_looking, m_searching; // under way
    QTimer m_soon, m_tick;
    Asking m_asking;
    bool m_stale = true;
    int m_generation = 0;

    QWidget *makeLeft();
    QWidget *makeRight();
    [[nodiscard]] Asked asked() const;
    void show(const Shown &shown);
    void showTurns(const Replay &replayed);
    template <class Gathered, class Gather, class Read, class Take>
    void gatherThen(Gather gather, Read read, Take take);
    void readSimple();
    void search();
    void asksAnew();
    void tryPairs(const Asked &asked, std::vector<FrontierPoint> left, Frontier found,
                  const std::shared_ptr<ReadProgress> &progress);
    void look();
    void showMissed(const MissedAnswers &found);
    void tellProgress();
    void stopReads();
};

} // namespace bobbin::ui
