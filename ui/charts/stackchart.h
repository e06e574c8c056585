// SPDX-License-Identifier: GPL-3.0-or-later
// Columns of stacked parts: cost by day and assistant, for one. Left and Right go from column to column, Enter opens
// it.
#pragma once

#include "models/core/error.h"

#include <QStringList>
#include <QWidget>

#include <functional>
#include <optional>
#include <vector>

namespace bobbin::ui {

QString dollarsWritten(double dollars); // as money is written everywhere, and beyond what Money can hold

struct StackColumn {
    QString name; // whole
    QString mark; // on the axis, where there is room
    std::vector<double> parts; // by series
    QString note; // what its sum leaves out; may be empty
};

class StackChart : public QWidget {
    Q_OBJECT
public:
    using Written = QString (*)(double value);
    explicit StackChart(QWidget *parent = nullptr);
    // `nothing`: what is said where all parts are 0; `unit`: of the values, in exports.
    void setColumns(QStringList series, std::vector<StackColumn> columns, Written written, const QString &nothing,
                    const QString &unit);

    [[nodiscard]] QString describe(std::size_t column) const;
    [[nodiscard]] std::optional<std::size_t> selected() const { return m_selected; }
    [[nodiscard]] std::size_t columns() const { return m_columns.size(); }
    [[nodiscard]] Done exportTo(const QString &path); // PNG, SVG or CSV, by its ending

Q_SIGNALS:
    void activated(std::size_t column); // clicked, or Enter

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    QStringList m_series;
    std::vector<StackColumn> m_columns;
    Written m_written = nullptr;
    QString m_nothing, m_unit;
    std::optional<std::size_t> m_selected;
    [[nodiscard]] QRectF plot() const;
    [[nodiscard]] double most() const;
    [[nodiscard]] std::optional<std::size_t> columnAt(const QPoint &at) const;
    void select(std::optional<std::size_t> column);
    void paintScale(QPainter &painter, const QRectF &area, double most) const;
    void paintLegend(QPainter &painter, const QRectF &area) const;
};

} // namespace bobbin::ui
