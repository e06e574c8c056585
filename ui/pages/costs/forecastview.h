// SPDX-License-Identifier: GPL-3.0-or-later
// What is to come, from assumptions that the record fills in: twelve months, one month, what an interaction costs.
#pragma once

#include "models/costs/forecast.h"
#include "ui/ledgerquestion.h"
#include "ui/pages/costs/costsource.h"

#include <QScrollArea>

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;

namespace bobbin::ui {

class StackChart;

class ForecastView : public QScrollArea {
    Q_OBJECT
public:
    explicit ForecastView(QWidget *parent = nullptr);
    void setSource(const CostSource &source);
    void setPrices(std::shared_ptr<const PriceTable> prices);
    void refresh() { m_question.refresh(); } // the record's assumptions; what the person changed stays
    [[nodiscard]] QLabel *months() const { return m_monthsSum; }
    [[nodiscard]] QLabel *month() const { return m_monthSum; }
    [[nodiscard]] QLabel *returned() const { return m_return; }
    [[nodiscard]] QComboBox *scenario() const { return m_scenario; }

Q_SIGNALS:
    void failed(const bobbin::Error &error);

protected:
    void showEvent(QShowEvent *event) override;

private:
    struct Fields {
        QDoubleSpinBox *threads, *growth, *runs, *perRun, *messages, *tokens, *stored;
    };
    struct MonthFields {
        QDoubleSpinBox *threads, *runs, *prompt, *cached, *completion, *stored, *rate;
    };
    std::shared_ptr<const PriceTable> m_prices;
    Fields m_assumed;
    MonthFields m_inputs;
    QComboBox *m_model, *m_scenario;
    QDoubleSpinBox *m_users, *m_interactions;
    QLabel *m_monthsSum, *m_monthSum, *m_return, *m_from;
    QPushButton *m_fromRecord;
    StackChart *m_chart;
    std::optional<Assumptions> m_record;
    double m_monthCost = 0;
    bool m_touched = false, m_filling = false;
    LedgerQuestion<std::optional<Assumptions>> m_question;

    QWidget *makeForecast();
    QWidget *makeMonth();
    QWidget *makeReturn();
    void recorded(const std::optional<Assumptions> &record);
    void fill(const Assumptions &assumptions);
    void fillScenario(int scenario);
    void showForecast();
    void showMonth();
    void showReturn();
};

} // namespace bobbin::ui
