// SPDX-License-Identifier: GPL-3.0-or-later
// One target, brought to its end: step by step, written down before and after, waiting for what has to be waited for,
// asking where only a person can help. The state machine, and nothing of what a step does.
#pragma once

#include "models/operations/acts/handler.h"
#include "models/operations/executor.h"

namespace bobbin {

class TargetWork {
public:
    TargetWork(Executor &executor, JobPtr job, DoneTarget target);

    QCoro::Task<> carryOut();
    // Finds out what became of steps that were sent; changes nothing.
    QCoro::Task<Done> lookUp();

private:
    Executor &m_executor;
    Hands &m_hands;
    JobPtr m_job;
    DoneTarget m_target;
    std::vector<Step> m_steps;
    bool m_changed = false; // something on the server: from here on it is brought to its end
    std::vector<StepRecord> m_unwritten; // answers, written together with what is sent next
    QStringList m_notes; // what became of it
    QStringList m_remarks; // of its archive
    StepContext m_context;

    // Of the step that is under way.
    bool m_sent = false; // the journal has that it is
    bool m_unsure = false; // whether it was done is not known: looked up before it is sent again
    int m_tries = 0, m_serverErrors = 0;

    enum class Next { SameStep, NextStep, Leave };
    QCoro::Task<Done> readBegun();
    [[nodiscard]] const DoneStep *begun(int place) const;
    [[nodiscard]] bool isDone(const DoneStep &known, const Handler &handler);
    void begin(int place);
    QCoro::Task<Next> attempt();
    QCoro::Task<bool> noteSent();
    OutcomeTask perform();
    void finish(const Outcome &outcome);
    QCoro::Task<Next> spare(Outcome outcome);
    QCoro::Task<Next> meet(Error error, int resumedBefore);
    QCoro::Task<> stopHere();
    QCoro::Task<> end();
    QCoro::Task<> leave(TargetRecord outcome);
};

} // namespace bobbin
