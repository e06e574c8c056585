// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cli.h"
#include "models/core/translations.h"

#include <QCoreApplication>
#include <QTimer>

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("Bobbin"));
    QCoreApplication::setApplicationVersion(QStringLiteral(BOBBIN_VERSION));
    bobbin::installTranslations(app);
    bobbin::cli::Options options;
    if (const auto ended = bobbin::cli::parse(QCoreApplication::arguments(), &options))
        return *ended;
    int code = 0;
    {
        bobbin::cli::Cli cli(options);
        QTimer::singleShot(0, &cli, [&cli] { cli.start(); });
        code = QCoreApplication::exec();
    }
    bobbin::Worker::joinAll();
    return code;
}
