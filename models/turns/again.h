// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a run that failed may be run again, by what it failed of: pure but for the store it is read from.
#pragma once

#include "models/audit/failures.h"
#include "models/guard/policy.h"
#include "models/store/reader.h"

namespace bobbin {

struct AgainAdvice {
    FailureClass kind = FailureClass::None;
    QString thread, run; // ids; the newest run of the thread
    QString assistant, model, statusWord, errorCode, errorMessage;
    qint64 retries = 0; // of this turn, so far
    qint64 most = 0; // that the policy lets happen, at most three
    qint64 waitSeconds = 0; // before the next one
    std::vector<ToolCall> calls; // of a structural failure: those that failed, or that nobody answered; else the last
    [[nodiscard]] bool mayGo() const { return kind == FailureClass::Transient && retries < most; }
    [[nodiscard]] bool needsDecision() const { return kind == FailureClass::Structural; }
};
Result<AgainAdvice> readAgain(Reader &reader, const QString &thread, const GuardPolicy &policy);

// 2, 4, 8 …: the first before the first retry.
qint64 backOffSeconds(qint64 first, qint64 retries);
QString againText(const AgainAdvice &advice); // what it failed of, and what follows from that
[[nodiscard]] bool looksFailed(const ToolCall &call); // its output tells of an error, or there is none

} // namespace bobbin
