// SPDX-License-Identifier: GPL-3.0-or-later
// Prompt tokens per turn of one thread, or the growth lines of several. Draws what the pixels can show, so that a
// hundred thousand runs stay fluid. Qt Charts is an inner matter of the .cpp.
#pragma once

#include "models/items/turntablemodel.h"

#include <QWidget>
#include <memory>

namespace bobbin::ui {

inline constexpr int laterCallsAlpha = 110; // of the window's colour, over what a run's calls after its first read

class TurnChart : public QWidget {
    Q_OBJECT
public:
    explicit TurnChart(QWidget *parent = nullptr);
    ~TurnChart() override;

    void setPoints(std::vector<TurnPoint> points, std::optional<qint64> contextWindow);
    void setRotation(bool from, bool to); // it took over from another, another took over
    struct Holds { // what a legend has to explain
        bool cached = false, later = false, unknown = false, failed = false, cancelled = false, ceiling = false,
             window = false, rotated = false;
    };
    [[nodiscard]] Holds holds() const;
    void setComparison(std::vector<TurnSeries> lines);
    [[nodiscard]] const std::vector<TurnSeries> &compared() const; // empty: one thread is shown
    [[nodiscard]] const std::vector<TurnPoint> &points() const;
    void setCeiling(qint64 tokens);
    void select(RowKey run); // marks its bar, no signal
    void clear(const QString &message);
    [[nodiscard]] std::optional<RowKey> selected() const;
    [[nodiscard]] QString describe(std::size_t at) const; // the words of the tooltip
    void resetZoom();
    [[nodiscard]] std::pair<double, double> span() const; // the first and last run in sight, as on the axis

    [[nodiscard]] Done exportTo(const QString &path) const; // .png, .svg or .csv by its ending

Q_SIGNALS:
    void runSelected(bobbin::RowKey run);
    void holdsChanged(); // also by a zoom, which takes lines out of sight

private:
    class View;
    std::unique_ptr<View> m_view;
    [[nodiscard]] QWidget *canvas() const;
};

} // namespace bobbin::ui
