// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/places.h"

#include <QTest>

using namespace bobbin::ui;
using namespace Qt::Literals::StringLiterals;

class TestPlaces : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void backAndForward()
    {
        Places places;
        QVERIFY(!places.hasBack() && !places.back() && !places.forward());
        places.visit({0, {}});
        places.visit({1, {}});
        places.visit({1, u"a"_s}); // what the page shows first is no step of its own
        places.visit({1, u"b"_s});
        places.visit({1, u"b"_s});
        QCOMPARE(places.back()->thread, u"a"_s);
        QCOMPARE(places.back()->page, 0);
        QVERIFY(!places.hasBack());
        QCOMPARE(places.forward()->thread, u"a"_s);
        QVERIFY(places.hasForward());
        places.visit({2, {}}); // from here on there is nothing ahead
        QVERIFY(!places.hasForward());
        QCOMPARE(places.back()->thread, u"a"_s);
        for (int i = 0; i < 500; ++i)
            places.visit({3, QString::number(i)});
        int steps = 0;
        while (places.back())
            ++steps;
        QVERIFY(steps < 100);
    }
};

QTEST_GUILESS_MAIN(TestPlaces)
#include "tst_places.moc"
