// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/application.h"
#include "app/screenshots.h"
#include "models/core/translations.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QIcon>
#include <cstdio>

using namespace Qt::Literals::StringLiterals;

namespace {

struct CommandLine {
    QCommandLineParser parser;
    const QCommandLineOption demo{u"demo"_s, u"Open the demo workspace."_s};
    const QCommandLineOption connection{u"connection"_s, u"Open this saved connection."_s, u"NAME"_s};
    const QCommandLineOption theme{u"theme"_s, u"\"light\" or \"dark\" for this run, whatever is chosen in View."_s,
                                   u"NAME"_s};
    const QCommandLineOption pictures{
        u"screenshots"_s, u"Open the demo workspace, save a picture of every page in this folder, and quit."_s,
        u"FOLDER"_s};
    const QCommandLineOption help{{u"h"_s, u"help"_s}, u"What it takes."_s};
    const QCommandLineOption version{u"version"_s, u"The version."_s};

    CommandLine()
    {
        parser.setApplicationDescription(u"Inspect and manage OpenAI-style assistants."_s);
        parser.addOptions({demo, connection, theme, pictures, help, version});
    }
    // What is answered without a window, and so without a display; an exit code means: that was all.
    std::optional<int> answer(const QStringList &arguments)
    {
        const auto refuse = [](const QString &problem) {
            std::fprintf(stderr, "bobbin: %s\n", problem.toUtf8().constData());
            return 2;
        };
        if (!parser.parse(arguments))
            return refuse(parser.errorText());
        if (parser.isSet(help)) {
            std::fputs(parser.helpText().toUtf8().constData(), stdout);
            return 0;
        }
        if (parser.isSet(version)) {
            std::puts("bobbin " BOBBIN_VERSION);
            return 0;
        }
        if (!parser.positionalArguments().isEmpty())
            return refuse(u"\"%1\" is one argument too many"_s.arg(parser.positionalArguments().first()));
        const QString look = parser.value(theme);
        if (parser.isSet(theme) && look != "light"_L1 && look != "dark"_L1)
            return refuse(u"--theme is light or dark"_s);
        if (!parser.isSet(connection))
            return std::nullopt;
        const bobbin::Connections connections(bobbin::Connections::defaultFile());
        if (connections.byName(parser.value(connection)))
            return std::nullopt;
        QStringList names;
        for (const bobbin::Connection &known : connections.all())
            names << u"\"%1\""_s.arg(known.name);
        return refuse(u"there is no connection \"%1\"; known: %2"_s.arg(
            parser.value(connection), names.isEmpty() ? u"none"_s : names.join(u", "_s)));
    }
};

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication::setApplicationName(u"Bobbin"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(BOBBIN_VERSION));
    CommandLine line;
    {
        QCoreApplication answering(argc, argv);
        if (const auto code = line.answer(QCoreApplication::arguments()))
            return *code;
    }
    QApplication app(argc, argv);
    QApplication::setDesktopFileName(u"io.github.bobbin.Bobbin"_s);
    bobbin::installTranslations(app);
    const QCommandLineParser &parser = line.parser;
    int code = 0;
    {
        bobbin::Application application(app);
        if (parser.isSet(line.theme))
            application.appearance().force(parser.value(line.theme));
        QApplication::setWindowIcon(QIcon(u":/icons/bobbin.svg"_s)); // after the resources are registered
        bobbin::ui::MainWindow &window = application.window();
        // A window that was hidden while it waited is none whose end Qt would quit for.
        QObject::connect(&window, &bobbin::ui::MainWindow::closed, &app, &QCoreApplication::quit, Qt::QueuedConnection);
        window.show();
        if (parser.isSet(line.pictures))
            bobbin::takeScreenshots(window, parser.value(line.pictures));
        else if (parser.isSet(line.connection))
            window.openConnection(parser.value(line.connection));
        else if (parser.isSet(line.demo))
            window.openDemo();
        code = QApplication::exec();
    }
    bobbin::Worker::joinAll();
    return code;
}
