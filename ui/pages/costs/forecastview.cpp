// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/costs/forecastview.h"

#include "models/core/clock.h"
#include "models/core/format.h"
#include "ui/charts/stackchart.h"
#include "ui/widgets/textlabel.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

QDoubleSpinBox *number(const QString &name, double least, double most, int decimals, const QString &prefix = {},
                       const QString &suffix = {})
{
    auto *box = new QDoubleSpinBox;
    box->setDecimals(decimals);
    box->setRange(least, most);
    box->setGroupSeparatorShown(true);
    box->setPrefix(prefix);
    box->setSuffix(suffix);
    box->setAccessibleName(name);
    box->setMaximumWidth(box->fontMetrics().averageCharWidth() * 26);
    return box;
}

QLabel *title(const QString &text)
{
    auto *label = new QLabel(text);
    QFont strong = label->font();
    strong.setWeight(QFont::DemiBold);
    label->setFont(strong);
    return label;
}

QString threadsWritten(double threads)
{
    return QLocale(QLocale::English).toString(threads, 'f', 0); // a growth that goes on passes every integer
}

// A title over a form, and what comes of it beside that.
template <class Result> QWidget *part(const QString &name, QLayout *form, Result *result)
{
    auto *part = new QWidget;
    auto *grid = new QGridLayout(part);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(24);
    grid->addWidget(title(name), 0, 0, 1, 2);
    grid->addLayout(form, 1, 0);
    if constexpr (std::is_base_of_v<QLayout, Result>)
        grid->addLayout(result, 1, 1);
    else
        grid->addWidget(result, 1, 1, Qt::AlignTop);
    grid->setColumnStretch(1, 1);
    return part;
}

struct Scenario {
    double threads, stored; // tokens a thread
};
constexpr Scenario scenarios[] = {{100, 1'000}, {1'000, 5'000}, {10'000, 25'000}};

} // namespace

ForecastView::ForecastView(QWidget *parent)
    : QScrollArea(parent), m_model(new QComboBox), m_scenario(new QComboBox), m_users(number(tr("Users"), 0, 1e9, 0)),
      m_interactions(number(tr("Interactions a user and month"), 0, 1e6, 1)), m_monthsSum(makeTextLabel()),
      m_monthSum(makeTextLabel()), m_return(makeTextLabel()), m_from(new QLabel),
      m_fromRecord(new QPushButton(tr("As in the record"))), m_chart(new StackChart),
      m_question(
          this,
          []() -> LedgerQuestion<std::optional<Assumptions>>::Compute {
              return [](const Ledger &ledger, Reader &) -> Result<std::optional<Assumptions>> {
                  return assumptionsFrom(ledger, nowMs());
              };
          },
          [this](const std::optional<Assumptions> &record) { recorded(record); },
          [this](const Error &error) { Q_EMIT failed(error); })
{
    setWidgetResizable(true);
    setAccessibleName(tr("Forecast"));
    setFrameShape(QFrame::NoFrame);
    auto *content = new QWidget;
    content->setBackgroundRole(QPalette::Base);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(20, 16, 20, 20);
    column->setSpacing(12);
    column->addWidget(makeForecast());
    column->addWidget(makeMonth());
    column->addWidget(makeReturn());
    column->addStretch(1);
    setWidget(content);
    fill({});
    fillScenario(0);
}

QWidget *ForecastView::makeForecast()
{
    m_assumed = {number(tr("Threads now"), 0, 1e9, 0),
                 number(tr("Growth a month"), -99, 1'000, 1, {}, tr(" %")),
                 number(tr("Runs a day and thread"), 0, 1e6, 4),
                 number(tr("Cost of a run"), 0, 1e6, 9, u"$"_s),
                 number(tr("Messages kept a thread"), 0, 1e6, 1),
                 number(tr("Tokens a message"), 0, 1e7, 0),
                 number(tr("Storage, per 1,000,000 tokens and month"), 0, 1e6, 4, u"$"_s)};
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(18);
    for (QDoubleSpinBox *box : {m_assumed.threads, m_assumed.growth, m_assumed.runs, m_assumed.perRun,
                                m_assumed.messages, m_assumed.tokens, m_assumed.stored}) {
        form->addRow(box->accessibleName(), box);
        connect(box, &QDoubleSpinBox::valueChanged, this, [this] {
            if (!m_filling)
                m_touched = true;
            showForecast();
        });
    }
    m_assumed.stored->setToolTip(tr("No known provider bills threads by the token; for those whose own does."));
    m_from->setForegroundRole(QPalette::PlaceholderText);
    m_from->setWordWrap(true);
    auto *left = new QVBoxLayout;
    left->addLayout(form);
    left->addWidget(m_fromRecord, 0, Qt::AlignLeft);
    left->addWidget(m_from);
    left->addStretch(1);
    m_chart->setAccessibleName(tr("Cost of the next twelve months"));
    auto *right = new QVBoxLayout;
    right->addWidget(m_monthsSum);
    right->addWidget(m_chart, 1);
    connect(m_fromRecord, &QPushButton::clicked, this, [this] {
        m_touched = false;
        if (m_record)
            fill(*m_record);
    });
    return part(tr("Twelve months"), left, right);
}

QWidget *ForecastView::makeMonth()
{
    m_inputs = {number(tr("Threads"), 0, 1e9, 0),
                number(tr("Runs a day and thread"), 0, 1e6, 4),
                number(tr("Prompt tokens a run"), 0, 1e9, 0),
                number(tr("of them cached"), 0, 1e9, 0),
                number(tr("Completion tokens a run"), 0, 1e9, 0),
                number(tr("Tokens kept a thread"), 0, 1e9, 0),
                number(tr("Storage, per 1,000,000 tokens and day"), 0, 1e6, 4, u"$"_s)};
    m_scenario->addItems({tr("small: 100 threads"), tr("medium: 1,000 threads"), tr("large: 10,000 threads"),
                          tr("as in the record"), tr("my own")});
    m_scenario->setAccessibleName(tr("Scenario"));
    m_model->setAccessibleName(tr("Model"));
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(18);
    form->addRow(tr("Scenario"), m_scenario);
    form->addRow(tr("Model"), m_model);
    for (QDoubleSpinBox *box : {m_inputs.threads, m_inputs.runs, m_inputs.prompt, m_inputs.cached, m_inputs.completion,
                                m_inputs.stored, m_inputs.rate}) {
        form->addRow(box->accessibleName(), box);
        connect(box, &QDoubleSpinBox::valueChanged, this, [this] {
            if (!m_filling) {
                const QSignalBlocker quiet(m_scenario);
                m_scenario->setCurrentIndex(m_scenario->count() - 1);
            }
            showMonth();
        });
    }
    connect(m_scenario, &QComboBox::currentIndexChanged, this, &ForecastView::fillScenario);
    connect(m_model, &QComboBox::currentIndexChanged, this, &ForecastView::showMonth);
    return part(tr("A month of 30 days"), form, m_monthSum);
}

QWidget *ForecastView::makeReturn()
{
    m_users->setValue(100);
    m_interactions->setValue(20);
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(18);
    for (QDoubleSpinBox *box : {m_users, m_interactions}) {
        form->addRow(box->accessibleName(), box);
        connect(box, &QDoubleSpinBox::valueChanged, this, &ForecastView::showReturn);
    }
    return part(tr("What it costs a user and an interaction"), form, m_return);
}

void ForecastView::setSource(const CostSource &source)
{
    m_record.reset();
    m_touched = false;
    m_from->clear();
    fill({});
    if (m_scenario->currentIndex() == int(std::size(scenarios)))
        m_scenario->setCurrentIndex(0);
    m_question.setAuditor(source.auditor);
}

void ForecastView::setPrices(std::shared_ptr<const PriceTable> prices)
{
    m_prices = std::move(prices);
    const QString chosen = m_model->currentText().isEmpty() ? u"gpt-4o-mini"_s : m_model->currentText();
    const QSignalBlocker quiet(m_model);
    m_model->clear();
    for (const ModelPrices &model : m_prices->models())
        if (priceAt(model, nowMs()))
            m_model->addItem(model.id);
    m_model->setCurrentIndex(std::max(0, m_model->findText(chosen)));
    showMonth();
}

void ForecastView::recorded(const std::optional<Assumptions> &record)
{
    m_record = record;
    m_fromRecord->setEnabled(m_record.has_value());
    m_from->setText(m_record ? tr("The record of the last 30 days: %1 active threads, %2 a run; growth is that of the "
                                  "cost over the 30 days before.")
                                   .arg(threadsWritten(m_record->threads), dollarsWritten(m_record->perRun))
                             : tr("The last 30 days have no priced run: these are only examples."));
    if (m_record && !m_touched)
        fill(*m_record);
    if (m_scenario->currentIndex() == int(std::size(scenarios)))
        fillScenario(m_scenario->currentIndex());
}

void ForecastView::showEvent(QShowEvent *event)
{
    QScrollArea::showEvent(event);
    m_question.seen();
}

void ForecastView::fill(const Assumptions &assumptions)
{
    m_filling = true;
    m_assumed.threads->setValue(assumptions.threads);
    m_assumed.growth->setValue(assumptions.growth * 100);
    m_assumed.runs->setValue(assumptions.runsPerDay);
    m_assumed.perRun->setValue(assumptions.perRun);
    m_assumed.messages->setValue(assumptions.messages);
    m_assumed.tokens->setValue(assumptions.tokensPerMessage);
    m_assumed.stored->setValue(assumptions.storedTokens);
    m_filling = false;
    showForecast();
}

void ForecastView::fillScenario(int scenario)
{
    m_filling = true;
    if (scenario < int(std::size(scenarios))) {
        const Scenario &of = scenarios[scenario];
        m_inputs.threads->setValue(of.threads);
        m_inputs.runs->setValue(3);
        m_inputs.prompt->setValue(2'000);
        m_inputs.cached->setValue(0);
        m_inputs.completion->setValue(500);
        m_inputs.stored->setValue(of.stored);
    } else if (scenario == int(std::size(scenarios)) && m_record) {
        m_inputs.threads->setValue(m_record->threads);
        m_inputs.runs->setValue(m_record->runsPerDay);
        m_inputs.prompt->setValue(m_record->prompt);
        m_inputs.cached->setValue(m_record->cached);
        m_inputs.completion->setValue(m_record->completion);
        m_inputs.stored->setValue(m_record->messages * m_record->tokensPerMessage);
    }
    m_filling = false;
    showMonth();
}

void ForecastView::showForecast()
{
    Assumptions assumptions;
    assumptions.threads = m_assumed.threads->value();
    assumptions.growth = m_assumed.growth->value() / 100;
    assumptions.runsPerDay = m_assumed.runs->value();
    assumptions.perRun = m_assumed.perRun->value();
    assumptions.messages = m_assumed.messages->value();
    assumptions.tokensPerMessage = m_assumed.tokens->value();
    assumptions.storedTokens = m_assumed.stored->value();
    const auto months = forecastOf(assumptions);
    double sum = 0;
    std::vector<StackColumn> columns;
    const QDate first = QDateTime::fromMSecsSinceEpoch(nowMs(), Qt::UTC).date();
    for (const ForecastMonth &month : months) {
        sum += month.cost();
        const QString name = first.addMonths(month.month).toString(u"yyyy-MM"_s);
        columns.push_back(
            {name, name, {month.runs, month.storage}, tr("%1 threads").arg(threadsWritten(month.threads))});
    }
    const ForecastMonth &last = months.back();
    m_monthsSum->setText(tr("%1 in twelve months, if nothing changes: %2 in the first, %3 in the last, with %4 threads "
                            "by then.")
                             .arg(dollarsWritten(sum), dollarsWritten(months.front().cost()),
                                  dollarsWritten(last.cost()), threadsWritten(last.threads)));
    m_chart->setColumns({tr("runs"), tr("storage")}, std::move(columns), dollarsWritten, tr("Nothing to pay."),
                        u"cost_usd"_s);
}

void ForecastView::showMonth()
{
    const ModelPrices *model = m_prices ? m_prices->find(m_model->currentText()) : nullptr;
    const Price *price = model ? priceAt(*model, nowMs()) : nullptr;
    if (!price) {
        m_monthSum->clear();
        return;
    }
    const MonthCost month = monthCost({m_inputs.threads->value(), m_inputs.runs->value(), m_inputs.prompt->value(),
                                       m_inputs.cached->value(), m_inputs.completion->value(), m_inputs.stored->value(),
                                       m_inputs.rate->value()},
                                      price->rates);
    m_monthCost = month.cost();
    QString said =
        tr("%1 a month: %2 runs at %3.")
            .arg(dollarsWritten(month.cost()), format::count(qint64(month.runs)), dollarsWritten(month.perRun));
    if (month.storage > 0)
        said += u' ' + tr("Of it %1 for storage.").arg(dollarsWritten(month.storage));
    m_monthSum->setText(said);
    m_monthSum->setToolTip(priceWords(*price));
    showReturn();
}

void ForecastView::showReturn()
{
    const auto result = returnOf(m_monthCost, m_users->value(), m_interactions->value());
    if (!result) {
        m_return->setText(tr("Nobody uses it."));
        return;
    }
    const QString grades[] = {tr("excellent"), tr("good"), tr("acceptable"), tr("marginal")};
    m_return->setText(
        tr("At the month above: %1 a user, %2 an interaction: %3. (Below $0.01 excellent, below $0.05 "
           "good, below $0.20 acceptable.)")
            .arg(dollarsWritten(result->perUser), dollarsWritten(result->perInteraction), grades[int(result->grade)]));
}

} // namespace bobbin::ui
