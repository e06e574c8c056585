// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/pricesdialog.h"

#include "ui/theme.h"
#include "ui/widgets/notice.h"

#include <QDateTime>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QInputDialog>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>
#include <cmath>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

QString amount(std::optional<qint64> rate)
{
    return rate ? QString::number(double(*rate) / 1e6, 'g', 8) : QString();
}

} // namespace

PricesDialog::PricesDialog(const PriceTable &table, QWidget *parent)
    : QDialog(parent), m_table(table), m_rows(new QTableWidget(0, FieldCount)), m_notice(new Notice)
{
    setWindowTitle(tr("Prices"));
    resizeWithin(*this, {900, 560});
    auto *intro =
        new QLabel(tr("US dollars per 1,000,000 tokens. Prices in force before a day stay for the runs of that time. "
                      "An empty cached or cache-write price bills as input. Change a figure to override it; "
                      "“Until” is the first day (UTC) on which a price no longer holds."));
    intro->setWordWrap(true);
    m_rows->setHorizontalHeaderLabels({tr("Model"), tr("Input"), tr("Cached"), tr("Cache write"), tr("Output"),
                                       tr("Until"), tr("Source"), tr("Seen")});
    m_rows->setAccessibleName(tr("Prices"));
    m_rows->verticalHeader()->hide();
    m_rows->horizontalHeader()->setSectionResizeMode(Model, QHeaderView::ResizeToContents);
    m_rows->horizontalHeader()->setStretchLastSection(true);
    auto *add = new QPushButton(tr("Add model…"));
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel | QDialogButtonBox::Save);
    auto *dated = new QPushButton(tr("New price from today"));
    dated->setToolTip(tr("The selected model's last price ends today; enter the new one in the row below it"));
    auto *back = new QPushButton(tr("Back to shipped"));
    back->setToolTip(tr("Drop your own prices of the selected model"));
    for (QPushButton *button : {add, dated, back})
        buttons->addButton(button, QDialogButtonBox::ActionRole);
    auto *column = new QVBoxLayout(this);
    column->addWidget(intro);
    column->addWidget(m_rows, 1);
    column->addWidget(m_notice);
    column->addWidget(buttons);
    connect(add, &QPushButton::clicked, this, &PricesDialog::addModel);
    connect(dated, &QPushButton::clicked, this, &PricesDialog::addDatedPrice);
    connect(back, &QPushButton::clicked, this, &PricesDialog::backToShipped);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        if (readBack())
            accept();
    });
    fill();
}

void PricesDialog::fill()
{
    m_rows->setRowCount(0);
    for (const ModelPrices &model : m_table.models())
        for (const Price &price : model.prices) {
            const int row = m_rows->rowCount();
            m_rows->insertRow(row);
            const bool fresh = model.id == m_fresh;
            const QString cells[FieldCount] = {model.id,
                                               fresh ? QString() : amount(price.rates.input),
                                               amount(price.rates.cached),
                                               amount(price.rates.cacheWrite),
                                               fresh ? QString() : amount(price.rates.output),
                                               price.until.toString(Qt::ISODate),
                                               price.own ? tr("your own") : price.source,
                                               price.seen};
            for (int c = 0; c < FieldCount; ++c) {
                auto *item = new QTableWidgetItem(cells[c]);
                if (c < Input || c > Until)
                    item->setFlags(item->flags() & ~Qt::ItemIsEditable);
                else if (c < Until)
                    item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
                if (c == Model)
                    item->setToolTip(model.note);
                m_rows->setItem(row, c, item);
            }
        }
}

void PricesDialog::addModel()
{
    const QString id = QInputDialog::getText(this, tr("Add model"), tr("Model id, as runs name it:")).trimmed();
    if (id.isEmpty() || !readBack())
        return;
    if (m_table.find(id) && m_table.find(id)->id == id) {
        m_notice->show(tr("%1 is in the table already.").arg(id), Notice::Tone::Warning);
        return;
    }
    ModelPrices model;
    model.id = id;
    Price price;
    price.own = true;
    model.prices.push_back(price);
    m_table.set(model);
    m_fresh = id;
    fill();
    showModel(id);
}

QString PricesDialog::currentModel() const
{
    const QTableWidgetItem *item = m_rows->item(m_rows->currentRow(), Model);
    return item ? item->text() : QString();
}

// Its last row, ready to be typed over.
void PricesDialog::showModel(const QString &id)
{
    for (int row = m_rows->rowCount() - 1; row >= 0; --row)
        if (m_rows->item(row, Model)->text() == id) {
            m_rows->setCurrentCell(row, Input);
            m_rows->scrollToItem(m_rows->item(row, Input));
            return;
        }
}

void PricesDialog::addDatedPrice()
{
    const QString id = currentModel();
    if (id.isEmpty()) {
        m_notice->show(tr("Select a model first."), Notice::Tone::Info);
        return;
    }
    if (!readBack())
        return;
    ModelPrices model = *m_table.find(id);
    const QDate today = QDateTime::currentDateTimeUtc().date();
    if (model.prices.empty() || model.prices.back().until.isValid()) {
        m_notice->show(tr("%1 has no price without an end.").arg(id), Notice::Tone::Warning);
        return;
    }
    Price next = model.prices.back();
    next.own = true;
    next.seen = today.toString(Qt::ISODate);
    model.prices.back().until = today;
    model.prices.push_back(next);
    m_table.set(std::move(model));
    fill();
    showModel(id);
}

void PricesDialog::backToShipped()
{
    const QString id = currentModel();
    if (id.isEmpty() || (id != m_fresh && !readBack()))
        return;
    if (id == m_fresh)
        m_fresh.clear();
    m_table.reset(id);
    fill();
    showModel(id);
}

bool PricesDialog::readBack()
{
    int row = 0;
    std::vector<ModelPrices> changed;
    for (const ModelPrices &model : m_table.models()) {
        ModelPrices now = model;
        bool differs = false;
        for (Price &price : now.prices) {
            std::optional<qint64> read[FieldCount];
            for (int c = Input; c <= Output; ++c) {
                const QString text = m_rows->item(row, c)->text().trimmed();
                bool ok = true;
                const double value = text.isEmpty() ? 0 : text.toDouble(&ok);
                if (!ok || value < 0 || value > 1e6 || (text.isEmpty() && (c == Input || c == Output))) {
                    m_rows->setCurrentCell(row, c);
                    m_notice->show(tr("%1, %2: enter a price of 0 or more, such as 2.50.")
                                       .arg(model.id, m_rows->horizontalHeaderItem(c)->text()),
                                   Notice::Tone::Danger);
                    return false;
                }
                if (!text.isEmpty())
                    read[c] = std::llround(value * 1e6);
            }
            const Rates rates{*read[Input], *read[Output], read[Cached], read[CacheWrite]};
            const QString untilText = m_rows->item(row, Until)->text().trimmed();
            const QDate until = QDate::fromString(untilText, Qt::ISODate);
            const bool last = &price == &now.prices.back();
            const bool ordered =
                last || (until.isValid() && (&price == &now.prices.front() || (&price - 1)->until < until));
            if ((!untilText.isEmpty() && !until.isValid()) || !ordered) {
                m_rows->setCurrentCell(row, Until);
                m_notice->show(
                    tr("%1: enter a day as YYYY-MM-DD; prices of a model follow each other, and only the last may "
                       "have no end.")
                        .arg(model.id),
                    Notice::Tone::Danger);
                return false;
            }
            if (rates != price.rates || until != price.until) {
                price.rates = rates;
                price.until = until;
                price.own = true;
                price.seen = QDate::currentDate().toString(Qt::ISODate);
                differs = true;
            }
            ++row;
        }
        if (differs)
            changed.push_back(std::move(now));
    }
    for (ModelPrices &model : changed)
        m_table.set(std::move(model));
    m_fresh.clear(); // else its empty fields had been refused
    return true;
}

} // namespace bobbin::ui
