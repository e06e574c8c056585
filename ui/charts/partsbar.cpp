// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/partsbar.h"

#include "models/core/format.h"
#include "ui/theme.h"

#include <QPainter>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int barHeight = 18;
constexpr int gap = 8;

} // namespace

struct PartsBar::Entry {
    Money money;
    Hue hue;
    QString name;
    bool hatched; // beside the colour, for those who cannot tell it apart
};

PartsBar::PartsBar(QWidget *parent) : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setAccessibleName(tr("Where the money went"));
}

void PartsBar::setParts(const CostParts &parts)
{
    m_parts = parts;
    setAccessibleDescription(describe());
    updateGeometry();
    update();
}

std::vector<PartsBar::Entry> PartsBar::entries() const
{
    std::vector<Entry> shown;
    const auto add = [&](Money money, Hue hue, const QString &name, bool hatched = false) {
        if (money.pico > 0)
            shown.push_back({money, hue, name, hatched});
    };
    add(m_parts.retries, Hue::Danger, tr("retries"), true);
    add(m_parts.toolRounds, Hue::Warning, tr("tool rounds"), true);
    add(m_parts.history, Hue::Prompt, tr("history"));
    add(m_parts.base, Hue::Cached, tr("base"));
    add(m_parts.output, Hue::Completion, tr("output"));
    add(m_parts.undivided, Hue::Quiet, tr("undivided"));
    return shown;
}

QString PartsBar::describe() const
{
    QStringList words;
    const Money all = m_parts.known();
    for (const Entry &entry : entries())
        words << tr("%1 %2 (%3 %)")
                     .arg(entry.name, format::money(entry.money))
                     .arg(std::llround(100 * double(entry.money.pico) / double(std::max<qint64>(1, all.pico))));
    return words.join(u", "_s);
}

template <class Place> int PartsBar::layOut(int width, Place place) const
{
    const Money all = m_parts.known();
    const int line = fontMetrics().height() + 4;
    int x = 0;
    int y = 0;
    for (const Entry &entry : entries()) {
        const QString text =
            tr("%1 %2 · %3 %")
                .arg(entry.name, format::money(entry.money))
                .arg(std::llround(100 * double(entry.money.pico) / double(std::max<qint64>(1, all.pico))));
        const int needed = 16 + fontMetrics().horizontalAdvance(text);
        if (x > 0 && x + needed > width) {
            x = 0;
            y += line;
        }
        place(QRect(x, y, needed, line), entry, text);
        x += needed + 20;
    }
    return y + line;
}

QSize PartsBar::sizeHint() const
{
    return {400, heightForWidth(400)};
}

int PartsBar::heightForWidth(int width) const
{
    return barHeight + gap + layOut(width, [](const QRect &, const Entry &, const QString &) {});
}

void PartsBar::paintEvent(QPaintEvent *)
{
    QPainter p(this);
    const auto box = [&](const QRectF &rect, const Entry &entry) {
        p.fillRect(rect, colour(entry.hue));
        if (!entry.hatched)
            return;
        QColor hatch = colour(Hue::Window);
        hatch.setAlpha(70);
        p.fillRect(rect, QBrush(hatch, Qt::BDiagPattern));
    };
    const double all = double(std::max<qint64>(1, m_parts.known().pico));
    double x = 0;
    for (const Entry &entry : entries()) {
        const double width = double(entry.money.pico) / all * this->width();
        box(QRectF(x, 0, std::max(1.0, width - 1), barHeight), entry);
        x += width;
    }
    p.translate(0, barHeight + gap);
    layOut(width(), [&](const QRect &place, const Entry &entry, const QString &text) {
        box(QRectF(place.left(), place.center().y() - 5, 10, 10), entry);
        p.setPen(colour(Hue::Text));
        p.drawText(place.adjusted(16, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, text);
    });
}

} // namespace bobbin::ui
