// SPDX-License-Identifier: GPL-3.0-or-later
// What limits save against how much of the context they cut: a point a choice, the best ones joined. Left and Right go
// along those, Enter takes one.
#pragma once

#include "models/whatif/frontier.h"

#include <QWidget>

namespace bobbin::ui {

class FrontierChart : public QWidget {
    Q_OBJECT
public:
    explicit FrontierChart(QWidget *parent = nullptr);
    void setFrontier(const Frontier &frontier);
    [[nodiscard]] const Frontier &frontier() const { return m_frontier; }
    [[nodiscard]] QString describe(std::size_t point) const;
    [[nodiscard]] std::optional<std::size_t> selected() const { return m_selected; }

Q_SIGNALS:
    void chosen(const bobbin::FrontierPoint &point);

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;

private:
    Frontier m_frontier;
    std::optional<std::size_t> m_selected;
    double m_mostCut = 1, m_mostSaved = 1;
    [[nodiscard]] QRectF plot() const;
    [[nodiscard]] QPointF placeOf(const FrontierPoint &point) const;
    [[nodiscard]] std::optional<std::size_t> pointAt(const QPoint &at) const;
    void select(std::optional<std::size_t> point);
};

} // namespace bobbin::ui
