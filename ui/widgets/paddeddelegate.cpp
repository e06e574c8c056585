// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/paddeddelegate.h"

#include "ui/theme.h"

#include <QApplication>
#include <QPainter>

namespace bobbin::ui {

QSize PaddedDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const QSize plain = QStyledItemDelegate::sizeHint(option, index);
    return {plain.width() + 2 * m_margin, std::max(plain.height(), option.fontMetrics.height() + 9)};
}

void PaddedHeaderStyle::applyTo(QWidget *header, int margin)
{
    auto *style = new PaddedHeaderStyle(margin);
    style->setParent(header);
    header->setStyle(style);
}

int PaddedHeaderStyle::pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const
{
    return metric == PM_HeaderMargin ? m_margin : QProxyStyle::pixelMetric(metric, option, widget);
}

void PaddedDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem o = option;
    initStyleOption(&o, index);
    const QStyle *style = o.widget ? o.widget->style() : QApplication::style();
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &o, painter, o.widget);
    QRect room = o.rect.adjusted(m_margin, 0, -m_margin, 0);
    if (o.features.testFlag(QStyleOptionViewItem::HasCheckIndicator)) {
        QStyleOptionViewItem check = o; // where editorEvent() looks for the click
        check.rect = style->subElementRect(QStyle::SE_ItemViewItemCheckIndicator, &o, o.widget);
        check.state.setFlag(QStyle::State_HasFocus, false);
        check.state.setFlag(QStyle::State_Enabled, index.flags().testFlag(Qt::ItemIsUserCheckable));
        check.state |= o.checkState == Qt::Checked ? QStyle::State_On : QStyle::State_Off;
        style->drawPrimitive(QStyle::PE_IndicatorItemViewItemCheck, &check, painter, o.widget);
        room.setLeft(check.rect.right() + m_margin);
    }
    painter->save();
    QFont font = o.font;
    if (m_boldSelection && o.state & QStyle::State_Selected)
        font.setWeight(QFont::DemiBold);
    painter->setFont(font);
    if (m_trailing) {
        const QString word = index.data(TrailingRole).toString();
        painter->setPen(colour(Hue::Quiet));
        painter->drawText(room, Qt::AlignRight | Qt::AlignVCenter, word);
        room.setRight(room.right() - o.fontMetrics.horizontalAdvance(word) - m_margin);
    }
    const QString shown = o.fontMetrics.elidedText(o.text, Qt::ElideRight, room.width());
    if (!m_highlight.isEmpty()) {
        QColor ground = colour(Hue::Completion);
        ground.setAlpha(90);
        for (qsizetype at = shown.indexOf(m_highlight, 0, Qt::CaseInsensitive); at >= 0;
             at = shown.indexOf(m_highlight, at + m_highlight.size(), Qt::CaseInsensitive)) {
            const int from = o.fontMetrics.horizontalAdvance(shown.left(at));
            const int width = o.fontMetrics.horizontalAdvance(shown.mid(at, m_highlight.size()));
            painter->fillRect(QRect(room.left() + from, room.top() + 3, width, room.height() - 6), ground);
        }
    }
    painter->setPen(o.palette.color(QPalette::Text));
    painter->drawText(room, int(o.displayAlignment) | Qt::TextSingleLine, shown);
    painter->restore();
    if (o.state & QStyle::State_HasFocus) {
        QStyleOptionFocusRect focus;
        focus.QStyleOption::operator=(o);
        focus.backgroundColor = o.palette.color(QPalette::Highlight);
        style->drawPrimitive(QStyle::PE_FrameFocusRect, &focus, painter, o.widget);
    }
}

} // namespace bobbin::ui
