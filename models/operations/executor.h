// SPDX-License-Identifier: GPL-3.0-or-later
// Carries out what the journal has: the only code that changes the server's objects. Each step is journaled before it
// is sent and after it is answered. A step of unknown outcome (a crash, a lost answer) is looked up by reading before
// anything is sent again. What a step does is its act's business. Lives on the network thread.
#pragma once

#include "models/operations/hands.h"

namespace bobbin {

class Executor : public QObject {
    Q_OBJECT
public:
    Executor(ApiClient &client, Store &store, SyncService &sync, QObject *parent = nullptr);

    // From where it stands to its end, or to where it is cancelled.
    QCoro::Task<Done> run(qint64 operation, std::shared_ptr<Control> control);
    // Finds out what became of steps whose outcome is unknown, changes nothing: before an operation is taken back.
    QCoro::Task<Done> lookUp(qint64 operation);
    void stop(); // everything ends where it is, as after a crash: the next start goes on
    void setLanes(int lanes) { m_lanes = lanes; }
    [[nodiscard]] Hands &hands() { return m_hands; }

Q_SIGNALS:
    void progressed(const bobbin::OperationProgress &progress);

private:
    friend class TargetWork;

    Hands m_hands;
    int m_lanes = 16; // they wait for the server in turn, and share flushes of the journal

    QCoro::Task<Result<JobPtr>> load(qint64 operation);
    QCoro::Task<> lane(JobPtr job, int phase);

    // jobcontrol.cpp: what the person asks for meanwhile, and is asked
    QCoro::Task<bool> mayGoOn(JobPtr job, bool begun); // false: leave
    QCoro::Task<bool> ask(JobPtr job, Error error); // false: leave
    QCoro::Task<bool> waitOut(JobPtr job, qint64 target, Error error, int tries); // false: leave
    QCoro::Task<bool> noted(JobPtr job, JournalEntry entry); // as Job::note
    QCoro::Task<Done> journal(JournalEntry entry);
    void tell(const JobPtr &job);
    [[nodiscard]] std::optional<OperationProgress::Waits> longestWait(const Job &job) const;
    void settled(const JobPtr &job, TargetState state);
};

} // namespace bobbin
