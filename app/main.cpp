// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/application.h"
#include "app/screenshots.h"
#include "models/core/plurals.h"
#include "ui/theme.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QIcon>
#include <QTimer>

using namespace Qt::Literals::StringLiterals;

int main(int argc, char **argv)
{
    QApplication app(argc, argv);
    QApplication::setApplicationName(u"Bobbin"_s);
    QApplication::setApplicationVersion(QStringLiteral(BOBBIN_VERSION));
    QApplication::setDesktopFileName(u"io.github.bobbin.Bobbin"_s);

    QCoreApplication::installTranslator(new bobbin::Plurals(&app));

    QCommandLineParser parser;
    parser.setApplicationDescription(u"Inspect and manage OpenAI-style assistants."_s);
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption demo(u"demo"_s, u"Open the demo workspace."_s);
    const QCommandLineOption connection(u"connection"_s, u"Open this saved connection."_s, u"NAME"_s);
    const QCommandLineOption theme(u"theme"_s, u"\"light\" or \"dark\" instead of the platform's own look."_s,
                                   u"NAME"_s);
    const QCommandLineOption pictures(
        u"screenshots"_s, u"Open the demo workspace, save a picture of every page in this folder, and quit."_s,
        u"FOLDER"_s);
    parser.addOptions({demo, connection, theme, pictures});
    parser.process(app);

    bobbin::ui::applyTheme(app, parser.value(theme));
    int code = 0;
    {
        bobbin::Application application;
        QApplication::setWindowIcon(QIcon(u":/icons/bobbin.svg"_s)); // after the resources are registered
        bobbin::ui::MainWindow &window = application.window();
        window.show();
        if (parser.isSet(pictures))
            bobbin::takeScreenshots(window, parser.value(pictures));
        else if (parser.isSet(connection))
            window.openConnection(parser.value(connection));
        else if (parser.isSet(demo))
            window.openDemo();
        code = QApplication::exec();
    }
    bobbin::Worker::joinAll();
    return code;
}
