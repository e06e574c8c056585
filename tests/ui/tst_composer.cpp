// SPDX-License-Identifier: GPL-3.0-or-later
// Turns by hand as a person takes them in the window: written, weighed while it is written, sent, answered, refused.
#include "tests/support/liveruns.h"
#include "tests/support/policies.h"
#include "tests/support/testsupport.h"
#include "tests/support/windowbench.h"
#include "ui/dialogs/toolsdialog.h"
#include "ui/guarddesk.h"
#include "ui/turndesk.h"
#include "ui/widgets/browseview.h"
#include "ui/widgets/composer.h"
#include "ui/widgets/conversationview.h"
#include "ui/widgets/toolcallform.h"

#include "models/settings/guardfiles.h"
#include "models/settings/toolcommands.h"

#include <QComboBox>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabWidget>
#include <QToolButton>

using namespace bobbin;
using namespace bobbin::test;
using namespace Qt::Literals::StringLiterals;

class TestComposer : public WindowBench {
    Q_OBJECT
    std::unique_ptr<LiveRuns> m_app; // makes what the person writes to

    ui::Composer *composer() { return m_window->threads()->composer(); }
    ui::TurnDesk *desk() { return m_window->turnDesk(); }
    QString said() { return composer()->notice()->isVisible() ? noticeText() : QString(); }
    QString noticeText()
    {
        for (const QLabel *label : composer()->notice()->findChildren<QLabel *>())
            if (label->text().size() > 2)
                return label->text();
        return {};
    }
    QString assistant(const QJsonObject &orders, const QJsonArray &tools = {})
    {
        return m_app
            ->post(u"/assistants"_s, {{u"model"_s, u"gpt-4o"_s}, {u"tools"_s, tools}, {u"metadata"_s, orders}})["id"_L1]
            .toString();
    }
    // A thread on which this assistant has answered once, shown in its conversation.
    QString show(const QString &who, int turns = 1)
    {
        const QString thread = m_app->makeThread();
        const QString said = u"Please remember what was said of the order 4711 in all detail. "_s.repeated(turns * 20);
        for (int i = 0; i < turns; ++i) {
            m_app->post(u"/threads/%1/messages"_s.arg(thread), {{u"role"_s, u"user"_s}, {u"content"_s, said}});
            const QString run = m_app
                                    ->post(u"/threads/%1/runs"_s.arg(thread),
                                           {{u"assistant_id"_s, who}, {u"tools"_s, QJsonArray()}})["id"_L1]
                                    .toString();
            if (m_app->ends(thread, run).isEmpty())
                qFatal("it does not end");
        }
        if (!wait(m_window->workspace()->refresh(thread)))
            qFatal("it cannot be read");
        m_window->showPage(u"threads"_s);
        m_window->threads()->openThread(thread);
        m_window->threads()->showConversation();
        if (!QTest::qWaitFor([&] { return composer()->thread() == thread; }, 20'000))
            qFatal("it is not shown");
        return thread;
    }
    void keep(const GuardPolicy &policy) { QVERIFY(m_window->guard()->setPolicy(policy)); }
    void write(const QString &text)
    {
        composer()->message()->setFocus();
        QTest::keyClicks(composer()->message(), text);
    }
    bool isOver()
    {
        return QTest::qWaitFor([&] { return !desk()->turn(); }, 60'000);
    }
    std::size_t messages(const QString &thread)
    {
        return std::size_t(m_app->get(u"/threads/%1/messages"_s.arg(thread))["data"_L1].toArray().size());
    }

private Q_SLOTS:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QFile::remove(policyFile(u"demo"_s));
        QVERIFY(letGuardGo());
        openDemoWindow();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->auditor()->ready(), 60'000);
        m_app = std::make_unique<LiveRuns>(*m_host);
    }
    void cleanup()
    {
        if (desk()->turn())
            composer()->cancelButton()->click();
        QVERIFY(isOver());
        composer()->message()->clear();
        QVERIFY(m_window->guard()->setPolicy({}));
    }
    void cleanupTestCase()
    {
        m_app.reset();
        m_window.reset();
        QFile::remove(policyFile(u"demo"_s));
    }

    // By keyboard alone: written, weighed, sent with Ctrl+Enter; the answer comes into sight, and what it cost.
    void aTurnByKeyboard()
    {
        const QString thread = show(assistant({}));
        QTRY_VERIFY(composer()->expectation().contains(u"tokens"_s));
        QVERIFY(!composer()->sendButton()->isEnabled());
        write(u"How are you?"_s);
        QTRY_VERIFY(composer()->expectation().contains(u"Turn 2"_s));
        QVERIFY(composer()->expectation().contains(u'$'));
        QVERIFY(composer()->sendButton()->isEnabled());
        QTest::keyClick(composer()->message(), Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(desk()->turn());
        QVERIFY(!composer()->sendButton()->isVisible());
        QVERIFY(composer()->cancelButton()->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(composer()->message()->toPlainText().isEmpty(), 20'000); // it is sent
        QVERIFY(isOver());
        QTRY_VERIFY2(said().contains(u"completed"_s) && said().contains(u"tokens"_s), qPrintable(said()));
        QCOMPARE(messages(thread), std::size_t(4));
        const auto *conversation = m_window->threads()->findChild<ui::ConversationView *>();
        QTRY_VERIFY_WITH_TIMEOUT(conversation->text().contains(u"How are you?"_s), 20'000);
        QTRY_COMPARE(conversation->text().count(u"demo server's answer"_s), 2);
        QTRY_VERIFY(composer()->sendButton()->isVisible());
    }
    // Clicked twice it is sent once.
    void clickedTwice()
    {
        const QString thread = show(assistant({}));
        write(u"Once"_s);
        QTRY_VERIFY(composer()->sendButton()->isEnabled());
        composer()->sendButton()->click();
        Q_EMIT composer()->sendWanted();
        QVERIFY(isOver());
        QTRY_COMPARE(messages(thread), std::size_t(4));
    }
    void overTheCapItCannotBeSent()
    {
        const QString thread = show(assistant({}));
        GuardPolicy policy;
        of(policy, GuardRule::TurnCap) = upTo(1, GuardAct::Refuse);
        keep(policy);
        write(u"More"_s);
        QLabel *says = nullptr;
        for (QLabel *label : composer()->findChildren<QLabel *>())
            if (label->accessibleName() == u"What the policy says"_s)
                says = label;
        QVERIFY(says);
        QTRY_VERIFY(says->isVisible() && says->text().contains(u"refuses"_s));
        QVERIFY(!composer()->sendButton()->isEnabled());
        // A program that guards may have been changed since it was looked at: then the turn itself is refused.
        Q_EMIT composer()->sendWanted();
        QVERIFY(isOver());
        QTRY_VERIFY(said().contains(u"refuses"_s));
        QCOMPARE(messages(thread), std::size_t(2));
        QCOMPARE(composer()->message()->toPlainText(), u"More"_s); // nothing is lost
    }
    void atTheCapItGoesOnInTheNewThread()
    {
        const QString thread = show(assistant({}), 3);
        GuardPolicy policy;
        of(policy, GuardRule::TurnCap) = upTo(3, GuardAct::Rotate);
        keep(policy);
        write(u"More"_s);
        QTRY_VERIFY(composer()->sendButton()->isEnabled());
        composer()->sendButton()->click();
        QVERIFY(isOver());
        QTRY_VERIFY_WITH_TIMEOUT(composer()->thread() != thread && !composer()->thread().isEmpty(), 20'000);
        QCOMPARE(m_app->get(u"/threads/%1/runs"_s.arg(thread))["data"_L1].toArray().size(), 3);
        QTRY_VERIFY(said().contains(u"completed"_s));
    }
    void toolsAreAnsweredInTheWindow()
    {
        const QString who = assistant({}, weatherTool());
        show(who);
        write(u"How is it?"_s);
        QTRY_VERIFY(composer()->sendButton()->isEnabled());
        composer()->sendButton()->click();
        QTRY_VERIFY_WITH_TIMEOUT(composer()->answerButton()->isVisible(), 30'000);
        const auto outputs = composer()->tools()->findChildren<QPlainTextEdit *>();
        QCOMPARE(outputs.size(), 1);
        QTest::keyClicks(outputs[0], u"9 degrees"_s);
        composer()->answerButton()->click();
        QVERIFY(isOver());
        QTRY_VERIFY(said().contains(u"completed"_s));
        QVERIFY(!composer()->tools()->isVisible());
    }
    void toolsAreAnsweredByACommandThatIsSet()
    {
        const QString echo = QStandardPaths::findExecutable(u"echo"_s);
        if (echo.isEmpty())
            QSKIP("no echo here");
        ui::ToolsDialog dialog({}, m_window.get());
        dialog.lines()->setPlainText(u"not a command"_s);
        dialog.accept();
        QCOMPARE(dialog.result(), int(QDialog::Rejected));
        dialog.lines()->setPlainText(u"get_weather="_s + echo + u" \"9 degrees\"\n"_s);
        dialog.accept();
        QCOMPARE(dialog.commands(),
                 (std::vector<ToolCommand>{{u"get_weather"_s, {echo, u"9 degrees"_s}, std::chrono::seconds(60)}}));
        setToolCommands(*m_settings, u"demo"_s, dialog.commands());
        QCOMPARE(toolCommandsOf(*m_settings, u"demo"_s), dialog.commands());
        const QString thread = show(assistant({}, weatherTool()));
        write(u"How is it?"_s);
        QTRY_VERIFY(composer()->sendButton()->isEnabled());
        composer()->sendButton()->click();
        QVERIFY(isOver());
        setToolCommands(*m_settings, u"demo"_s, {});
        QTRY_VERIFY(said().contains(u"completed"_s));
        const QString run = m_app->get(u"/threads/%1/runs"_s.arg(thread))["data"_L1][0]["id"_L1].toString();
        QVERIFY(m_app->run(thread, run).steps[0].calls.contains("9 degrees"));
    }
    void aRunIsCancelled()
    {
        show(assistant({{u"demo_rounds"_s, u"60"_s}}));
        write(u"Go"_s);
        QTRY_VERIFY(composer()->sendButton()->isEnabled());
        composer()->sendButton()->click();
        QTRY_VERIFY_WITH_TIMEOUT(composer()->statusText().contains(u"tool call"_s), 30'000);
        composer()->cancelButton()->click();
        QVERIFY(isOver());
        QTRY_VERIFY(said().contains(u"cancelled"_s));
    }
    // What ended the same way would end so again: its calls are shown, and nothing is done without a decision.
    void whatFailedIsRunAgainSafely()
    {
        const QString thread = show(assistant({{u"demo_fails"_s, u"invalid_prompt"_s}, {u"demo_rounds"_s, u"1"_s}}));
        QTRY_VERIFY(composer()->againButton()->isVisible());
        composer()->againButton()->click();
        QTRY_VERIFY_WITH_TIMEOUT(composer()->leaveButton()->isVisible(), 20'000);
        QVERIFY(composer()->tools()->isVisible());
        QVERIFY(said().contains(u"invalid_prompt"_s));
        composer()->leaveButton()->click();
        QVERIFY(isOver());
        QCOMPARE(m_app->get(u"/threads/%1/runs"_s.arg(thread))["data"_L1].toArray().size(), 1);
    }
    void inANewThread()
    {
        const QString thread = show(assistant({}));
        QToolButton *isNew = nullptr;
        for (QToolButton *button : composer()->findChildren<QToolButton *>())
            if (button->isCheckable())
                isNew = button;
        QVERIFY(isNew);
        isNew->click();
        auto *who = composer()->findChild<QComboBox *>();
        QTRY_VERIFY(who->count() > 1);
        who->setCurrentIndex(1);
        Q_EMIT who->activated(1);
        write(u"A new one"_s);
        QTRY_VERIFY(composer()->sendButton()->isEnabled());
        composer()->sendButton()->click();
        QVERIFY(isOver());
        QTRY_VERIFY_WITH_TIMEOUT(composer()->thread() != thread && !composer()->thread().isEmpty(), 20'000);
        QCOMPARE(messages(thread), std::size_t(2));
    }
    // A question is put where the turn was begun, also while its thread is not there yet.
    void aNewThreadThatIsAskedAbout()
    {
        const QString thread = show(assistant({}));
        GuardPolicy policy;
        RuleSaid &models = of(policy, GuardRule::Models);
        models.limit.emplace().models = QStringList{u"another-model"_s};
        models.act = GuardAct::Ask;
        keep(policy);
        for (QToolButton *button : composer()->findChildren<QToolButton *>())
            if (button->isCheckable())
                button->click();
        auto *who = composer()->findChild<QComboBox *>();
        QTRY_VERIFY(who->count() > 1);
        who->setCurrentIndex(1);
        Q_EMIT who->activated(1);
        write(u"A new one"_s);
        QTRY_VERIFY(composer()->sendButton()->isEnabled());
        composer()->sendButton()->click();
        QTRY_VERIFY_WITH_TIMEOUT(composer()->leaveButton()->isVisible(), 20'000);
        QVERIFY(composer()->goOnButton()->isVisible());
        composer()->leaveButton()->click();
        QVERIFY(isOver());
        QCOMPARE(composer()->thread(), thread);
        QCOMPARE(composer()->message()->toPlainText(), u"A new one"_s);
    }
    // While a turn is taken, another thread's composer says where, and leads there.
    void oneAtATime()
    {
        const QString busy = show(assistant({{u"demo_rounds"_s, u"60"_s}}));
        write(u"Go"_s);
        QTRY_VERIFY(composer()->sendButton()->isEnabled());
        composer()->sendButton()->click();
        QTRY_VERIFY_WITH_TIMEOUT(desk()->turn()->stage() == Turn::Stage::Running, 20'000);
        show(assistant({}));
        write(u"Here"_s);
        QTest::qWait(500);
        QVERIFY(!composer()->sendButton()->isEnabled());
        QVERIFY(said().contains(u"another thread"_s));
        Q_EMIT composer()->notice()->actionClicked();
        QTRY_COMPARE_WITH_TIMEOUT(composer()->thread(), busy, 20'000);
        QVERIFY(composer()->cancelButton()->isVisible());
    }
};

QTEST_MAIN(TestComposer)
#include "tst_composer.moc"
