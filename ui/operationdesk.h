// SPDX-License-Identifier: GPL-3.0-or-later
// Where the four operations meet the person: makes the plan, shows it where it destroys, starts it, tells how it goes
// and what came of it. Everything it does is in the open connection's Operations.
#pragma once

#include "models/session/session.h"

#include <QPointer>

namespace bobbin::ui {

class Notifier;
class OperationBar;

class OperationDesk : public QObject {
    Q_OBJECT
public:
    OperationDesk(Session &session, QWidget *window);

    [[nodiscard]] OperationBar *bar() const { return m_bar; }
    void opened(); // a connection is there
    void closed();

    // One click: at once, with safe defaults and an Undo. Several: their plan first.
    void rotate(const std::vector<RowKey> &threads);
    void rotateWithOptions(const std::vector<RowKey> &threads);
    void rotateAbove(qint64 ceiling); // every thread whose last run read more tokens
    void cancelThreads(const std::vector<RowKey> &threads);
    void cancelRuns(const std::vector<RowKey> &runs);
    void cancelAllActive();
    void explain(const std::vector<RowKey> &threads); // why the first of them is locked, and what can be done
    void cleanUp();
    void consolidate(bool orphans = false); // unused stores and files are chosen from the start
    void undo(RowKey operation);
    void retryFailed(RowKey operation);
    void finish(RowKey operation);
    void takeBack(RowKey operation); // one that was interrupted
    void archive(const std::vector<RowKey> &threads); // asks for the file
    void archiveInto(const std::vector<RowKey> &threads, const QString &file);
    void pinThreads(const std::vector<RowKey> &threads, bool pinned);

Q_SIGNALS:
    void failed(const bobbin::Error &error);
    void told(const QString &text);
    void activityWanted(bobbin::RowKey operation);

private:
    Session &m_session;
    QWidget *m_window;
    OperationBar *m_bar;
    Notifier *m_notifier;
    int m_opening = 0; // counts connections
    QHash<qint64, QString> m_titles; // of those that run
    QHash<qint64, qint64> m_startedMs;

    [[nodiscard]] Operations *operations() const; // null: no connection
    void withIds(RowKind kind, const std::vector<RowKey> &keys, std::function<void(const QStringList &)> use);
    void start(Plan plan);
    void confirm(const QString &heading, const QString &explanation, const Plan &plan);
    void offerPlan(const QString &heading, const QString &explanation, const QFuture<Result<Plan>> &plan, bool ask);
    void explainThread(const QString &thread);
    void showStuck(const StuckRun &run);
    void draft(const QStringList &threads, bool ask);
    void progressed(const OperationProgress &progress);
    void ended(qint64 operation, const Done &done);
};

} // namespace bobbin::ui
