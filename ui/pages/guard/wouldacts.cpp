// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/guard/wouldacts.h"

#include "models/core/format.h"
#include "models/guard/policytext.h"
#include "ui/widgets/paddeddelegate.h"

#include <QHeaderView>
#include <QScrollBar>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int mostShown = 200;
constexpr int markRole = Qt::UserRole, threadRole = Qt::UserRole + 1, runRole = Qt::UserRole + 2;
enum Column { When, Found, Act, Where, Wrong };

} // namespace

WouldActsList::WouldActsList(QWidget *parent) : QTreeWidget(parent)
{
    setHeaderLabels({tr("When"), tr("Found"), tr("Act"), tr("Where"), tr("False alarm")});
    setAccessibleName(tr("What this rule would have found"));
    setRootIsDecorated(false);
    setUniformRowHeights(true);
    setFrameShape(QFrame::NoFrame);
    setItemDelegate(new PaddedDelegate(6, this));
    PaddedHeaderStyle::applyTo(header(), 6);
    header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    header()->setSectionResizeMode(Where, QHeaderView::Stretch);
    header()->setStretchLastSection(false);
    connect(this, &QTreeWidget::itemChanged, this, [this](QTreeWidgetItem *item, int column) {
        if (!m_filling && column == Wrong)
            Q_EMIT marked(item->data(0, markRole).toString(), item->checkState(Wrong) == Qt::Checked);
    });
    connect(this, &QTreeWidget::itemActivated, this, [this](QTreeWidgetItem *item, int column) {
        if (column != Wrong && !item->data(0, threadRole).isNull())
            Q_EMIT wanted(item->data(0, threadRole).toLongLong(), item->data(0, runRole).toLongLong());
    });
}

void WouldActsList::show(const TriedPolicy &tried, GuardRule rule)
{
    m_filling = true;
    const int position = verticalScrollBar()->value();
    const QString current = currentItem() ? currentItem()->data(0, markRole).toString() : QString();
    clear();
    int shown = 0;
    for (const WouldAct &act : tried.trial.acts) {
        if (act.rule != rule)
            continue;
        if (++shown > mostShown)
            break;
        QString where = act.name;
        if (where.isEmpty())
            where = act.run != 0 ? tried.runs.value(act.run) : tried.threads.value(act.thread);
        const QString mark = markOf(act, tried);
        auto *item = new QTreeWidgetItem({format::when(act.when), amountText(rule, act.value), guardActName(act.act),
                                          format::visible(where), QString()});
        item->setData(0, markRole, mark);
        if (act.thread != 0) {
            item->setData(0, threadRole, act.thread);
            item->setData(0, runRole, act.run);
        }
        item->setToolTip(Where, item->text(Where));
        item->setData(Wrong, Qt::AccessibleTextRole, tr("False alarm"));
        item->setCheckState(Wrong, tried.falseAlarms.contains(mark) ? Qt::Checked : Qt::Unchecked);
        addTopLevelItem(item);
        if (mark == current)
            setCurrentItem(item);
    }
    if (const qint64 more = tried.trial.times[std::size_t(rule)] - topLevelItemCount(); more > 0) {
        auto *rest = new QTreeWidgetItem({tr("… and %1 more").arg(format::count(more))});
        rest->setFirstColumnSpanned(true);
        rest->setFlags(Qt::ItemIsEnabled);
        addTopLevelItem(rest);
    }
    verticalScrollBar()->setValue(rule == m_rule ? position : 0);
    m_rule = rule;
    m_filling = false;
}

} // namespace bobbin::ui
