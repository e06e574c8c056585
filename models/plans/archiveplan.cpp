// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/plans/archiveplan.h"

#include <QCoreApplication>
#include <QHash>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ArchivePlanText {
    Q_DECLARE_TR_FUNCTIONS(ArchivePlan)
};

} // namespace

Plan planArchive(const QStringList &ids, const std::vector<ThreadRow> &known, const QString &file)
{
    QHash<QString, const ThreadRow *> rows;
    for (const ThreadRow &row : known)
        rows.insert(row.id, &row);
    Plan plan;
    plan.kind = OperationKind::Archive;
    plan.archive = file;
    for (const QString &id : ids) {
        PlanTarget target;
        target.id = id;
        target.label = id;
        target.why = ArchivePlanText::tr("chosen");
        if (const ThreadRow *row = rows.value(id)) {
            if (!row->title.isEmpty())
                target.label = row->title;
            target.lastActive = row->lastActiveAt;
            target.messages = row->messages;
            target.runs = row->runs;
            target.cost = row->cost;
        }
        target.steps = {{Act::ArchiveThread, id, {}, {{u"refresh"_s, true}}}};
        plan.targets.push_back(std::move(target));
    }
    return plan;
}

} // namespace bobbin
