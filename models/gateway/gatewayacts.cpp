// SPDX-License-Identifier: GPL-3.0-or-later
// What comes of a request that goes beyond the policy: written down, and refused, changed, or sent to a thread that
// takes over.
#include "models/core/clock.h"
#include "models/gateway/gateway.h"
#include "models/gateway/refusal.h"

#include <QCoreApplication>

namespace bobbin {

using namespace std::chrono_literals;

namespace {

struct GatewayText {
    Q_DECLARE_TR_FUNCTIONS(Gateway)
};

constexpr qint64 againAfterMs = 60'000; // a rotation that could not be done
constexpr auto rotateWithin = 120s;

} // namespace

// Written down before anything comes of it; what cannot be written down is not done. What was written down before, by
// whomever, is as the journal has it now: a person may have answered meanwhile.
void Gateway::note(const CasePtr &one, std::vector<GuardRow> rows)
{
    QStringList marks;
    for (const GuardRow &row : rows)
        marks << row.mark;
    m_pending.then(m_workspace.store().journal().noteSeen(rows, actLimit(*m_policy, nowMs())),
                   [this, one, marks](const Result<std::vector<GuardRow>> &fresh) {
                       if (!fresh) {
                           Q_EMIT failed(fresh.error());
                           one->pass();
                           return;
                       }
                       for (const GuardRow &row : *fresh)
                           Q_EMIT noted(row);
                       m_pending.then(
                           m_workspace.store().read([marks](Reader &reader) { return reader.guardRowsMarked(marks); }),
                           [this, one](const Result<std::vector<GuardRow>> &written) {
                               if (written) {
                                   carryOut(one, *written);
                                   return;
                               }
                               Q_EMIT failed(written.error());
                               one->pass();
                           });
                   });
}

// A person may have said no, or is still asked.
bool Gateway::holdsBack(const GuardRow &row)
{
    return row.state != GuardState::Asked && row.state != GuardState::Declined && row.state != GuardState::Told;
}

void Gateway::carryOut(const CasePtr &one, const std::vector<GuardRow> &rows)
{
    std::vector<GuardRow> replaced;
    const GuardRow *rotates = nullptr;
    bool isRefused = false;
    for (const GuardRow &row : rows) {
        if (!holdsBack(row))
            continue;
        if (isAct(row, GuardAct::Replace)) {
            replaced.push_back(row);
        } else if (isAct(row, GuardAct::Rotate)) {
            rotates = rotates ? rotates : &row;
        } else {
            refuse(one, row);
            isRefused = true;
        }
    }
    if (isRefused)
        return;
    if (!replaced.empty()) {
        QStringList files;
        for (const GuardRow &row : replaced)
            files << row.name;
        const auto body = m_passing->withoutAttached(one->request.body, files);
        if (body)
            one->verdict.body = *body;
        else
            Q_EMIT failed(body.error());
        for (const GuardRow &row : replaced)
            if (body && row.state == GuardState::Acting)
                m_acts.settle(row, GuardState::Acted,
                              GatewayText::tr("The message went on without it: it is in the thread's store."));
    }
    if (rotates)
        rotate(one, *rotates);
    else
        one->pass();
}

// The first that refuses is told to the caller; each is an act of its own.
void Gateway::refuse(const CasePtr &one, const GuardRow &row)
{
    const qint64 times = m_passed.refused(row.mark, nowMs());
    if (row.state == GuardState::Acting && isAct(row, GuardAct::CancelRun))
        m_acts.perform(row);
    else if (row.state == GuardState::Acting)
        m_acts.settle(row, GuardState::Acted, GatewayText::tr("It was refused before it began."));
    Q_EMIT refused(row, times);
    if (!one->answer)
        return;
    one->verdict.answer = refusalOf(row);
    one->pass();
}

void Gateway::rotate(const CasePtr &one, const GuardRow &row)
{
    std::vector<CasePtr> &waiting = m_rotating[row.key];
    waiting.push_back(one);
    if (row.state == GuardState::Acted) { // by somebody else
        continueIn(row);
        return;
    }
    const bool due = row.state == GuardState::Acting || row.state == GuardState::Allowed;
    if (!due || nowMs() - m_triedAt.value(row.key, 0) < againAfterMs) {
        letGo(row.key);
        return;
    }
    if (waiting.size() > 1)
        return;
    QTimer::singleShot(rotateWithin, this, [this, key = row.key] {
        if (m_rotating.contains(key))
            m_triedAt.insert(key, nowMs());
        letGo(key);
    });
    m_acts.perform(row);
}

// A thread that cannot be rotated, now or at all, is used as it is: the policy does not say that it is refused.
void Gateway::attempted(qint64 key)
{
    m_pending.then(m_workspace.store().read([key](Reader &reader) { return reader.guardRow(key); }),
                   [this, key](const Result<std::optional<GuardRow>> &row) {
                       const bool isRotated =
                           row && *row && (*row)->state == GuardState::Acted && isAct(**row, GuardAct::Rotate);
                       if (isRotated) {
                           continueIn(**row);
                       } else if (m_rotating.contains(key)) {
                           m_triedAt.insert(key, nowMs());
                           letGo(key);
                       }
                   });
}

// Also where nobody waits for it: whoever asks for the old thread from now on goes on in the new one.
void Gateway::continueIn(const GuardRow &row)
{
    m_pending.then(
        m_workspace.store().read([row](Reader &reader) { return reader.madeBy(row.operation, {row.thread}); }),
        [this, row](const Result<QHash<QString, QString>> &made) {
            const QString to = made ? made->value(row.thread) : QString();
            if (!to.isEmpty()) {
                if (m_listener->successor(row.thread).isEmpty()) {
                    m_listener->addMoved(row.thread, to);
                    m_passed.threadRotated(row.thread, to, nowMs());
                    Q_EMIT moved(row.thread, to);
                }
                for (const CasePtr &one : m_rotating.value(row.key))
                    goOn(one, to);
            }
            letGo(row.key);
        });
}

void Gateway::letGo(qint64 row)
{
    for (const CasePtr &one : m_rotating.take(row))
        one->pass();
}

} // namespace bobbin
