// SPDX-License-Identifier: GPL-3.0-or-later
// The words come from Qt Linguist's files, English plurals among them.
#include "models/core/translations.h"
#include "models/plans/plan.h"

#include <QCoreApplication>
#include <QTest>

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;

class TestTranslations : public QObject {
    Q_OBJECT
    static QString title(int threads)
    {
        Plan plan;
        plan.kind = OperationKind::Rotate;
        plan.targets.resize(std::size_t(threads));
        return titleOf(plan);
    }

private Q_SLOTS:
    void plurals()
    {
        QCOMPARE(title(1), u"Rotate 1 thread(s)"_s); // as it stands in the source
        installTranslations(*QCoreApplication::instance());
        QCOMPARE(title(1), u"Rotate 1 thread"_s);
        QCOMPARE(title(2), u"Rotate 2 threads"_s);
        const auto wait = [](int n) {
            return QCoreApplication::translate("CancelPlan", "%n tool call(s) wait", nullptr, n);
        };
        QCOMPARE(wait(1), u"1 tool call waits"_s);
        QCOMPARE(wait(2), u"2 tool calls wait"_s);
    }
};

QTEST_GUILESS_MAIN(TestTranslations)
#include "tst_translations.moc"
