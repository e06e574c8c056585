// SPDX-License-Identifier: GPL-3.0-or-later
// Shell completion and the man page, written from the table of commands.
#include "app/cli/commandtable.h"

namespace bobbin::cli {

using namespace Qt::Literals::StringLiterals;

namespace {

QString latin(const char *text)
{
    return QString::fromUtf8(text);
}

QStringList commandNames()
{
    QStringList names;
    for (const CommandSpec &command : commandSpecs())
        names << latin(command.name);
    return names;
}

bool takesFile(const OptionSpec &option)
{
    return option.value && QByteArrayView(option.value) == "FILE";
}

bool takesFile(const CommandSpec &command)
{
    return command.arguments && QByteArrayView(command.name) != "undo" &&
        (QByteArrayView(command.arguments).contains("FILE") || QByteArrayView(command.name) == "archive");
}

QString words(const OptionSpec &option) // what may follow it, where that is known
{
    return QByteArrayView(option.name) == "by" ? u"model assistant thread day"_s : QString();
}

QString bash()
{
    QString text = u"# bash completion for bobbin-cli\n_bobbin_cli() {\n"
                   "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}\n"
                   "    case $prev in\n"_s;
    for (const OptionSpec &option : optionSpecs())
        if (takesFile(option))
            text += u"    --%1) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n"_s.arg(latin(option.name));
        else if (!words(option).isEmpty())
            text += u"    --%1) COMPREPLY=($(compgen -W '%2' -- \"$cur\")); return ;;\n"_s.arg(latin(option.name),
                                                                                               words(option));
        else if (option.value)
            text += u"    --%1) return ;;\n"_s.arg(latin(option.name));
    text +=
        u"    esac\n    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        COMPREPLY=($(compgen -W '%1 --help --version' -- "
        "\"$cur\"))\n        return\n    fi\n    case $command in\n"_s.arg(commandNames().join(u' '));
    for (const CommandSpec &command : commandSpecs()) {
        QStringList options{u"--help"_s};
        for (const QByteArray &option : command.options)
            options << u"--"_s + QString::fromLatin1(option);
        text += u"    %1) COMPREPLY=($(compgen -W '%2'%3 -- \"$cur\")) ;;\n"_s.arg(
            latin(command.name), options.join(u' '), takesFile(command) ? u" -f"_s : QString());
    }
    return text + u"    esac\n}\ncomplete -F _bobbin_cli bobbin-cli\n"_s;
}

QString quoted(QString text) // for a word in single quotes
{
    return text.replace(u'\'', u"'\\''"_s);
}

QString zsh()
{
    const auto safe = [](const char *text) {
        return quoted(latin(text)).replace(u'[', u"\\["_s).replace(u']', u"\\]"_s).replace(u':', u"\\:"_s);
    };
    QString text = u"#compdef bobbin-cli\n_bobbin_cli() {\n    local -a commands=(\n"_s;
    for (const CommandSpec &command : commandSpecs())
        text += u"        '%1:%2'\n"_s.arg(latin(command.name), safe(command.text));
    text += u"    )\n    if (( CURRENT == 2 )); then\n        _describe command commands\n        return\n    fi\n"
            "    case $words[2] in\n"_s;
    for (const CommandSpec &command : commandSpecs()) {
        text += u"    %1) _arguments -s '*:argument:%2' '--help[what it takes]'"_s.arg(
            latin(command.name), takesFile(command) ? u"_files"_s : u" "_s);
        for (const QByteArray &name : command.options) {
            const OptionSpec &option = optionSpec(name);
            text += u" '%1--%2[%3]%4'"_s.arg(option.many ? u"*"_s : QString(), latin(option.name), safe(option.text),
                                             !option.value           ? QString()
                                                 : takesFile(option) ? u":file:_files"_s
                                                 : words(option).isEmpty()
                                                 ? u":%1: "_s.arg(latin(option.value))
                                                 : u":%1:(%2)"_s.arg(latin(option.value), words(option)));
        }
        text += u" ;;\n"_s;
    }
    return text + u"    esac\n}\n_bobbin_cli \"$@\"\n"_s;
}

QString fish()
{
    QString text = u"# fish completion for bobbin-cli\ncomplete -c bobbin-cli -f\n"_s;
    for (const CommandSpec &command : commandSpecs()) {
        text += u"complete -c bobbin-cli -n __fish_use_subcommand -a %1 -d '%2'\n"_s.arg(latin(command.name),
                                                                                         quoted(latin(command.text)));
        const QString here = u"complete -c bobbin-cli -n '__fish_seen_subcommand_from %1'"_s.arg(latin(command.name));
        if (takesFile(command))
            text += here + u" -F\n"_s;
        for (const QByteArray &name : command.options) {
            const OptionSpec &option = optionSpec(name);
            text += here + u" -l %1 -d '%2'"_s.arg(latin(option.name), quoted(latin(option.text)));
            if (option.value)
                text += takesFile(option)     ? u" -rF"_s
                    : words(option).isEmpty() ? u" -x"_s
                                              : u" -x -a '%1'"_s.arg(words(option));
            text += u'\n';
        }
    }
    return text;
}

QString roff(const QString &text)
{
    QString safe = text;
    safe.replace(u'\\', u"\\e"_s).replace(u'-', u"\\-"_s);
    if (safe.startsWith(u'.') || safe.startsWith(u'\''))
        safe.prepend(u"\\&"_s);
    return safe;
}

} // namespace

QString completionScript(const QString &shell)
{
    return shell == "bash"_L1 ? bash() : shell == "zsh"_L1 ? zsh() : shell == "fish"_L1 ? fish() : QString();
}

QString manPage()
{
    QString text =
        u".TH BOBBIN\\-CLI 1 \"\" \"Bobbin %1\" \"User Commands\"\n.SH NAME\nbobbin\\-cli \\- inspect and "
        "manage OpenAI\\-style assistants\n.SH SYNOPSIS\n.B bobbin\\-cli\n.I COMMAND\n[options] [arguments]\n"
        ".SH COMMANDS\n"_s.arg(QStringLiteral(BOBBIN_VERSION));
    for (const CommandSpec &command : commandSpecs()) {
        QStringList options;
        for (const QByteArray &name : command.options)
            options << u"\\fB\\-\\-%1\\fR"_s.arg(roff(QString::fromLatin1(name)));
        text += u".TP\n\\fB%1\\fR%2\n%3.\n.br\nTakes %4.\n"_s.arg(
            roff(latin(command.name)),
            command.arguments ? u" \\fI%1\\fR"_s.arg(roff(latin(command.arguments))) : QString(),
            roff(latin(command.text)), options.join(u", "_s));
    }
    text += u".SH OPTIONS\n"_s;
    for (const OptionSpec &option : optionSpecs())
        text += u".TP\n\\fB\\-\\-%1\\fR%2\n%3%4.\n"_s.arg(
            roff(latin(option.name)), option.value ? u" \\fI%1\\fR"_s.arg(roff(latin(option.value))) : QString(),
            roff(latin(option.text)), option.many ? u" (may be repeated)"_s : QString());
    text += u".TP\n\\fB\\-\\-completion\\fR \\fISHELL\\fR\nPrint a completion script for bash, zsh or fish.\n"
            ".TP\n\\fB\\-\\-man\\fR\nPrint this page.\n"_s;
    text += u".SH OUTPUT\n"_s + roff(outputText()) + u"\n.SH ENVIRONMENT\n"_s + roff(environmentText()) +
        u"\n.SH EXIT STATUS\n"_s + roff(exitCodeText()) + u"\n"_s;
    return text;
}

} // namespace bobbin::cli
