// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/core/translations.h"

#include <QCoreApplication>
#include <QLocale>
#include <QTranslator>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

void installTranslations(QCoreApplication &application)
{
    const auto install = [&application](const auto &...name) {
        auto *translator = new QTranslator(&application);
        if (translator->load(name..., u":/translations"_s))
            QCoreApplication::installTranslator(translator);
        else
            delete translator;
    };
    install(u"bobbin_en"_s);
    // Asked first: the one installed last.
    install(QLocale::system(), u"bobbin"_s, u"_"_s);
}

} // namespace bobbin
