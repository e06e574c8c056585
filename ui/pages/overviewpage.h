// SPDX-License-Identifier: GPL-3.0-or-later
// The workspace at a glance: counts, cost, what it goes to, what runs now, which models end soon.
#pragma once

#include "models/pricing/pricetable.h"
#include "models/store/store.h"

#include <QScrollArea>

class QGridLayout;
class QLabel;
class QTableWidget;

namespace bobbin::ui {

class CostChart;
class Notice;

class OverviewPage : public QScrollArea {
    Q_OBJECT
public:
    explicit OverviewPage(std::shared_ptr<const PriceTable> prices, QWidget *parent = nullptr);
    void setStore(std::shared_ptr<Store> store);
    void setPrices(std::shared_ptr<const PriceTable> prices);
    void storeChanged(const Changes &changes);
    void refresh(); // at once

protected:
    void showEvent(QShowEvent *event) override;

Q_SIGNALS:
    void threadChosen(const QString &id);

private:
    std::shared_ptr<const PriceTable> m_prices;
    std::shared_ptr<Store> m_store;
    QTimer *m_again;
    std::vector<std::pair<QLabel *, QLabel *>> m_tiles; // value, note
    Notice *m_retirement; // when all this ends
    CostChart *m_chart;
    QTableWidget *m_threads;
    QTableWidget *m_models;
    bool m_asking = false, m_due = false;
    bool m_stale = false; // to be asked anew when the page is seen

    void show(const Overview &overview);
    void setTile(int tile, const QString &value, const QString &note);
};

} // namespace bobbin::ui
