// SPDX-License-Identifier: GPL-3.0-or-later
// Findings as JSON: how they are kept, and what programs get.
#pragma once

#include "models/audit/finding.h"

namespace bobbin {

QByteArrayView severityWord(Severity severity); // note, warning, serious
std::optional<Severity> severityOfWord(QByteArrayView word);
QByteArrayView subjectWord(SubjectKind kind);
QByteArrayView remedyWord(Remedy remedy); // empty: none

// What the columns of its row do not say.
QByteArray contentOf(const Finding &finding);
Done readContent(const QByteArray &json, Finding &into);

QJsonObject toJson(const Finding &finding); // for programs; with its words

} // namespace bobbin
