// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/pricesdialog.h"

#include "ui/widgets/notice.h"

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

enum Field { Model, Input, Cached, CacheWrite, Output, Until, Source, Seen, FieldCount };

QString amount(std::optional<qint64> rate)
{
    return rate ? QString::number(double(*rate) / 1e6, 'g', 8) : QString();
}

} // namespace

PricesDialog::PricesDialog(const PriceTable &table, QWidget *parent)
    : QDialog(parent), m_table(table), m_rows(new QTableWidget(0, FieldCount)), m_notice(new Notice)
{
    setWindowTitle(tr("Prices"));
    resize(900, 560);
    auto *intro =
        new QLabel(tr("US dollars per 1,000,000 tokens. Prices in force before a day stay for the runs of that time. "
                      "An empty cached or cache-write price bills as input. Change a figure to override it."));
    intro->setWordWrap(true);
    m_rows->setHorizontalHeaderLabels({tr("Model"), tr("Input"), tr("Cached"), tr("Cache write"), tr("Output"),
                                       tr("Until"), tr("Source"), tr("Seen")});
    m_rows->setAccessibleName(tr("Prices"));
    m_rows->verticalHeader()->hide();
    m_rows->horizontalHeader()->setSectionResizeMode(Model, QHeaderView::ResizeToContents);
    m_rows->horizontalHeader()->setStretchLastSection(true);
    auto *add = new QPushButton(tr("Add model…"));
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel | QDialogButtonBox::Save);
    buttons->addButton(add, QDialogButtonBox::ActionRole);
    auto *column = new QVBoxLayout(this);
    column->addWidget(intro);
    column->addWidget(m_rows, 1);
    column->addWidget(m_notice);
    column->addWidget(buttons);
    connect(add, &QPushButton::clicked, this, &PricesDialog::addModel);
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
            const QString cells[FieldCount] = {model.id,
                                               amount(price.rates.input),
                                               amount(price.rates.cached),
                                               amount(price.rates.cacheWrite),
                                               amount(price.rates.output),
                                               price.until.toString(Qt::ISODate),
                                               price.own ? tr("your own") : price.source,
                                               price.seen};
            for (int c = 0; c < FieldCount; ++c) {
                auto *item = new QTableWidgetItem(cells[c]);
                if (c < Input || c > Output)
                    item->setFlags(item->flags() & ~Qt::ItemIsEditable);
                else
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
    fill();
    m_rows->setCurrentCell(m_rows->rowCount() - 1, Input);
    m_rows->scrollToBottom();
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
            if (rates != price.rates) {
                price.rates = rates;
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
    return true;
}

} // namespace bobbin::ui
