// SPDX-License-Identifier: GPL-3.0-or-later
// JSON in a form that is the same where it says the same, whatever the order of fields and the white space.
#pragma once

#include <QByteArray>

namespace bobbin::wire {

QByteArray canonical(const QByteArray &raw); // the same JSON, its fields in order and without white space
QByteArray withoutMarks(const QByteArray &raw); // and without those that operations leave in the metadata

} // namespace bobbin::wire
