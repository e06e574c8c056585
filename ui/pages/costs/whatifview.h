// SPDX-License-Identifier: GPL-3.0-or-later
// What the recorded runs would have cost under measures: chosen at the left, shown at once at the right.
#pragma once

#include "models/domain/rows.h"
#include "models/session/whatifreads.h"
#include "models/settings/settings.h"
#include "ui/ledgerquestion.h"
#include "ui/pages/costs/costsource.h"

#include <QTimer>
#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;

namespace bobbin::ui {

class LimitSearchView;
class MeasuresForm;
class MissedView;
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
    void ledgerChanged(); // also what was read of texts is of the one before
    [[nodiscard]] MeasuresForm *form() const { return m_form; }
    [[nodiscard]] QLabel *headline() const { return m_headline; }
    [[nodiscard]] StackChart *chart() const { return m_chart; }
    [[nodiscard]] LimitSearchView *limits() const { return m_limits; }
    [[nodiscard]] MissedView *missed() const { return m_missed; }
    [[nodiscard]] QPushButton *keepButton() const { return m_keep; }
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
    CostSource m_source;
    MeasuresForm *m_form;
    QComboBox *m_scope, *m_range;
    QLabel *m_headline, *m_notes, *m_policy;
    StackChart *m_chart;
    LimitSearchView *m_limits;
    MissedView *m_missed;
    QPushButton *m_keep, *m_forget;
    std::shared_ptr<const SimpleRuns> m_simple; // by the wording at hand; null: not read
    std::shared_ptr<ReadProgress> m_reading; // of texts, under way
    std::shared_ptr<const StoredStores> m_stores; // null: not read
    bool m_readingStores = false;
    QTimer m_soon;
    LedgerQuestion<Shown> m_question;

    QWidget *makeLeft();
    QWidget *makeRight();
    [[nodiscard]] ReplayQuestion question() const;
    [[nodiscard]] LedgerQuestion<Shown>::Compute ask() const;
    void asksAnew();
    void forgetTexts();
    void show(const Shown &shown);
    void showTurns(const Replay &replayed);
    void readWhatIsMissing(); // for the measures that are chosen
    void readSimple();
    void readStores();
};

} // namespace bobbin::ui
