// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/turnlegend.h"

#include "ui/theme.h"

#include <QPainter>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

TurnLegend::TurnLegend(QWidget *parent) : QWidget(parent)
{
    setFixedHeight(fontMetrics().height() + 8);
    QSizePolicy keep = sizePolicy();
    keep.setRetainSizeWhenHidden(true);
    keep.setHorizontalPolicy(QSizePolicy::Expanding);
    setSizePolicy(keep);
    setAccessibleName(tr("Chart legend"));
}

void TurnLegend::paintEvent(QPaintEvent *)
{
    QPainter p(this);
    int x = 12;
    const int middle = height() / 2;
    QStringList words;
    const auto word = [&](const QString &text) {
        words << text;
        p.setPen(colour(Hue::Quiet));
        p.drawText(QRect(x, 0, width() - x, height()), Qt::AlignVCenter,
                   fontMetrics().elidedText(text, Qt::ElideRight, width() - x));
        x += fontMetrics().horizontalAdvance(text) + 18;
    };
    const auto box = [&](Hue hue, const QString &text) {
        p.fillRect(QRect(x, middle - 5, 10, 10), colour(hue));
        x += 15;
        word(text);
    };
    const auto line = [&](Hue hue, Qt::PenStyle style, const QString &text) {
        p.setPen(QPen(colour(hue), 1.6, style));
        p.drawLine(x, middle, x + 16, middle);
        x += 21;
        word(text);
    };
    const auto cross = [&](Hue hue, const QString &text) {
        p.setPen(colour(hue));
        p.drawText(QRect(x, 0, 20, height()), Qt::AlignVCenter, u"✕"_s);
        x += 14;
        word(text);
    };
    box(Hue::Prompt, tr("prompt"));
    if (m_holds.cached)
        box(Hue::Cached, tr("cached"));
    if (m_holds.later) {
        const QRect swatch(x, middle - 5, 10, 10);
        QColor pale = colour(Hue::Window);
        pale.setAlpha(laterCallsAlpha);
        p.fillRect(swatch, colour(Hue::Prompt));
        p.fillRect(swatch, pale);
        x += 15;
        word(tr("later calls"));
    }
    box(Hue::Completion, tr("completion"));
    line(Hue::Text, Qt::SolidLine, tr("cumulative cost"));
    if (m_holds.ceiling)
        line(Hue::Danger, Qt::DashLine, tr("ceiling"));
    if (m_holds.window)
        line(Hue::Warning, Qt::DashDotLine, tr("context window"));
    if (m_holds.failed)
        cross(Hue::Danger, tr("failed"));
    if (m_holds.cancelled)
        cross(Hue::Warning, tr("cancelled"));
    if (m_holds.unknown) {
        p.setPen(QPen(colour(Hue::Quiet), 1, Qt::DotLine));
        p.drawRect(x, middle - 5, 9, 9);
        x += 15;
        word(tr("usage unknown"));
    }
    if (m_holds.rotated)
        line(Hue::Good, Qt::SolidLine, tr("rotated"));
    setToolTip(x > width() ? words.join(u'\n') : QString());
    setAccessibleDescription(words.join(u", "_s));
}

void TurnLegend::setHolds(const TurnChart::Holds &holds)
{
    m_holds = holds;
    update();
}

} // namespace bobbin::ui
