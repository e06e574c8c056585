// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/consolidatedialog.h"

#include "models/store/whendone.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSpinBox>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

ConsolidateDialog::ConsolidateDialog(Operations &operations, QWidget *parent)
    : PlanDialog(tr("Consolidate vector stores"),
                 tr("The survivor is completed and waited for until every file is indexed; then assistants and threads "
                    "are pointed to it and read back; only then are the others deleted. Orphans are offered, not "
                    "chosen."),
                 parent),
      m_operations(operations), m_overlap(new QSpinBox), m_intoNew(new QCheckBox(tr("merge into a new store"))),
      m_compare(new QCheckBox(tr("compare the contents of files of the same name and size")))
{
    m_overlap->setRange(50, 100);
    m_overlap->setValue(80);
    m_overlap->setSuffix(u" %"_s);
    m_overlap->setAccessibleName(tr("Share of common files"));
    m_overlap->setToolTip(tr("Of the smaller store's files; 100 %: only stores that are contained whole"));
    m_compare->setToolTip(tr("Reads the parsed text of each once, from the server"));
    auto *row = new QHBoxLayout;
    row->addWidget(new QLabel(tr("Stores that share at least")));
    row->addWidget(m_overlap);
    row->addWidget(m_intoNew);
    row->addWidget(m_compare);
    row->addStretch();
    options()->addLayout(row);
    connect(m_overlap, &QSpinBox::valueChanged, this, &ConsolidateDialog::replan);
    connect(m_intoNew, &QCheckBox::toggled, this, &ConsolidateDialog::replan);
    connect(m_compare, &QCheckBox::toggled, this, &ConsolidateDialog::replan);
    replan();
}

void ConsolidateDialog::replan()
{
    setWaiting(m_compare->isChecked() ? tr("Reading files to compare them…") : tr("Comparing stores…"));
    ConsolidateOptions options;
    options.overlapPercent = m_overlap->value();
    options.intoNew = m_intoNew->isChecked();
    whenDone(m_operations.planConsolidation(options, m_compare->isChecked()), this,
             [this, asked = ++m_asked](const Result<Plan> &made) {
                 if (asked != m_asked)
                     return;
                 if (!made)
                     setFailed(made.error());
                 else
                     setPlan(*made);
             });
}

QString ConsolidateDialog::runText(qint64) const
{
    qint64 stores = 0;
    qint64 files = 0;
    for (const PlanTarget &target : plan().targets) {
        if (!target.included())
            continue;
        if (target.resource == Resource::Files)
            ++files;
        else
            stores += target.messages.value_or(0);
    }
    const QString text = tr("Delete %n vector store(s)", nullptr, int(stores));
    return files == 0 ? text : text + u' ' + tr("and %n file(s)", nullptr, int(files));
}

} // namespace bobbin::ui
