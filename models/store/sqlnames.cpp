// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/sqlnames.h"

#include "models/audit/finding.h"
#include "models/plans/doneoperation.h"

namespace bobbin {

namespace {

struct Name {
    const char *name;
    int value;
};
template <class Enum> constexpr Name named(const char *name, Enum value)
{
    return {name, int(value)};
}
constexpr Name names[] = {
    named("{resource.assistant}", Resource::Assistants), named("{resource.thread}", Resource::Threads),
    named("{resource.message}", Resource::Messages),     named("{resource.run}", Resource::Runs),
    named("{resource.store}", Resource::VectorStores),   named("{run.failed}", RunStatus::Failed),
    named("{subject.thread}", SubjectKind::Thread),      named("{run.unknown}", RunStatus::Unknown),
    named("{run.incomplete}", RunStatus::Incomplete),    named("{run.expired}", RunStatus::Expired),
    named("{target.planned}", TargetState::Planned),     named("{target.running}", TargetState::Running),
    named("{target.done}", TargetState::Finished),       named("{target.skipped}", TargetState::Skipped),
    named("{target.failed}", TargetState::Failed),       named("{target.stopped}", TargetState::Stopped),
    named("{step.done}", StepState::Finished),
};

} // namespace

QByteArray withNames(QByteArray sql)
{
    if (!sql.contains('{'))
        return sql;
    for (const Name &one : names)
        sql.replace(one.name, QByteArray::number(one.value));
    return sql;
}

} // namespace bobbin
