// SPDX-License-Identifier: GPL-3.0-or-later
// From facts to findings: pure. Rules of a thread look at it alone, so that after a change only those threads are
// judged anew; the others look at the whole workspace.
#pragma once

#include "models/audit/finding.h"
#include "models/audit/ledger.h"
#include "models/audit/limits.h"
#include "models/plans/storegroups.h"

#include <QDate>

#include <span>

namespace bobbin {

struct Rule {
    const char *id; // in files, options and JSON
    SubjectKind subject;
};
std::span<const Rule> auditRules();

struct AssistantFact {
    QString id, name, model;
    quint64 instructions = 0; // textHash
    bool gone = false;
};

// What there is beside runs.
struct WorkspaceFacts {
    std::vector<AssistantFact> assistants;
    ConsolidateFacts storage;
    bool tellsLimits = false; // the provider says what a run's token limit is
};

struct AuditInput {
    const Ledger &ledger;
    const LimitSet &limits;
    qint64 now; // ms
};

void judgeThread(const AuditInput &input, const ThreadFact &thread, std::vector<Finding> &found);
void judgeWorkspace(const AuditInput &input, const WorkspaceFacts &facts, std::vector<Finding> &found);
bool isOfThread(QByteArrayView rule); // by judgeThread()
bool isOfStorage(QByteArrayView rule); // who uses what: not to be told while half of it is read

// The costliest first; those without money by how serious they are.
void sortByMoney(std::vector<Finding> &findings);

} // namespace bobbin
