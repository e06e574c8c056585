// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/turnchart.h"

#include "models/audit/cause.h"
#include "models/core/format.h"
#include "ui/charts/barsitem.h"
#include "ui/theme.h"

#include <QChart>
#include <QChartView>
#include <QGraphicsLayout>
#include <QGraphicsRectItem>
#include <QKeyEvent>
#include <QLegend>
#include <QLegendMarker>
#include <QLineSeries>
#include <QPainter>
#include <QRubberBand>
#include <QToolTip>
#include <QVBoxLayout>
#include <QValueAxis>
#include <QWheelEvent>
#include <cmath>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr double leastSpan = 4; // bars in the closest zoom
constexpr std::size_t mostLinePoints = 4000;
// Beside the colours, for those who cannot tell these apart.
constexpr Qt::PenStyle growthStyles[] = {Qt::SolidLine, Qt::DashLine, Qt::DashDotLine};

double niceCeiling(double value)
{
    if (value <= 0)
        return 1;
    const double power = std::pow(10, std::floor(std::log10(value)));
    for (const double step : {1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0})
        if (step * power >= value)
            return step * power;
    return 10 * power;
}

} // namespace

class TurnChart::View final : public QChartView {
public:
    explicit View(TurnChart *owner)
        : QChartView(new QChart, owner), m_owner(owner), m_x(new QValueAxis), m_tokens(new QValueAxis),
          m_money(new QValueAxis), m_anchor(new QLineSeries), m_cost(new QLineSeries), m_ceilingLine(new QLineSeries),
          m_windowLine(new QLineSeries)
    {
        setFocusPolicy(Qt::StrongFocus);
        setMouseTracking(true);
        setFrameShape(QFrame::NoFrame);
        setMinimumHeight(200);
        setRenderHint(QPainter::Antialiasing);
        QChart *c = chart();
        c->setAnimationOptions(QChart::NoAnimation);
        c->legend()->hide();
        c->layout()->setContentsMargins(0, 0, 0, 0);
        c->setMargins(QMargins(4, 4, 4, 4));
        c->setBackgroundRoundness(0);
        c->addAxis(m_x, Qt::AlignBottom);
        c->addAxis(m_tokens, Qt::AlignLeft);
        c->addAxis(m_money, Qt::AlignRight);
        for (QLineSeries *series : {m_anchor, m_cost, m_ceilingLine, m_windowLine}) {
            c->addSeries(series);
            series->attachAxis(m_x);
            series->attachAxis(series == m_cost ? m_money : m_tokens);
        }
        m_x->setLabelFormat(u"%.0f"_s);
        m_x->setGridLineVisible(false);
        m_tokens->setLabelFormat(u"%'.0f"_s);
        m_money->setLabelFormat(u"$%.2f"_s);
        m_money->setGridLineVisible(false);
        m_x->setTitleText(TurnChart::tr("Run"));
        m_tokens->setTitleText(TurnChart::tr("Tokens"));
        m_money->setTitleText(TurnChart::tr("Cumulative cost"));
        m_items = new BarsItem(c, m_anchor, m_bars);
        m_ceilingPlate = new QGraphicsRectItem(c); // or the words lie on bars of nearly their own colour
        m_ceilingPlate->setPen(Qt::NoPen);
        m_ceilingText = new QGraphicsSimpleTextItem(c);
        QObject::connect(c, &QChart::plotAreaChanged, c, [this] { relayout(); });
        m_bars.points = &m_points;
        m_range = new QRubberBand(QRubberBand::Rectangle, this);
        restyle();
    }

    TurnChart *m_owner;
    QValueAxis *m_x, *m_tokens, *m_money;
    QLineSeries *m_anchor, *m_cost, *m_ceilingLine, *m_windowLine;
    std::vector<QLineSeries *> m_growth;
    BarsItem *m_items = nullptr;
    QGraphicsRectItem *m_ceilingPlate = nullptr;
    QGraphicsSimpleTextItem *m_ceilingText = nullptr;
    std::vector<TurnPoint> m_points;
    std::vector<TurnSeries> m_lines;
    Bars m_bars;
    qint64 m_ceiling = 40'000;
    std::optional<qint64> m_window;
    QString m_message;
    struct Drag {
        int from;
        double left, right; // what was seen when it began
        bool pans, moved;
    };
    std::optional<Drag> m_drag;
    QRubberBand *m_range = nullptr;

    void restyle()
    {
        chart()->setTheme(isDark() ? QChart::ChartThemeDark : QChart::ChartThemeLight);
        chart()->setBackgroundBrush(colour(Hue::Window));
        setBackgroundBrush(colour(Hue::Window));
        for (QValueAxis *axis : {m_x, m_tokens, m_money}) {
            axis->setLabelsColor(colour(Hue::Quiet));
            axis->setTitleBrush(colour(Hue::Quiet));
            axis->setLinePenColor(colour(Hue::Line));
            axis->setGridLineColor(colour(Hue::Line));
            QFont small = font();
            small.setPointSizeF(small.pointSizeF() * 0.9);
            axis->setLabelsFont(small);
            axis->setTitleFont(small);
        }
        m_anchor->setPen(Qt::NoPen);
        m_cost->setPen(QPen(colour(Hue::Text), 1.6));
        m_ceilingLine->setPen(QPen(colour(Hue::Danger), 1.2, Qt::DashLine));
        m_windowLine->setPen(QPen(colour(Hue::Warning), 1.2, Qt::DashDotLine));
        for (std::size_t i = 0; i < m_growth.size(); ++i)
            m_growth[i]->setPen(QPen(seriesColour(i), 1.8, growthStyles[i % std::size(growthStyles)]));
        m_ceilingText->setBrush(colour(Hue::Danger));
        m_ceilingPlate->setBrush(colour(Hue::Window));
    }

    // Costs that are unknown add nothing: the line goes flat there, and the tooltip says so.
    void rebuild()
    {
        m_bars.selected.reset();
        double cost = 0;
        QList<QPointF> costs;
        const std::size_t n = m_points.size();
        const std::size_t every = std::max<std::size_t>(1, n / mostLinePoints);
        for (std::size_t i = 0; i < n; ++i) {
            const TurnPoint &p = m_points[i];
            if (p.cost)
                cost += p.cost->dollars();
            if (i % every == 0 || i + 1 == n)
                costs.append(QPointF(double(i) + 1, cost));
        }
        m_cost->replace(costs);
        for (QLineSeries *line : m_growth) {
            chart()->removeSeries(line);
            delete line;
        }
        m_growth.clear();
        std::size_t longest = n;
        for (const TurnSeries &line : m_lines) {
            auto *series = new QLineSeries;
            QList<QPointF> at;
            const std::size_t step = std::max<std::size_t>(1, line.points.size() / mostLinePoints);
            for (std::size_t i = 0; i < line.points.size(); ++i) {
                if (!line.points[i].context)
                    continue;
                if (i % step == 0 || i + 1 == line.points.size())
                    at.append(QPointF(double(i) + 1, double(line.points[i].context->first)));
            }
            longest = std::max(longest, line.points.size());
            series->replace(at);
            series->setName(line.name);
            chart()->addSeries(series);
            series->attachAxis(m_x);
            series->attachAxis(m_tokens);
            m_growth.push_back(series);
        }
        const bool empty = m_points.empty() && m_lines.empty();
        for (QValueAxis *axis : {m_x, m_tokens, m_money})
            axis->setVisible(!empty && (axis != m_money || m_lines.empty()));
        m_cost->setVisible(m_lines.empty());
        chart()->legend()->setVisible(!m_lines.empty());
        if (!m_lines.empty()) {
            chart()->legend()->setAlignment(Qt::AlignTop);
            chart()->legend()->setLabelColor(colour(Hue::Text));
            for (QLineSeries *hidden : {m_anchor, m_cost, m_ceilingLine, m_windowLine})
                for (QLegendMarker *marker : chart()->legend()->markers(hidden))
                    marker->setVisible(false);
        }
        m_money->setRange(0, niceCeiling(cost * 1.04));
        m_money->setLabelFormat(cost > 0 && cost < 0.05 ? u"$%.4f"_s : u"$%.2f"_s);
        m_full = double(std::max<std::size_t>(1, longest));
        const auto across = [this](double height) {
            return QList<QPointF>{{firstEdge, height}, {m_full + firstEdge, height}};
        };
        m_ceilingLine->replace(across(double(m_ceiling)));
        if (m_window)
            m_windowLine->replace(across(double(*m_window)));
        setSpan(0, m_full);
        restyle();
        relayout();
    }

    double m_full = 1;

    // In sight, counted in runs from 0.
    [[nodiscard]] double left() const { return m_x->min() - firstEdge; }
    [[nodiscard]] double right() const { return m_x->max() - firstEdge; }

    // As high as what is in sight.
    void scaleTokens()
    {
        qint64 tallest = 0;
        const auto look = [&](const std::vector<TurnPoint> &points, bool completion) {
            const auto last = std::min(points.size(), std::size_t(std::ceil(right())));
            for (auto i = std::size_t(std::max(0.0, std::floor(left()))); i < last; ++i)
                if (points[i].usage)
                    tallest =
                        std::max(tallest, points[i].usage->prompt + (completion ? points[i].usage->completion : 0));
        };
        look(m_points, true);
        for (const TurnSeries &line : m_lines)
            look(line.points, false);
        const double high =
            std::max<double>(double(tallest), double(tallest) > double(m_ceiling) * 0.4 ? double(m_ceiling) * 1.1 : 0);
        m_tokens->setRange(0, niceCeiling(high * 1.04));
        m_tokens->setTickCount(5);
        m_ceilingLine->setVisible(m_lines.empty() && double(m_ceiling) <= m_tokens->max());
        m_windowLine->setVisible(m_lines.empty() && m_window && double(*m_window) <= m_tokens->max());
        Q_EMIT m_owner->holdsChanged();
    }

    void setSpan(double left, double right)
    {
        const double span = std::clamp(right - left, std::min(leastSpan, m_full), m_full);
        left = std::clamp(left, 0.0, m_full - span);
        m_x->setRange(left + firstEdge, left + span + firstEdge);
        const double raw = span / 8;
        m_x->setTickType(QValueAxis::TicksDynamic);
        m_x->setTickAnchor(1);
        m_x->setTickInterval(std::max(1.0, std::ceil(niceCeiling(raw))));
        scaleTokens();
        relayout();
    }

    void relayout()
    {
        m_items->changed();
        m_items->update();
        m_ceilingText->setVisible(m_ceilingLine->isVisible() && (!m_points.empty() || !m_lines.empty()));
        m_ceilingText->setText(TurnChart::tr("context ceiling %1").arg(format::count(m_ceiling)));
        const QPointF at = chart()->mapToPosition(QPointF(m_x->min(), double(m_ceiling)), m_anchor);
        m_ceilingText->setPos(at + QPointF(6, -m_ceilingText->boundingRect().height() - 1));
        m_ceilingText->setZValue(8);
        m_ceilingPlate->setRect(m_ceilingText->sceneBoundingRect().adjusted(-3, 0, 3, 0));
        m_ceilingPlate->setVisible(m_ceilingText->isVisible());
        m_ceilingPlate->setZValue(7);
    }

    [[nodiscard]] std::optional<std::size_t> indexAt(const QPoint &at) const
    {
        if (!chart()->plotArea().contains(mapToScene(at)))
            return std::nullopt;
        const double x = chart()->mapToValue(mapToScene(at), m_anchor).x() - firstEdge;
        if (x < 0 || m_points.empty() || x >= double(m_points.size()))
            return std::nullopt;
        return std::size_t(x);
    }

    void selectIndex(std::size_t i, bool tell)
    {
        m_bars.selected = i;
        const double span = right() - left();
        if (double(i) < left() || double(i) + 1 > right())
            setSpan(double(i) - span / 2, double(i) + span / 2);
        m_items->update();
        setAccessibleDescription(m_owner->describe(i));
        if (tell)
            Q_EMIT m_owner->runSelected(m_points[i].key);
    }

protected:
    void changeEvent(QEvent *event) override
    {
        QChartView::changeEvent(event);
        if (event->type() == QEvent::PaletteChange)
            restyle();
    }
    void drawForeground(QPainter *painter, const QRectF &rect) override
    {
        QChartView::drawForeground(painter, rect);
        if (m_points.empty() && m_lines.empty()) {
            painter->setPen(colour(Hue::Quiet));
            painter->drawText(chart()->plotArea(), Qt::AlignCenter | Qt::TextWordWrap, m_message);
        }
    }
    void mouseMoveEvent(QMouseEvent *event) override
    {
        if (m_drag) {
            const int moved = event->pos().x() - m_drag->from;
            m_drag->moved = m_drag->moved || std::abs(moved) > 3;
            if (m_drag->moved && m_drag->pans) {
                const double perPixel = (m_drag->right - m_drag->left) / std::max(1.0, chart()->plotArea().width());
                setSpan(m_drag->left - moved * perPixel, m_drag->right - moved * perPixel);
            } else if (m_drag->moved) {
                const QRect area = mapFromScene(chart()->plotArea()).boundingRect();
                const QRect range(QPoint(m_drag->from, area.top()), QPoint(event->pos().x(), area.bottom()));
                m_range->setGeometry(range.normalized().intersected(area));
                m_range->show();
            }
            return;
        }
        if (const auto i = indexAt(event->pos()))
            QToolTip::showText(event->globalPosition().toPoint(), m_owner->describe(*i), this);
        else
            QToolTip::hideText();
    }
    // The left button marks a range to zoom to; with Shift, or the middle button, it moves what is seen.
    void mousePressEvent(QMouseEvent *event) override
    {
        const bool pans = event->button() == Qt::MiddleButton || event->modifiers() & Qt::ShiftModifier;
        if (event->button() == Qt::LeftButton || pans)
            m_drag = Drag{event->pos().x(), left(), right(), pans, false};
    }
    void mouseReleaseEvent(QMouseEvent *event) override
    {
        const std::optional<Drag> drag = std::exchange(m_drag, std::nullopt);
        const QRect range = m_range->geometry();
        m_range->hide();
        if (!drag)
            return;
        if (drag->moved && !drag->pans)
            setSpan(chart()->mapToValue(mapToScene(range.topLeft()), m_anchor).x() - firstEdge,
                    chart()->mapToValue(mapToScene(range.topRight()), m_anchor).x() - firstEdge);
        else if (!drag->moved)
            if (const auto i = indexAt(event->pos()))
                selectIndex(*i, true);
    }
    void mouseDoubleClickEvent(QMouseEvent *) override { setSpan(0, m_full); }
    void wheelEvent(QWheelEvent *event) override
    {
        const double factor = std::pow(0.8, double(event->angleDelta().y()) / 120);
        const double x = chart()->mapToValue(mapToScene(event->position().toPoint()), m_anchor).x() - firstEdge;
        setSpan(x - (x - left()) * factor, x + (right() - x) * factor);
        event->accept();
    }
    void keyPressEvent(QKeyEvent *event) override
    {
        if (m_points.empty()) {
            QChartView::keyPressEvent(event);
            return;
        }
        const std::size_t last = m_points.size() - 1;
        const std::size_t now = m_bars.selected.value_or(last);
        const double middle = (left() + right()) / 2;
        const double half = (right() - left()) / 2;
        switch (event->key()) {
        case Qt::Key_Left:
            selectIndex(now > 0 ? now - 1 : 0, true);
            break;
        case Qt::Key_Right:
            selectIndex(std::min(last, now + 1), true);
            break;
        case Qt::Key_Home:
            selectIndex(0, true);
            break;
        case Qt::Key_End:
            selectIndex(last, true);
            break;
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            setSpan(middle - half * 0.8, middle + half * 0.8);
            break;
        case Qt::Key_Minus:
            setSpan(middle - half / 0.8, middle + half / 0.8);
            break;
        case Qt::Key_0:
            setSpan(0, m_full);
            break;
        default:
            QChartView::keyPressEvent(event);
        }
    }
};

TurnChart::TurnChart(QWidget *parent) : QWidget(parent), m_view(std::make_unique<View>(this))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_view.get());
    setFocusProxy(m_view.get());
    m_view->setAccessibleName(tr("Prompt tokens per turn"));
}

TurnChart::~TurnChart() = default;

void TurnChart::setPoints(std::vector<TurnPoint> points, std::optional<qint64> contextWindow)
{
    m_view->m_lines.clear();
    m_view->m_points = std::move(points);
    m_view->m_window = contextWindow;
    m_view->m_message = tr("This thread has no runs.");
    m_view->rebuild();
}

TurnChart::Holds TurnChart::holds() const
{
    Holds holds;
    for (const TurnPoint &p : points()) {
        holds.cached = holds.cached || (p.usage && p.usage->cached.value_or(0) > 0);
        holds.later = holds.later || callsOf(p.usage, p.calls).size() > 1;
        holds.unknown = holds.unknown || !p.usage;
        holds.failed = holds.failed || hasFailed(p.status);
        holds.cancelled = holds.cancelled || p.status == RunStatus::Cancelled;
    }
    holds.ceiling = m_view->m_ceilingLine->isVisible();
    holds.window = m_view->m_windowLine->isVisible();
    holds.rotated = m_view->m_bars.rotatedTo || m_view->m_bars.rotatedFrom;
    return holds;
}

void TurnChart::setRotation(bool from, bool to)
{
    m_view->m_bars.rotatedFrom = from;
    m_view->m_bars.rotatedTo = to;
    m_view->m_items->update();
    Q_EMIT holdsChanged();
}

void TurnChart::setComparison(std::vector<TurnSeries> lines)
{
    m_view->m_points.clear();
    m_view->m_lines = std::move(lines);
    m_view->rebuild();
}

void TurnChart::setCeiling(qint64 tokens)
{
    m_view->m_ceiling = tokens;
    m_view->rebuild();
}

void TurnChart::clear(const QString &message)
{
    m_view->m_lines.clear();
    m_view->m_points.clear();
    m_view->m_message = message;
    m_view->rebuild();
}

void TurnChart::select(RowKey run)
{
    const auto hit = std::ranges::find(m_view->m_points, run, &TurnPoint::key);
    if (hit != m_view->m_points.end())
        m_view->selectIndex(std::size_t(hit - m_view->m_points.begin()), false);
}

std::optional<RowKey> TurnChart::selected() const
{
    return m_view->m_bars.selected ? std::optional(m_view->m_points[*m_view->m_bars.selected].key) : std::nullopt;
}

std::pair<double, double> TurnChart::span() const
{
    return {m_view->left(), m_view->right()};
}

void TurnChart::resetZoom()
{
    m_view->setSpan(0, m_view->m_full);
}

const std::vector<TurnPoint> &TurnChart::points() const
{
    return m_view->m_points;
}

const std::vector<TurnSeries> &TurnChart::compared() const
{
    return m_view->m_lines;
}

QWidget *TurnChart::canvas() const
{
    return m_view.get();
}

} // namespace bobbin::ui
