// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/consolidatedialog.h"

#include "models/store/whendone.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSpinBox>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

ConsolidateDialog::ConsolidateDialog(Operations &operations, bool orphans, QWidget *parent)
    : PlanDialog(tr("Consolidate vector stores"),
                 tr("The survivor is completed and waited for until every file is indexed; then assistants and threads "
                    "are pointed to it and read back; only then are the others deleted. Stores of equal content "
                    "are chosen; those where somebody would see other files, and orphans, are left for you to tick."),
                 parent),
      m_operations(operations), m_orphans(orphans), m_overlap(new QSpinBox),
      m_intoNew(new QCheckBox(tr("merge into a new store"))),
      m_compare(new QCheckBox(tr("compare the contents of files of the same name and size"))),
      m_survivor(new QComboBox), m_recentStores(new QCheckBox(tr("even stores used within 7 days")))
{
    m_overlap->setRange(50, 100);
    m_overlap->setValue(80);
    m_overlap->setSuffix(u" %"_s);
    m_overlap->setAccessibleName(tr("Share of common files"));
    m_overlap->setToolTip(tr("Of the smaller store's files; 100 %: only stores that are contained whole"));
    m_compare->setToolTip(tr("Reads the parsed text of each once, from the server"));
    m_recentStores->setToolTip(tr("Where the server does not list threads, such stores are kept back: a thread that "
                                  "Bobbin does not know may point to them"));
    auto *row = new QHBoxLayout;
    row->addWidget(new QLabel(tr("Stores that share at least")));
    row->addWidget(m_overlap);
    row->addWidget(m_intoNew);
    row->addWidget(m_compare);
    row->addWidget(m_recentStores);
    row->addStretch();
    options()->addLayout(row);
    m_survivor->setAccessibleName(tr("The store of this group that survives"));
    m_survivor->setToolTip(tr("It gets what it lacks; the others are deleted"));
    m_survivor->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    auto *label = new QLabel(tr("Survivor"));
    label->setBuddy(m_survivor);
    targetOptions()->addWidget(label);
    targetOptions()->addWidget(m_survivor);
    targetChanged();
    connect(m_survivor, &QComboBox::activated, this,
            [this](int index) { prefer(m_survivor->itemData(index).toString()); });
    connect(m_overlap, &QSpinBox::valueChanged, this, &ConsolidateDialog::replan);
    connect(m_intoNew, &QCheckBox::toggled, this, &ConsolidateDialog::replan);
    connect(m_recentStores, &QCheckBox::toggled, this, &ConsolidateDialog::replan);
    connect(m_compare, &QCheckBox::toggled, this, &ConsolidateDialog::replan);
    replan();
}

void ConsolidateDialog::replan()
{
    setWaiting(m_compare->isChecked() ? tr("Reading files to compare them…") : tr("Comparing stores…"));
    ConsolidateOptions options;
    options.overlapPercent = m_overlap->value();
    options.intoNew = m_intoNew->isChecked();
    options.preferred = m_preferred;
    options.recentStores = m_recentStores->isChecked();
    options.orphans = m_orphans;
    whenDone(m_operations.planConsolidation(options, m_compare->isChecked()), this,
             [this, asked = ++m_asked](const Result<ConsolidatePlan> &made) {
                 if (asked != m_asked)
                     return;
                 if (!made) {
                     setFailed(made.error());
                     return;
                 }
                 m_made = *made;
                 setPlan(std::exchange(m_made.plan, {})); // the table holds it from here
             });
}

void ConsolidateDialog::targetChanged()
{
    const PlanTarget *target = currentTarget();
    const auto group = target ? m_made.groups.constFind(target->id) : m_made.groups.cend();
    m_survivor->clear();
    if (group != m_made.groups.cend() && !m_intoNew->isChecked())
        for (const ConsolidatePlan::Member &member : *group)
            m_survivor->addItem(member.label, member.id);
    m_survivor->setEnabled(m_survivor->count() > 1);
}

void ConsolidateDialog::prefer(const QString &store)
{
    const PlanTarget *target = currentTarget();
    if (!target || store == target->id)
        return;
    for (const ConsolidatePlan::Member &member : m_made.groups.value(target->id))
        m_preferred.remove(member.id);
    m_preferred.insert(store);
    inheritChoice(target->id, store);
    replan();
}

} // namespace bobbin::ui
