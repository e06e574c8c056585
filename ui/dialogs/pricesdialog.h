// SPDX-License-Identifier: GPL-3.0-or-later
// The price table: every model with its prices, source and date; rows of the person's own on top.
#pragma once

#include "models/pricing/pricetable.h"

#include <QDialog>

class QTableWidget;

namespace bobbin::ui {

class Notice;

class PricesDialog : public QDialog {
    Q_OBJECT
public:
    explicit PricesDialog(const PriceTable &table, QWidget *parent = nullptr);
    [[nodiscard]] const PriceTable &table() const { return m_table; }

private:
    PriceTable m_table;
    QTableWidget *m_rows;
    Notice *m_notice;
    void fill();
    void addModel();
    bool readBack();
};

} // namespace bobbin::ui
