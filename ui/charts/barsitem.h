// SPDX-License-Identifier: GPL-3.0-or-later
// The bars of a turn chart over Qt Charts' plot area: one column a pixel at most, the tallest run of those that share
// it.
#pragma once

#include "models/domain/rows.h"

#include <QGraphicsItem>

class QChart;
class QLineSeries;

namespace bobbin::ui {

inline constexpr double firstEdge = 0.5; // on the axis the bar of run 1 is from here to 1.5

struct Bars {
    const std::vector<TurnPoint> *points = nullptr;
    std::optional<std::size_t> selected;
    bool rotatedFrom = false, rotatedTo = false; // marked before the first run, after the last
};

class BarsItem final : public QGraphicsItem {
public:
    BarsItem(QChart *chart, QLineSeries *anchor, const Bars &bars); // anchor: any series, for its coordinates
    [[nodiscard]] QRectF boundingRect() const override;
    void changed() { prepareGeometryChange(); }
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *option, QWidget *widget) override;

private:
    QChart *m_chart;
    QLineSeries *m_anchor;
    const Bars &m_bars;

    struct Scale; // from runs and tokens to pixels
    void paintMarks(QPainter *painter, const Scale &scale) const;
};

} // namespace bobbin::ui
