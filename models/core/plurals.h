// SPDX-License-Identifier: GPL-3.0-or-later
// English without a translation file: "%n thread(s)" becomes "1 thread" or "2 threads". A translation that is
// installed later comes first.
#pragma once

#include <QTranslator>

namespace bobbin {

class Plurals : public QTranslator {
    Q_OBJECT
public:
    using QTranslator::QTranslator;
    [[nodiscard]] bool isEmpty() const override { return false; }
    [[nodiscard]] QString translate(const char *, const char *source, const char *, int n) const override
    {
        if (n < 0)
            return {};
        QString text = QString::fromUtf8(source);
        if (!text.contains(QStringLiteral("(s)")))
            return {};
        return text.replace(QStringLiteral("(s)"), n == 1 ? QString() : QStringLiteral("s"));
    }
};

} // namespace bobbin
