// SPDX-License-Identifier: GPL-3.0-or-later
// A policy as a file that people read, and keep under version control: the same policy is the same bytes.
#pragma once

#include "models/core/error.h"
#include "models/guard/policy.h"

namespace bobbin {

struct PolicyRead {
    GuardPolicy policy;
    std::vector<Error> problems; // each with its place; a policy with a rule left out is another policy: do not use it
};
// An error: it is not JSON, or no policy at all. `place`: the file's name, for the errors.
Result<PolicyRead> policyFromJson(const QByteArray &json, const QString &place);
QByteArray policyToJson(const GuardPolicy &policy);
QString policyFingerprint(const GuardPolicy &policy); // the same for what says the same

Result<PolicyRead> readPolicy(const QString &file);
Done writePolicy(const QString &file, const GuardPolicy &policy); // whole or not at all; its folder is made

} // namespace bobbin
