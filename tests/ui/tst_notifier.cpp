// SPDX-License-Identifier: GPL-3.0-or-later
// The end of a long operation on a Linux desktop: a real D-Bus session, with a notification service that writes down
// what it is told.
#include "tests/support/testsupport.h"
#include "ui/notifier.h"

#include <QApplication>
#include <QDBusConnection>
#include <QSignalSpy>
#include <QWidget>

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;

class Desktop : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Notifications")
public Q_SLOTS:
    // NOLINTNEXTLINE(readability-identifier-naming): the name is the protocol's
    uint Notify(const QString &, uint, const QString &, const QString &summary, const QString &body,
                const QStringList &, const QVariantMap &, int)
    {
        told << summary + u'|' + body;
        return uint(told.size());
    }

public:
    QStringList told;
};

class TestNotifier : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aPersonElsewhereIsTold()
    {
        if (!qEnvironmentVariableIsSet("BOBBIN_TEST_DBUS"))
            QSKIP("needs a D-Bus session of its own");
        Desktop desktop;
        QDBusConnection bus = QDBusConnection::connectToBus(QDBusConnection::SessionBus, u"desktop"_s);
        QVERIFY(bus.registerService(u"org.freedesktop.Notifications"_s));
        QVERIFY(bus.registerObject(u"/org/freedesktop/Notifications"_s, &desktop, QDBusConnection::ExportAllSlots));
        QWidget window;
        ui::Notifier notifier(&window);
        notifier.tell(u"Delete 214 threads"_s, u"212 done, <2> failed"_s);
        QTRY_COMPARE(desktop.told, QStringList{u"Delete 214 threads|212 done, &lt;2&gt; failed"_s});
        window.show();
        window.activateWindow();
        QTRY_VERIFY(window.isActiveWindow());
        notifier.tell(u"seen"_s, {});
        QTest::qWait(200);
        QCOMPARE(desktop.told.size(), 1);
    }
};

QTEST_MAIN(TestNotifier)
#include "tst_notifier.moc"
