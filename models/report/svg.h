// SPDX-License-Identifier: GPL-3.0-or-later
// Charts as vector pictures within a page: their colours are the page's own classes s0 to s5.
#pragma once

#include <QStringList>

#include <vector>

namespace bobbin::svg {

struct Stack {
    QString name;
    std::vector<double> parts; // by series
};
// `written` writes a value; `title` is read out.
QString stackedColumns(const QString &title, const QStringList &series, const std::vector<Stack> &stacks,
                       QString (*written)(double value));

} // namespace bobbin::svg
