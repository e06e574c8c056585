// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/evidencelist.h"

#include "models/core/format.h"
#include "ui/widgets/paddeddelegate.h"

#include <QHeaderView>

namespace bobbin::ui {

EvidenceList::EvidenceList(QWidget *parent) : QTreeWidget(parent)
{
    setHeaderLabels({tr("Evidence"), tr("When"), tr("How much"), tr("Cost")});
    setRootIsDecorated(false);
    setUniformRowHeights(true);
    setFrameShape(QFrame::NoFrame);
    setItemDelegate(new PaddedDelegate(8, this));
    PaddedHeaderStyle::applyTo(header(), 8);
    setAccessibleName(tr("Evidence"));
    header()->setStretchLastSection(false);
    header()->setMinimumSectionSize(fontMetrics().averageCharWidth() * 9);
    header()->setSectionResizeMode(0, QHeaderView::Stretch);
    for (int i = 1; i < 4; ++i)
        header()->setSectionResizeMode(i, QHeaderView::ResizeToContents);
    for (const int number : {2, 3})
        headerItem()->setTextAlignment(number, Qt::AlignRight | Qt::AlignVCenter);
    connect(this, &QTreeWidget::itemActivated, this, [this](QTreeWidgetItem *item) {
        const auto place = std::size_t(indexOfTopLevelItem(item));
        if (place < m_evidence.size())
            Q_EMIT wanted(m_evidence[place].kind, m_evidence[place].id, m_evidence[place].thread);
    });
}

void EvidenceList::setEvidence(std::vector<Evidence> evidence, const std::function<QString(const Evidence &)> &amount,
                               qint64 all)
{
    if (evidence == m_evidence && topLevelItemCount() > 0)
        return; // what is chosen in it stays
    clear();
    m_evidence = std::move(evidence);
    for (const Evidence &e : m_evidence) {
        auto *item = new QTreeWidgetItem(this,
                                         {format::visible(e.name.isEmpty() ? e.id : e.name),
                                          e.when ? format::when(e.when) : QString(), amount(e),
                                          e.money ? format::money(*e.money) : QString()});
        for (const int number : {2, 3})
            item->setTextAlignment(number, Qt::AlignRight | Qt::AlignVCenter);
        item->setToolTip(0, format::visible(e.id));
    }
    if (const qint64 more = all - qint64(m_evidence.size()); more > 0)
        new QTreeWidgetItem(this, {tr("and %n more", nullptr, int(more))});
}

} // namespace bobbin::ui
