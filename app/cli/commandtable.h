// SPDX-License-Identifier: GPL-3.0-or-later
// The one table of what bobbin-cli understands: parsing, --help, shell completion and the man page all come from it.
#pragma once

#include "app/cli/options.h"

#include <functional>
#include <span>

namespace bobbin::cli {

struct OptionSpec {
    const char *name; // without the dashes
    const char *value; // what its value is called; null: it takes none
    const char *text;
    bool many; // may be repeated
    QString (*read)(Options &options, const QStringList &values); // answers the problem, or nothing
};
std::span<const OptionSpec> optionSpecs();
const OptionSpec &optionSpec(const QByteArray &name);

struct CommandSpec {
    const char *name;
    const char *text;
    const char *arguments; // what follows it, null: nothing
    QByteArrayList options; // names, in the order of --help
    QString (*check)(Options &options); // what only all of them together tell; null: nothing
};
const std::vector<CommandSpec> &commandSpecs();

// What --help and the man page say besides.
QString environmentText();
QString exitCodeText();
QString outputText();

QString completionScript(const QString &shell); // bash, zsh, fish; empty: unknown
QString manPage();

} // namespace bobbin::cli
