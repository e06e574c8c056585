// SPDX-License-Identifier: GPL-3.0-or-later
// A small table of figures, as high as its rows; with bars for shares and quiet buttons.
#pragma once

#include <QTableWidget>

class QPushButton;

namespace bobbin::ui {

inline constexpr int shareRole = Qt::UserRole + 1; // of a cell with a share: 0 to 1

QTableWidget *makeFigureTable(const QStringList &heads, const QString &name);
void setFigure(QTableWidget *table, int row, int column, const QString &text, bool number);
void fitFigures(QTableWidget *table);
void showShares(QTableView *table, int column, int role = shareRole); // as bars; role: with the share
QPushButton *rowButton();

} // namespace bobbin::ui
