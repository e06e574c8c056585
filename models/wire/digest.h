// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a thread still says the same: a hash that does not depend on the order of fields and messages, nor on the
// marks that operations leave in the metadata.
#pragma once

#include <QByteArrayList>
#include <QString>

namespace bobbin::wire {

QByteArray canonical(const QByteArray &raw); // the same JSON, its fields in order and without white space
QByteArray canonicalThread(const QByteArray &raw); // and without the marks
QString threadDigest(const QByteArray &thread, const QByteArrayList &messages);

} // namespace bobbin::wire
