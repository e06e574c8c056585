// SPDX-License-Identifier: GPL-3.0-or-later
// A row's text with room at its sides, and a quieter word (TrailingRole) at its end. Selected rows keep their colours.
#pragma once

#include <QProxyStyle>
#include <QStyledItemDelegate>

namespace bobbin::ui {

class PaddedDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    static constexpr int TrailingRole = Qt::UserRole;

    PaddedDelegate(int margin, QObject *parent) : QStyledItemDelegate(parent), m_margin(margin) { }
    void setTrailing(bool trailing) { m_trailing = trailing; }
    void setHighlight(const QString &text) { m_highlight = text; } // wherever it stands in a cell
    void setBoldSelection(bool bold) { m_boldSelection = bold; }
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    int m_margin;
    QString m_highlight;
    bool m_trailing = false;
    bool m_boldSelection = false;
};

// Header texts stand over texts that are painted with this margin.
class PaddedHeaderStyle final : public QProxyStyle {
    Q_OBJECT
public:
    static void applyTo(QWidget *header, int margin);
    int pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const override;

private:
    explicit PaddedHeaderStyle(int margin) : m_margin(margin) { }
    int m_margin;
};

} // namespace bobbin::ui
