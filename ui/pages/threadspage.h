// SPDX-License-Identifier: GPL-3.0-or-later
// The threads and, for the current one, its turns, conversation, runs and steps, findings and raw JSON.
#pragma once

#include "models/audit/finding.h"
#include "models/audit/limits.h"
#include "models/pricing/pricetable.h"
#include "ui/widgets/browseview.h"

class QTabWidget;
class QTreeView;

namespace bobbin {
class StepTreeModel;
}

namespace bobbin::ui {

class Composer;
class ConversationView;
class FindingsView;
class RawView;
class ThreadHeader;
class TurnChart;
class TurnsView;

class ThreadsPage : public QWidget {
    Q_OBJECT
public:
    explicit ThreadsPage(std::shared_ptr<const PriceTable> prices, QWidget *parent = nullptr);

    [[nodiscard]] BrowseView *view() const { return m_view; }
    [[nodiscard]] RowTableModel<ThreadRow> *model() const { return m_model; }
    void setPrices(std::shared_ptr<const PriceTable> prices) { m_prices = std::move(prices); }
    void setLimits(const LimitSet &limits);
    void storeChanged(const Changes &changes);
    void openThread(const QString &id, const QString &run = {});
    void openMessage(const QString &threadId, const QString &messageId); // in its conversation
    void clear();
    void showAgain(); // in other colours
    [[nodiscard]] QTabWidget *tabs() const { return m_tabs; }
    [[nodiscard]] TurnsView *turns() const { return m_turns; }
    [[nodiscard]] TurnChart *chart() const;
    [[nodiscard]] FindingsView *findings() const { return m_findings; }
    [[nodiscard]] Composer *composer() const { return m_composer; }
    void showConversation(); // of the thread that is shown
    [[nodiscard]] std::optional<RowKey> shown() const { return m_shown; }

    [[nodiscard]] QString threadId() const; // that is shown; empty: none

Q_SIGNALS:
    void threadShown(const QString &id);
    void threadLeft(); // none is shown
    void remedyWanted(const bobbin::Finding &finding);

private:
    RowTableModel<ThreadRow> *m_model;
    BrowseView *m_view;
    std::shared_ptr<const PriceTable> m_prices;
    ThreadHeader *m_header;
    QTabWidget *m_tabs;
    TurnsView *m_turns;
    ConversationView *m_conversation;
    Composer *m_composer;
    QTreeView *m_tree;
    StepTreeModel *m_steps;
    RawView *m_callText;
    FindingsView *m_findings;
    RawView *m_raw;
    std::vector<TurnPoint> m_points;
    std::optional<RowKey> m_thread; // selected
    std::optional<RowKey> m_shown; // read and shown; follows the selection
    std::optional<RowKey> m_wantedRun; // to be selected as soon as its thread is shown
    QString m_wantedMessage;
    std::optional<Finding> m_offered; // by the notice
    int m_generation = 0;
    LimitSet m_limits;

    QWidget *makeStepsTab();
    void showThread(RowKey key);
    struct Shown;
    void showRow(const Shown &shown);
    void showPoints(std::vector<TurnPoint> points);
    void compareSelected();
    void open(const QString &threadId, const QString &run);
    void selectRun(RowKey run, const QObject *from);
    void showFindings(std::vector<Finding> found, bool judged);
    void showCall(const QModelIndex &index);
};

} // namespace bobbin::ui
