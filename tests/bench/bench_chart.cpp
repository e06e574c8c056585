// SPDX-License-Identifier: GPL-3.0-or-later
// The turn chart with 100,000 turns, beside a plain QLineSeries of the same points. usage: bench_chart FOLDER [--small]
#include "ui/charts/turnchart.h"

#include <QApplication>
#include <QChart>
#include <QChartView>
#include <QElapsedTimer>
#include <QLineSeries>
#include <QTest>
#include <QWheelEvent>
#include <algorithm>
#include <cstdio>

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;

namespace {

template <class F> double median(F act)
{
    std::vector<double> all;
    for (int i = 0; i < 15; ++i) {
        QElapsedTimer timer;
        timer.start();
        act(i);
        all.push_back(double(timer.nsecsElapsed()) / 1e6);
    }
    std::ranges::sort(all);
    return all[all.size() / 2];
}

} // namespace

int main(int argc, char **argv)
{
    QApplication app(argc, argv);
    const qint64 turns = QCoreApplication::arguments().contains(u"--small"_s) ? 10'000 : 100'000;
    std::vector<TurnPoint> points;
    QList<QPointF> line;
    for (qint64 i = 0; i < turns; ++i) {
        TurnPoint p;
        p.key = i + 1;
        p.turn = i + 1;
        p.status = i % 97 == 0 ? RunStatus::Failed : RunStatus::Completed;
        if (i % 113 != 0)
            p.usage = Usage{900 + i % 4001 * 31, 200 + i % 90, 400 + i % 4001 * 20, {}, {}};
        p.cost = Money{1'000'000'000};
        points.push_back(p);
        line.append(QPointF(double(i), p.usage ? double(p.usage->prompt) : 0));
    }
    ui::TurnChart chart;
    chart.resize(1200, 420);
    chart.show();
    std::ignore = QTest::qWaitForWindowExposed(&chart);
    QElapsedTimer timer;
    timer.start();
    chart.setPoints(points, 128'000);
    chart.grab();
    const double set = double(timer.nsecsElapsed()) / 1e6;
    const auto sized = [](QWidget &w) { return [&w](int i) { w.resize(1200 + i % 2, 420), w.grab(); }; };
    const double redraw = median(sized(chart));
    QWidget *canvas = chart.focusProxy();
    const double zoom = median([&](int i) {
        const QPointF at(600, 200);
        QWheelEvent wheel(at, canvas->mapToGlobal(at), {}, {0, i % 2 ? -120 : 120}, Qt::NoButton, Qt::NoModifier,
                          Qt::NoScrollPhase, false);
        QApplication::sendEvent(static_cast<QAbstractScrollArea *>(canvas)->viewport(), &wheel);
        canvas->grab();
    });

    auto *series = new QLineSeries;
    timer.start();
    series->replace(line);
    QChartView plain(new QChart);
    plain.chart()->addSeries(series);
    plain.chart()->createDefaultAxes();
    plain.resize(1200, 420);
    plain.show();
    std::ignore = QTest::qWaitForWindowExposed(&plain);
    plain.grab();
    const double plainSet = double(timer.nsecsElapsed()) / 1e6;
    const double plainRedraw = median(sized(plain));
    const double plainZoom = median([&](int i) { plain.chart()->zoom(i % 2 ? 0.8 : 1.25), plain.grab(); });

    std::printf("\nChart of %lld turns (ms)           %12s %12s %10s\n", turns, "TurnChart", "QLineSeries", "ratio");
    const auto row = [](const char *what, double ours, double theirs) {
        std::printf("  %-32s %12.1f %12.1f %9.2fx\n", what, ours, theirs, theirs / ours);
    };
    row("first picture", set, plainSet);
    row("redraw after a resize", redraw, plainRedraw);
    row("redraw after a zoom step", zoom, plainZoom);
    return 0;
}
