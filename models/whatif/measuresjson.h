// SPDX-License-Identifier: GPL-3.0-or-later
// Measures as they are kept, and as a program is given them.
#pragma once

#include "models/whatif/measures.h"

#include <QJsonObject>

namespace bobbin {

QJsonObject measuresToJson(const Measures &measures); // what is not taken is not in it
Measures measuresFromJson(const QJsonObject &json); // what cannot be read is not taken
QString measureTitle(Measure measure);
QString measureNote(Measure measure); // what is assumed of it, and what it may cost in quality

} // namespace bobbin
