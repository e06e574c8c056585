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
    enum Field { Model, Input, Cached, CacheWrite, Output, Until, Source, Seen, FieldCount };
    explicit PricesDialog(const PriceTable &table, QWidget *parent = nullptr);
    [[nodiscard]] const PriceTable &table() const { return m_table; } // after it was accepted

private:
    QString m_fresh; // a model that was added and has no price yet: its fields are empty, not 0
    PriceTable m_table;
    QTableWidget *m_rows;
    Notice *m_notice;
    void fill();
    void addModel();
    void addDatedPrice(); // the model's last price ends today, a new one begins
    void backToShipped();
    [[nodiscard]] QString currentModel() const;
    void showModel(const QString &id);
    bool readBack();
};

} // namespace bobbin::ui
