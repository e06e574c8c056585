// SPDX-License-Identifier: GPL-3.0-or-later
// Dialogs by themselves: what Enter does, and that no zero is saved that nobody typed.
#include "models/providers/registry.h"
#include "models/settings/connections.h"
#include "models/settings/secretstore.h"
#include "models/settings/settings.h"
#include "ui/dialogs/connectiondialog.h"
#include "ui/dialogs/limitsdialog.h"
#include "ui/dialogs/pricesdialog.h"
#include "ui/pages/overviewpage.h"
#include "ui/widgets/notice.h"

#include <QApplication>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;

class TestDialogs : public QObject {
    Q_OBJECT

    static QPushButton *button(const QWidget &in, const QString &text)
    {
        for (auto *one : in.findChildren<QPushButton *>())
            if (one->text().remove(u'&') == text)
                return one;
        return nullptr;
    }
    static QString said(const QWidget &dialog)
    {
        QString all;
        for (const QLabel *label : dialog.findChild<ui::Notice *>()->findChildren<QLabel *>())
            all += label->text() + u' ';
        return all;
    }
private Q_SLOTS:
    void aNewPriceIsTypedWhole()
    {
        ui::PricesDialog dialog(PriceTable::shipped());
        dialog.show();
        QTimer::singleShot(0, &dialog, [] {
            auto *ask = qobject_cast<QInputDialog *>(QApplication::activeModalWidget());
            QVERIFY(ask);
            ask->setTextValue(u"our-own-model"_s);
            ask->accept();
        });
        button(dialog, u"Add model…"_s)->click();
        auto *rows = dialog.findChild<QTableWidget *>();
        const int row = rows->currentRow();
        QCOMPARE(rows->item(row, 0)->text(), u"our-own-model"_s);
        for (const int price : {1, 2, 3, 4})
            QCOMPARE(rows->item(row, price)->text(), QString());
        auto *save = dialog.findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Save);
        save->click();
        QVERIFY(dialog.isVisible()); // refused
        rows->item(row, 1)->setText(u"2.5"_s);
        save->click();
        QVERIFY(dialog.isVisible()); // half of it is none
        QVERIFY(dialog.findChild<ui::Notice *>()->isVisible());
        rows->item(row, 4)->setText(u"10"_s);
        save->click();
        QVERIFY(!dialog.isVisible());
        QCOMPARE(dialog.result(), int(QDialog::Accepted));
        const ModelPrices *own = dialog.table().find(u"our-own-model"_s);
        QVERIFY(own && own->prices.size() == 1);
        QVERIFY(own->prices.front().rates.input > 0 &&
                own->prices.front().rates.output > own->prices.front().rates.input);
    }
    void enterSavesAConnection()
    {
        const QTemporaryDir dir;
        Connections connections(dir.filePath(u"connections.ini"_s));
        SecretStore secrets(u"bobbin-test"_s);
        Credentials credentials(secrets);
        ui::ConnectionDialog dialog(connections, credentials, {});
        dialog.show();
        const auto fields = dialog.findChildren<QLineEdit *>();
        const auto field = [&](const QString &name) {
            return *std::ranges::find(fields, name, &QLineEdit::accessibleName);
        };
        QTest::keyClicks(field(u"Name"_s), u"prod"_s);
        QTest::keyClicks(field(u"Base URL"_s), u"http://example.com/v1"_s);
        QTest::keyClick(field(u"Base URL"_s), Qt::Key_Return);
        QVERIFY(dialog.isVisible()); // plain http to another host: refused, and nothing that was typed is lost
        QCOMPARE(field(u"Name"_s)->text(), u"prod"_s);
        QVERIFY(connections.all().empty());
        field(u"Base URL"_s)->setText(u"https://example.com/v1"_s);
        QTest::keyClick(field(u"Name"_s), Qt::Key_Return);
        QTRY_VERIFY2(!dialog.isVisible(), qPrintable(said(dialog)));
        QCOMPARE(dialog.result(), int(QDialog::Accepted));
        QCOMPARE(connections.all().size(), 1u);
        QCOMPARE(connections.all().front().name, u"prod"_s);
        QVERIFY(providerById(dialog.connection().provider)); // it is opened as it stands here
    }
    void theEndOfAServiceIsOnTheOverview()
    {
        const QTemporaryDir dir;
        const auto prices = std::make_shared<const PriceTable>(PriceTable::shipped());
        for (const QString &id : {u"foundry-agents"_s, u"assistants-v2"_s}) {
            auto opened = Store::open(dir.filePath(id + u".sqlite"_s), *providerById(id), prices);
            QTRY_VERIFY(opened.isFinished());
            QVERIFY(opened.result());
            ui::OverviewPage page(prices);
            page.resize(900, 700);
            page.setVisible(true);
            page.setStore(*opened.result());
            bool told = false;
            for (const QLabel *label : page.findChildren<QLabel *>())
                told = told || (label->isVisible() && label->text().contains(u"2027"_s));
            QCOMPARE(told, id == "foundry-agents"_L1);
            if (const QString to = qEnvironmentVariable("BOBBIN_GRAB"); !to.isEmpty())
                page.grab().save(to + u"/overview-"_s + id + u".png"_s);
        }
    }
    void limitsAreKeptWithinTheirBounds()
    {
        const QTemporaryDir dir;
        QSettings file(dir.filePath(u"window.ini"_s), QSettings::IniFormat);
        QCOMPARE(limitsOf(file, {}).usual, Limits());
        Connection connection;
        connection.id = u"c1"_s;
        connection.name = u"Contoso"_s;
        const std::vector<NamedCost> assistants{{u"asst_1"_s, u"Support"_s, 0, {}}};
        const auto edit = [&](const std::function<void(ui::LimitsDialog &)> &change) {
            ui::LimitsDialog dialog(file, connection, assistants);
            dialog.show();
            change(dialog);
            dialog.accept();
        };
        edit([](ui::LimitsDialog &dialog) {
            for (QSpinBox *box : dialog.findChildren<QSpinBox *>()) {
                QVERIFY(!box->accessibleName().isEmpty());
                box->setValue(box->maximum() + 1);
            }
        });
        const Setting &ceiling = settingOf(&Limits::contextCeiling);
        QCOMPARE(limitsOf(file, {}).usual.contextCeiling, ceiling.most);
        // What is usual is not written: a later Bobbin may think otherwise of it.
        edit([](ui::LimitsDialog &dialog) {
            for (QPushButton *button : dialog.findChildren<QPushButton *>())
                if (button->text() == u"As usual"_s)
                    button->click();
        });
        QCOMPARE(limitsOf(file, {}).usual, Limits());
        QVERIFY(file.allKeys().isEmpty());
        // Of a connection, and of one of its assistants: what is not set follows the wider one.
        edit([](ui::LimitsDialog &dialog) {
            dialog.scope()->setCurrentIndex(1);
            dialog.field(&Limits::toolSteps)->setValue(8);
            dialog.scope()->setCurrentIndex(2);
            QCOMPARE(dialog.field(&Limits::toolSteps)->value(), 5); // the connection's is not written yet
            dialog.scope()->setCurrentIndex(0);
        });
        edit([](ui::LimitsDialog &dialog) {
            dialog.scope()->setCurrentIndex(2);
            dialog.field(&Limits::contextCeiling)->setValue(60'000);
        });
        const LimitSet set = limitsOf(file, u"c1"_s);
        QCOMPARE(set.usual.toolSteps, 8);
        QCOMPARE(set.of(u"asst_1"_s).toolSteps, 8); // it was looked at, not set
        QCOMPARE(set.of(u"asst_1"_s).contextCeiling, 60'000);
        QCOMPARE(set.of(u"asst_2"_s).contextCeiling, 40'000);
        QCOMPARE(limitsOf(file, u"c2"_s).usual, Limits());
        file.setValue(u"limits/toolCalls"_s, u"many"_s);
        file.setValue(u"limits/failedInARow"_s, -7);
        QCOMPARE(limitsOf(file, {}).usual.toolSteps, Limits().toolSteps);
        QCOMPARE(limitsOf(file, {}).usual.failedInARow, settingOf(&Limits::failedInARow).least);
        bringUpToDate(file);
        QCOMPARE(file.value(u"version"_s).toInt(), settingsVersion);
        file.setValue(u"version"_s, settingsVersion + 1);
        bringUpToDate(file);
        QCOMPARE(file.value(u"version"_s).toInt(), settingsVersion + 1); // a newer one's
    }
    // By the keyboard alone: the address tells the provider, which tells what its key may be and what will work.
    void theAddressTellsTheProvider()
    {
        const QTemporaryDir dir;
        Connections connections(dir.filePath(u"connections.ini"_s));
        SecretStore secrets(u"bobbin-test"_s);
        Credentials credentials(secrets);
        ui::ConnectionDialog dialog(connections, credentials, {});
        dialog.show();
        const auto named = [&]<class W>(W *, const QString &name) {
            for (W *one : dialog.findChildren<W *>())
                if (one->accessibleName() == name)
                    return one;
            return static_cast<W *>(nullptr);
        };
        const auto field = [&](const QString &name) { return named(static_cast<QLineEdit *>(nullptr), name); };
        const auto combo = [&](const QString &name) { return named(static_cast<QComboBox *>(nullptr), name); };
        auto *features = dialog.findChild<QTableWidget *>();
        const auto says = [&](const QString &text) {
            for (int row = 0; row < features->rowCount(); ++row)
                if (features->item(row, 1)->text().contains(text))
                    return true;
            return false;
        };
        QCOMPARE(combo(u"Key from"_s)->count(), 2); // nobody to sign in at
        QVERIFY(!combo(u"Sent as"_s)->isVisible());
        QVERIFY(says(u"test of the connection"_s));
        QTest::keyClicks(field(u"Base URL"_s), u"https://one.services.ai.azure.com/api/projects/p"_s);
        QCOMPARE(combo(u"Provider"_s)->currentData().toString(), u"foundry-agents"_s);
        QCOMPARE(combo(u"Key from"_s)->count(), 3);
        QVERIFY(combo(u"Sent as"_s)->isVisible());
        QVERIFY(says(u"no: "_s));
        bool told = false;
        for (const QLabel *label : dialog.findChildren<QLabel *>())
            told = told || (label->isVisible() && label->text().contains(u"2027"_s));
        QVERIFY(told);
        if (const QString to = qEnvironmentVariable("BOBBIN_GRAB"); !to.isEmpty())
            dialog.grab().save(to + u"/foundry.png"_s);
        combo(u"Key from"_s)->setFocus();
        QTest::keyClick(combo(u"Key from"_s), Qt::Key_Down);
        QVERIFY(field(u"Command"_s)->isVisible() && !field(u"Key"_s)->isVisible());
        QTest::keyClick(field(u"Name"_s), Qt::Key_Return);
        QVERIFY(dialog.isVisible()); // without a command there is no token
        QVERIFY(connections.all().empty());
        QTest::keyClicks(field(u"Command"_s), u"tool \"two words\" --quiet"_s);
        QTest::keyClick(combo(u"Key from"_s), Qt::Key_Down);
        QVERIFY(field(u"Tenant"_s)->isVisible() && !field(u"Command"_s)->isVisible());
        if (const QString to = qEnvironmentVariable("BOBBIN_GRAB"); !to.isEmpty())
            dialog.grab().save(to + u"/signin.png"_s);
        QTest::keyClick(combo(u"Key from"_s), Qt::Key_Up);
        // Another provider knows no sign-in; what was chosen by hand stays, whatever the address says then.
        combo(u"Provider"_s)->setFocus();
        QTest::keyClick(combo(u"Provider"_s), Qt::Key_Up);
        QCOMPARE(combo(u"Provider"_s)->currentData().toString(), u"assistants-v2"_s);
        QCOMPARE(combo(u"Key from"_s)->count(), 2);
        QTest::keyClicks(field(u"Base URL"_s), u"x"_s);
        QCOMPARE(combo(u"Provider"_s)->currentData().toString(), u"assistants-v2"_s);
        QTest::keyClick(combo(u"Provider"_s), Qt::Key_Down);
        QTest::keyClick(field(u"Name"_s), Qt::Key_Return);
        QTRY_VERIFY2(!dialog.isVisible(), qPrintable(said(dialog)));
        const Connection saved = connections.all().front();
        QCOMPARE(saved.provider, u"foundry-agents"_s);
        QCOMPARE(int(saved.keySource), int(Connection::KeySource::Command));
        QCOMPARE(saved.command, (QStringList{u"tool"_s, u"two words"_s, u"--quiet"_s}));
        // Opened again it is as it was.
        ui::ConnectionDialog again(connections, credentials, saved);
        QVERIFY(!again.findChildren<QLineEdit *>().empty());
        const auto commands = again.findChildren<QLineEdit *>();
        QVERIFY(
            std::ranges::any_of(commands, [](QLineEdit *e) { return e->text() == u"tool \"two words\" --quiet"_s; }));
    }
};

QTEST_MAIN(TestDialogs)
#include "tst_dialogs.moc"
