// SPDX-License-Identifier: GPL-3.0-or-later
// From the words of a command line to Options, by the table of commands.
#include "app/cli/options.h"

#include "app/cli/commandtable.h"

#include <CLI/CLI.hpp>

namespace bobbin::cli {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Parsed {
    CLI::App *command = nullptr;
    std::vector<std::string> arguments;
    std::map<std::string, std::vector<std::string>> values;
    std::map<std::string, bool> flags;
};

void addCommand(CLI::App &app, const CommandSpec &spec, Parsed &parsed)
{
    CLI::App *command = app.add_subcommand(spec.name, spec.text);
    command->set_help_flag("-h,--help", "what it takes");
    if (spec.arguments)
        command->add_option("arguments", parsed.arguments, spec.arguments)
            ->type_name(spec.arguments)
            ->expected(0, 1'000'000);
    for (const QByteArray &name : spec.options) {
        const OptionSpec &option = optionSpec(name);
        const std::string flag = "--" + name.toStdString();
        if (option.value)
            command->add_option(flag, parsed.values[option.name], option.text)
                ->type_name(option.value)
                ->expected(1)
                ->allow_extra_args(false) // what follows its value is an argument of the command
                ->multi_option_policy(option.many ? CLI::MultiOptionPolicy::TakeAll : CLI::MultiOptionPolicy::Throw);
        else
            command->add_flag(flag, parsed.flags[option.name], option.text)
                ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
                ->disable_flag_override();
    }
    command->callback([command, &parsed] { parsed.command = command; });
}

std::optional<int> refuse(const QString &problem, const QString &command = {})
{
    complain(u"%1 (bobbin-cli %2--help tells all)"_s.arg(problem, command.isEmpty() ? QString() : command + u' '));
    return int(Usage);
}

QString footer()
{
    return u"output\n  %1\n\nenvironment\n  %2\n\nexit codes\n  %3\n\n--completion bash|zsh|fish prints a completion "
           "script, --man the man page."_s.arg(outputText(), environmentText(), exitCodeText());
}

// CLI11's own words name an argument, not the command that does not know it.
std::optional<int> explain(const CLI::ParseError &error, const CLI::App &app)
{
    for (const CLI::App *command : app.get_subcommands()) {
        const QString name = QString::fromStdString(command->get_name());
        if (dynamic_cast<const CLI::CallForHelp *>(&error)) {
            std::fputs(command->help().c_str(), stdout);
            return AllDone;
        }
        const std::vector<std::string> extras = command->remaining();
        if (dynamic_cast<const CLI::ExtrasError *>(&error) && !extras.empty()) {
            const QString extra = QString::fromStdString(extras.front());
            return refuse(extra.startsWith(u"--"_s) ? u"%1 does not take %2"_s.arg(name, extra.section(u'=', 0, 0))
                                                    : u"\"%1\" is one argument too many for %2"_s.arg(extra, name),
                          name);
        }
        return refuse(QString::fromUtf8(error.what()), name);
    }
    if (dynamic_cast<const CLI::CallForHelp *>(&error)) {
        std::fputs(app.help().c_str(), stdout);
        return AllDone;
    }
    const std::vector<std::string> extras = app.remaining();
    if (!extras.empty())
        return refuse(extras.front().starts_with('-')
                          ? u"name the command first, then %1"_s.arg(QString::fromStdString(extras.front()))
                          : u"there is no command \"%1\""_s.arg(QString::fromStdString(extras.front())));
    return refuse(QString::fromUtf8(error.what()));
}

QString readValues(const CommandSpec &spec, Parsed &parsed, Options *options)
{
    for (const QByteArray &name : spec.options) {
        const OptionSpec &option = optionSpec(name);
        if (!option.value && !parsed.flags[option.name])
            continue;
        QStringList values;
        for (const std::string &value : parsed.values[option.name])
            values << QString::fromStdString(value);
        if (option.value && parsed.command->count("--" + name.toStdString()) == 0)
            continue;
        if (const QString problem = option.read(*options, values); !problem.isEmpty())
            return u"--%1 %2"_s.arg(QString::fromLatin1(name), problem);
    }
    return {};
}

} // namespace

std::optional<int> parse(const QStringList &arguments, Options *options)
{
    CLI::App app{"bobbin-cli inspects and manages OpenAI-style assistants from the command line.", "bobbin-cli"};
    app.set_help_flag("-h,--help", "what it takes; COMMAND --help tells more");
    app.footer(footer().toStdString());
    bool version = false;
    bool man = false;
    std::string completion;
    app.add_flag("--version", version, "the version");
    app.add_flag("--man", man)->group("");
    app.add_option("--completion", completion)->group("");
    Parsed parsed;
    for (const CommandSpec &spec : commandSpecs())
        addCommand(app, spec, parsed);
    app.require_subcommand(0, 1);
    std::vector<std::string> words; // CLI11 wants the last one first
    for (auto word = arguments.crbegin(); word + 1 < arguments.crend(); ++word)
        words.push_back(word->toStdString());
    if (words.empty()) {
        std::fputs(app.help().c_str(), stdout);
        return AllDone;
    }
    try {
        app.parse(words);
    } catch (const CLI::ParseError &error) {
        return explain(error, app);
    }
    if (version)
        print(u"bobbin-cli " BOBBIN_VERSION ""_s);
    if (man)
        std::fputs(manPage().toUtf8().constData(), stdout);
    if (!completion.empty()) {
        const QString script = completionScript(QString::fromStdString(completion));
        if (script.isEmpty())
            return refuse(u"--completion knows bash, zsh and fish"_s);
        std::fputs(script.toUtf8().constData(), stdout);
    }
    if (version || man || !completion.empty())
        return AllDone;
    if (!parsed.command)
        return refuse(u"name a command"_s);
    const QString name = QString::fromStdString(parsed.command->get_name());
    options->command = name;
    for (const std::string &argument : parsed.arguments)
        options->arguments << QString::fromStdString(argument);
    const CommandSpec &spec =
        *std::ranges::find_if(commandSpecs(), [&](const CommandSpec &one) { return name == QLatin1String(one.name); });
    options->rule.idleDays.reset();
    if (const QString problem = readValues(spec, parsed, options); !problem.isEmpty())
        return refuse(problem, name);
    if (int(options->demo) + int(!options->connection.isEmpty()) + int(!options->baseUrl.isEmpty()) > 1)
        return refuse(u"choose one of --demo, --connection and --base-url"_s, name);
    if (name != "connections"_L1 && !options->connectionEdits.empty() && options->baseUrl.isEmpty())
        return refuse(u"--provider and --ca-file belong to --base-url; a saved connection has its own"_s, name);
    if (options->json && options->csv)
        return refuse(u"choose one of --json and --csv"_s, name);
    options->form = options->json ? Form::Json : options->csv ? Form::Csv : Form::Text;
    options->syncFirst = options->syncFirst || options->demo;
    if (spec.check)
        if (const QString problem = spec.check(*options); !problem.isEmpty())
            return refuse(problem, name);
    return std::nullopt;
}

int exitCodeOf(const Error &error)
{
    switch (error.kind) {
    case Error::Kind::Network:
    case Error::Kind::Timeout:
    case Error::Kind::Tls:
    case Error::Kind::Unauthorized:
    case Error::Kind::NotThisProtocol:
    case Error::Kind::SwitchedOff:
        return NotConnected;
    default:
        return Failed;
    }
}

} // namespace bobbin::cli
