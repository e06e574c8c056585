// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/figuretable.h"

#include "ui/theme.h"
#include "ui/widgets/paddeddelegate.h"

#include <QApplication>
#include <QHeaderView>
#include <QPainter>
#include <QPushButton>
#include <QStyledItemDelegate>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

// A bar as long as the share, with its percent beside it.
class ShareDelegate final : public QStyledItemDelegate {
public:
    ShareDelegate(int role, QObject *parent) : QStyledItemDelegate(parent), m_role(role) { }
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        QStyleOptionViewItem plain = option;
        initStyleOption(&plain, index);
        const QString text = std::exchange(plain.text, {});
        const QStyle *style = plain.widget ? plain.widget->style() : QApplication::style();
        style->drawControl(QStyle::CE_ItemViewItem, &plain, painter, plain.widget);
        const int words = plain.fontMetrics.horizontalAdvance(u"100 %"_s) + 6;
        const QRect room = plain.rect.adjusted(6, 8, -6, -8);
        const int most = std::max(0, room.width() - words);
        painter->fillRect(QRect(room.left(), room.top(), most, room.height()), colour(Hue::Line));
        painter->fillRect(QRect(room.left(), room.top(),
                                int(most * std::clamp(index.data(m_role).toDouble(), 0.0, 1.0)), room.height()),
                          colour(Hue::Accent));
        painter->setPen(
            plain.palette.color(plain.state & QStyle::State_Selected ? QPalette::HighlightedText : QPalette::Text));
        painter->drawText(plain.rect.adjusted(0, 0, -6, 0), Qt::AlignRight | Qt::AlignVCenter, text);
    }
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        return QStyledItemDelegate::sizeHint(option, index) + QSize(70, 0);
    }

private:
    int m_role;
};

} // namespace

QTableWidget *makeFigureTable(const QStringList &heads, const QString &name)
{
    auto *table = new QTableWidget(0, int(heads.size()));
    table->setHorizontalHeaderLabels(heads);
    table->setAccessibleName(name);
    table->verticalHeader()->hide();
    table->setShowGrid(false);
    table->setFrameShape(QFrame::NoFrame);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setTabKeyNavigation(false);
    table->setWordWrap(false);
    table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeaderItem(0)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    for (int c = 1; c < table->columnCount(); ++c)
        table->horizontalHeaderItem(c)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    table->verticalHeader()->setDefaultSectionSize(27);
    table->setItemDelegate(new PaddedDelegate(6, table));
    PaddedHeaderStyle::applyTo(table->horizontalHeader(), 6);
    return table;
}

void setFigure(QTableWidget *table, int row, int column, const QString &text, bool number)
{
    auto *item = new QTableWidgetItem(text);
    item->setTextAlignment((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    item->setToolTip(text);
    table->setItem(row, column, item);
}

void fitFigures(QTableWidget *table)
{
    int height = table->horizontalHeader()->sizeHint().height() + 4;
    for (int r = 0; r < table->rowCount(); ++r)
        height += table->rowHeight(r);
    table->setFixedHeight(height);
    table->resizeColumnsToContents();
    table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
}

void showShares(QTableView *table, int column, int role)
{
    table->setItemDelegateForColumn(column, new ShareDelegate(role, table));
}

QPushButton *rowButton()
{
    auto *button = new QPushButton;
    button->setFlat(true); // ten boxes beneath each other would be louder than what they are about
    QPalette palette = button->palette();
    palette.setColor(QPalette::ButtonText, colour(Hue::Accent));
    button->setPalette(palette);
    button->setCursor(Qt::PointingHandCursor);
    return button;
}

} // namespace bobbin::ui
