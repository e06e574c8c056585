// SPDX-License-Identifier: GPL-3.0-or-later
// What a view asks of the ledger: while it is seen, one question at a time. What is asked meanwhile is asked when the
// answer is there; an answer is shown unless the question has become another one.
#pragma once

#include "models/session/auditor.h"
#include "models/store/whendone.h"

#include <QPointer>
#include <QWidget>

namespace bobbin::ui {

template <class Answer> class LedgerQuestion {
public:
    using Compute = std::function<Result<Answer>(const Ledger &ledger, Reader &reader)>;
    // `view`: lives as long as this; `ask` makes the question as it is now.
    LedgerQuestion(QWidget *view, std::function<Compute()> ask, std::function<void(const Answer &)> show,
                   std::function<void(const Error &)> failed)
        : m_view(view), m_ask(std::move(ask)), m_show(std::move(show)), m_failed(std::move(failed))
    {
    }
    void setAuditor(Auditor *auditor) // null: there is nothing to ask
    {
        m_auditor = auditor;
        changed();
    }
    void changed() // it is another question now
    {
        ++m_generation;
        refresh();
    }
    void refresh() // the answer may be another one
    {
        m_stale = !m_view->isVisible() || !m_auditor || !m_auditor->hasLedger();
        if (m_stale)
            return;
        m_due = m_busy;
        if (std::exchange(m_busy, true))
            return;
        whenDone(m_auditor->withLedger(m_ask()), m_view,
                 [this, generation = m_generation](const Result<Answer> &answer) {
                     m_busy = false;
                     const bool due = std::exchange(m_due, false);
                     const bool current = generation == m_generation;
                     if (current && answer)
                         m_show(*answer);
                     else if (current)
                         m_failed(answer.error());
                     if (due || !current)
                         refresh();
                 });
    }
    void seen() // the view is, again
    {
        if (m_stale)
            refresh();
    }

private:
    QWidget *m_view;
    QPointer<Auditor> m_auditor;
    std::function<Compute()> m_ask;
    std::function<void(const Answer &)> m_show;
    std::function<void(const Error &)> m_failed;
    int m_generation = 0;
    bool m_stale = true, m_busy = false, m_due = false;
};

} // namespace bobbin::ui
