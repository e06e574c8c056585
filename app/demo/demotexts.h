// SPDX-License-Identifier: GPL-3.0-or-later
// What people ask and bots answer in the demo workspaces, in several languages and scripts.
#pragma once

#include <QByteArray>
#include <QString>
#include <vector>

namespace bobbin::demo {

const std::vector<QByteArray> &questions();
const std::vector<QByteArray> &answers();
QByteArray citedContent(const QString &fileId);
QByteArray imageContent(const QString &fileId);

} // namespace bobbin::demo
