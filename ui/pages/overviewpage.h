// SPDX-License-Identifier: GPL-3.0-or-later
// What made the bill, since when, what helps and what that saves; what runs or hangs now, and what ends soon.
#pragma once

#include "models/audit/bill.h"
#include "models/costs/budget.h"
#include "models/session/auditor.h"
#include "ui/ledgerquestion.h"

#include <QPointer>
#include <QScrollArea>

class QGridLayout;
class QLabel;
class QPushButton;
class QTableWidget;

namespace bobbin::ui {

class Notice;
class PartsBar;
class StackChart;

class OverviewPage : public QScrollArea {
    Q_OBJECT
public:
    explicit OverviewPage(std::shared_ptr<const PriceTable> prices, QWidget *parent = nullptr);
    void setStore(std::shared_ptr<Store> store);
    void setAuditor(Auditor *auditor); // null: there is none
    void setLimits(const LimitSet &limits)
    {
        m_limits = limits;
        m_question.changed();
    }
    void setBudgets(const std::vector<Budget> &budgets);
    [[nodiscard]] QTableWidget *costliest() const { return m_threads; }
    [[nodiscard]] QLabel *headline() const { return m_headline; }
    void setPrices(std::shared_ptr<const PriceTable> prices);
    void storeChanged(const Changes &changes);
    void refresh(); // at once

protected:
    void showEvent(QShowEvent *event) override;

Q_SIGNALS:
    void threadChosen(const QString &id);
    void findingsWanted(const QByteArray &rule); // empty: all
    void remedyWanted(const bobbin::Finding &finding);

private:
    enum Tile { Month, Cost, Active, Threads, Stores, TileCount };
    enum ThreadColumn {
        NameColumn,
        ShareColumn,
        CostColumn,
        CauseColumn,
        SinceColumn,
        TurnColumn,
        SavesColumn,
        RemedyColumn
    };
    std::shared_ptr<const PriceTable> m_prices;
    std::shared_ptr<Store> m_store;
    QTimer *m_again;
    std::vector<std::pair<QLabel *, QLabel *>> m_tiles; // value, note
    QPointer<Auditor> m_auditor;
    LimitSet m_limits;
    std::vector<Budget> m_budgets;
    Notice *m_retirement; // when all this ends
    QLabel *m_headline;
    QPushButton *m_findings;
    PartsBar *m_parts;
    QLabel *m_partsTitle, *m_threadsTitle;
    QTableWidget *m_attention; // stuck runs, models that end
    StackChart *m_chart;
    QTableWidget *m_threads;
    QTableWidget *m_models;
    bool m_asking = false, m_due = false;
    bool m_stale = false; // to be asked anew when the page is seen

    struct Costly { // a thread of the table
        CostlyThread thread;
        ThreadRow row;
        std::optional<Finding> helps; // the costliest finding with a remedy
    };
    struct Shown {
        Bill bill;
        std::vector<Costly> threads;
        std::vector<Finding> findings; // open ones
        std::vector<BudgetState> budgets;
    };
    static Result<Shown> readBill(const Ledger &ledger, Reader &reader, const LimitSet &limits,
                                  const std::vector<Budget> &budgets);
    void show(const Overview &overview);
    void showDays(const std::vector<DayCost> &days);
    void showBill(const Shown &shown);
    void tellActive();
    void tellMonth();
    QString m_before, m_monthNote; // of the tile of this month
    QString m_stuck; // how many of the active runs
    qint64 m_runs = 0;
    void showThreads(const Shown &shown);
    void showAttention(const std::vector<Finding> &findings);
    [[nodiscard]] QString headlineOf(const Shown &shown) const;
    LedgerQuestion<Shown> m_question;
    void setTile(int tile, const QString &value, const QString &note);
};

} // namespace bobbin::ui
