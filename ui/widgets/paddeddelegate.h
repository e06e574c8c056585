// SPDX-License-Identifier: GPL-3.0-or-later
// A row's text with room at its sides, and a quieter word (TrailingRole) at its end. Selected rows keep their colours.
#pragma once

#include <QStyledItemDelegate>

namespace bobbin::ui {

class PaddedDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    static constexpr int TrailingRole = Qt::UserRole;

    PaddedDelegate(int margin, QObject *parent) : QStyledItemDelegate(parent), m_margin(margin) { }
    void setTrailing(bool trailing) { m_trailing = trailing; }
    void setBoldSelection(bool bold) { m_boldSelection = bold; }
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    int m_margin;
    bool m_trailing = false;
    bool m_boldSelection = false;
};

} // namespace bobbin::ui
