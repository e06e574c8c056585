// SPDX-License-Identifier: GPL-3.0-or-later
// JSON for a person's eyes.
#pragma once

#include <QByteArray>
#include <QString>

namespace bobbin {

QString prettyJson(const QByteArray &raw); // indented; as it is where it is no JSON

} // namespace bobbin
