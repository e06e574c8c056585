// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme.h"

#include <QApplication>
#include <QPainter>
#include <QPalette>
#include <QProxyStyle>
#include <QScreen>
#include <QStyleFactory>
#include <QStyleOption>
#include <QWidget>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Pair {
    const char *light, *dark;
};

Pair pairOf(Hue hue)
{
    switch (hue) {
    case Hue::Window:
        return {"#ffffff", "#1f2126"};
    case Hue::Panel:
        return {"#f5f6f8", "#191b1f"};
    case Hue::Header:
        return {"#f0f1f4", "#26292f"};
    case Hue::Text:
        return {"#1d1f23", "#e6e8ec"};
    case Hue::Quiet:
        return {"#565b64", "#a9afb9"};
    case Hue::Line:
        return {"#e2e4e8", "#34373e"};
    case Hue::Accent:
        return {"#245fc7", "#82aeff"};
    case Hue::Selection:
        return {"#dbe8fd", "#263a5e"};
    case Hue::Prompt:
        return {"#2f6fde", "#6ea1ff"};
    case Hue::Cached:
        return {"#a9c6f7", "#33527f"};
    case Hue::Completion:
        return {"#e0912f", "#f0b45f"};
    case Hue::Danger:
        return {"#b8281a", "#ff9a9c"};
    case Hue::Warning:
        return {"#94480a", "#ffb066"};
    case Hue::Good:
        return {"#0d6b38", "#6fd19a"};
    }
    return {"#000000", "#ffffff"};
}

class Tint : public QObject {
public:
    Tint(QWidget &widget, QPalette::ColorRole role, Hue hue, int alpha)
        : QObject(&widget), m_widget(widget), m_role(role), m_hue(hue), m_alpha(alpha)
    {
        widget.installEventFilter(this);
        apply();
    }
    [[nodiscard]] QPalette::ColorRole role() const { return m_role; }
    void set(Hue hue, int alpha)
    {
        m_hue = hue;
        m_alpha = alpha;
        apply();
    }
    bool eventFilter(QObject *, QEvent *event) override
    {
        if (event->type() == QEvent::PaletteChange && !m_applying)
            apply();
        return false;
    }

private:
    QWidget &m_widget;
    QPalette::ColorRole m_role;
    Hue m_hue;
    int m_alpha;
    bool m_applying = false;

    void apply()
    {
        QColor wanted = colour(m_hue);
        wanted.setAlpha(m_alpha);
        if (m_widget.palette().color(m_role) == wanted)
            return;
        m_applying = true;
        QPalette p = m_widget.palette();
        p.setColor(m_role, wanted);
        m_widget.setPalette(p);
        m_applying = false;
    }
};

// Fusion derives outlines by darkening the window, which nobody sees on a dark one.
class OutlinedStyle : public QProxyStyle {
public:
    OutlinedStyle() : QProxyStyle(QStyleFactory::create(u"Fusion"_s)) { }

    void drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                       const QWidget *widget) const override
    {
        QProxyStyle::drawPrimitive(element, option, painter, widget);
        if (element == PE_IndicatorCheckBox || element == PE_FrameLineEdit)
            outline(*option, painter);
    }
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter,
                            const QWidget *widget) const override
    {
        QProxyStyle::drawComplexControl(control, option, painter, widget);
        if (control == CC_SpinBox)
            outline(*option, painter);
    }

private:
    static void outline(const QStyleOption &option, QPainter *painter)
    {
        if (!isDark() || (option.state & State_HasFocus))
            return;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setBrush(Qt::NoBrush);
        QColor pen = colour(Hue::Quiet);
        pen.setAlphaF(option.state & State_Enabled ? 0.6F : 0.3F);
        painter->setPen(pen);
        painter->drawRoundedRect(QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5), 2, 2);
        painter->restore();
    }
};

} // namespace

bool isDark()
{
    return QApplication::palette().color(QPalette::Window).lightness() < 128;
}

QColor colour(Hue hue)
{
    const Pair pair = pairOf(hue);
    return QColor(QLatin1String(isDark() ? pair.dark : pair.light));
}

QColor seriesColour(std::size_t series)
{
    // From Okabe and Ito's palette, moved apart as protanopes and deuteranopes see them.
    constexpr const char *light[] = {"#006be1", "#fc8d00", "#03ca6e", "#bf1c8f", "#5ecbe3", "#5a5639"};
    constexpr const char *dark[] = {"#437bf9", "#f8b30d", "#21d06a", "#ff9bc8", "#c4ffff", "#906c95"};
    return isDark() ? dark[series % std::size(dark)] : light[series % std::size(light)];
}

QColor statusColour(RunStatus status)
{
    switch (status) {
    case RunStatus::Failed:
    case RunStatus::Expired:
        return colour(Hue::Danger);
    case RunStatus::Incomplete:
    case RunStatus::RequiresAction:
    case RunStatus::Cancelling:
    case RunStatus::Cancelled:
        return colour(Hue::Warning);
    case RunStatus::Queued:
    case RunStatus::InProgress:
        return colour(Hue::Accent);
    default:
        return {};
    }
}

void resizeWithin(QWidget &window, const QSize &wanted)
{
    constexpr QSize frame(16, 48);
    const QScreen *screen = window.screen();
    window.resize(screen ? wanted.boundedTo(screen->availableSize() - frame) : wanted);
}

void tint(QWidget &widget, QPalette::ColorRole role, Hue hue, int alpha)
{
    // One that follows already only gets another colour.
    for (QObject *child : widget.children())
        if (auto *known = dynamic_cast<Tint *>(child); known && known->role() == role) {
            known->set(hue, alpha);
            return;
        }
    new Tint(widget, role, hue, alpha);
}

void applyTheme(QApplication &app, bool dark)
{
    if (!dynamic_cast<OutlinedStyle *>(QApplication::style()))
        QApplication::setStyle(new OutlinedStyle);
    const auto pick = [dark](Hue hue) {
        const Pair pair = pairOf(hue);
        return QColor(QLatin1String(dark ? pair.dark : pair.light));
    };
    QPalette p;
    p.setColor(QPalette::Window, pick(Hue::Panel));
    p.setColor(QPalette::Base, pick(Hue::Window));
    p.setColor(QPalette::AlternateBase, pick(Hue::Panel));
    p.setColor(QPalette::Button, pick(Hue::Header));
    p.setColor(QPalette::ToolTipBase, pick(Hue::Window));
    p.setColor(QPalette::Mid, pick(Hue::Line));
    p.setColor(QPalette::Light, pick(Hue::Window));
    p.setColor(QPalette::Midlight, pick(Hue::Header));
    p.setColor(QPalette::Dark, pick(Hue::Line).darker(dark ? 90 : 130));
    p.setColor(QPalette::Shadow, dark ? Qt::black : pick(Hue::Line).darker(160));
    for (const auto role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText, QPalette::HighlightedText})
        p.setColor(role, pick(Hue::Text));
    p.setColor(QPalette::BrightText, pick(Hue::Danger));
    p.setColor(QPalette::PlaceholderText, pick(Hue::Quiet));
    p.setColor(QPalette::Highlight, pick(Hue::Selection));
    p.setColor(QPalette::Link, pick(Hue::Accent));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        p.setColor(QPalette::Disabled, role, pick(Hue::Quiet));
    app.setPalette(p);
}

} // namespace bobbin::ui
