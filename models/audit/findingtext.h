// SPDX-License-Identifier: GPL-3.0-or-later
// A finding in words: the one place where rules are given a title, a sentence with the money in it, and advice.
#pragma once

#include "models/audit/finding.h"

namespace bobbin {

struct FindingText {
    QString title; // of the rule
    QString sentence;
    QString advice; // what helps
    QString remedy; // on the button; empty: there is none
};
FindingText findingText(const Finding &finding);
QString remedyText(Remedy remedy); // on a button; empty: there is none
QString ruleTitle(QByteArrayView rule); // the rule itself where it is not known
QString severityName(Severity severity);
// What evidence counts: "43,200 tokens read", "12 tool steps"; empty where it counts nothing.
QString amountText(const Finding &finding, const Evidence &evidence);

} // namespace bobbin
