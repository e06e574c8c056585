// SPDX-License-Identifier: GPL-3.0-or-later
// Stands in the line: what programs ask of the connection's server goes through it, and what the policy does not allow
// is refused before it costs anything. What passes is learnt: threads, runs, calls and their usage go into the store.
#pragma once

#include "models/gateway/listener.h"
#include "models/gateway/passedby.h"
#include "models/guard/policy.h"
#include "models/session/auditor.h"
#include "models/watch/askedabout.h"
#include "models/watch/guardacts.h"

#include <QTimer>

namespace bobbin {

struct GatewayOptions {
    quint16 port = 0; // 0: any that is free
    QByteArray token; // of callers, where the key is the connection's own; empty: they send the server's key
};

class Gateway : public QObject {
    Q_OBJECT
public:
    // `acts`: who carries out what is to be done; of the watch, where one runs. `stopped`: whether all guarding is.
    Gateway(Workspace &workspace, Auditor &auditor, GuardActs &acts, GuardPolicy policy, std::function<bool()> stopped,
            QObject *parent = nullptr);
    ~Gateway() override;

    void start(const GatewayOptions &options); // listening() or notBegun() follows
    void setKey(const QByteArray &key); // the connection's own, for callers that have a token
    void rest(); // takes no new connections; idle() follows when what runs has ended
    [[nodiscard]] const LineFigures *figures() const; // null until it listens
    [[nodiscard]] quint16 port() const { return m_port; } // 0: it does not listen yet
    [[nodiscard]] QString address() const; // http://127.0.0.1:PORT with the path of the connection's base URL

Q_SIGNALS:
    void listening(const QString &address);
    void notBegun(const bobbin::Error &error);
    void noted(const bobbin::GuardRow &row); // is new; what becomes of it, its GuardActs tell
    void refused(const bobbin::GuardRow &row, qint64 times); // a caller was told so, for the so many-th time
    void moved(const QString &from, const QString &to); // what asks for the one thread goes to the other
    void unclear(const QString &thread, const bobbin::Error &error); // judged by what is known: it cannot be looked at
    void failed(const bobbin::Error &error); // what it should know or keep cannot be read or written
    void keyWanted(); // the server refuses the connection's own
    void idle();

private:
    struct Case {
        LineRequest request;
        Asked asked;
        std::function<void(Verdict)> answer; // once
        Verdict verdict;
        bool isStale = false; // its thread could not be looked at
        void pass()
        {
            if (auto once = std::exchange(answer, nullptr))
                once(std::move(verdict));
        }
    };
    using CasePtr = std::shared_ptr<Case>;

    Workspace &m_workspace;
    Auditor &m_auditor;
    GuardActs &m_acts;
    const std::shared_ptr<const GuardPolicy> m_policy;
    const std::vector<PolicyBudget> m_budgets;
    std::function<bool()> m_stopped;
    Pending m_pending;
    const Passing *m_passing; // null: nothing is judged
    std::unique_ptr<PassingListener> m_listener;
    std::unique_ptr<HttpLine> m_line;
    QString m_address;
    quint16 m_port = 0;
    QByteArray m_key; // until there is a line
    bool m_hasOwnKey = false; // callers send a token
    QTimer m_idleCheck;
    std::vector<BudgetUse> m_uses;
    qint64 m_usesReadAt = 0; // ms

    PassedBy m_passed;
    std::vector<CasePtr> m_counting; // who waits for what was spent
    QHash<qint64, std::vector<CasePtr>> m_rotating; // key of the row: who waits for it
    QHash<qint64, qint64> m_triedAt; // key of a row that could not be done: when, ms
    QTimer m_sweep;
    QFuture<Done> m_lastWrite = QtFuture::makeReadyFuture(Done());

    void begin(const GatewayOptions &options);
    void take(const CasePtr &one); // on the way of a request, in this order
    void look(const CasePtr &one);
    void cannotLook(const CasePtr &one, const Error &why);
    void count(const CasePtr &one);
    void judge(const CasePtr &one);
    void weigh(const CasePtr &one, const AskedAbout &about);
    void note(const CasePtr &one, std::vector<GuardRow> rows);
    void carryOut(const CasePtr &one, const std::vector<GuardRow> &rows);
    void refuse(const CasePtr &one, const GuardRow &row);
    void rotate(const CasePtr &one, const GuardRow &row);
    void attempted(qint64 row);
    void continueIn(const GuardRow &row); // what took over from the thread that it rotated
    void goOn(const CasePtr &one, const QString &thread); // to the thread that took over
    void letGo(qint64 row); // those that waited for a rotation
    void heard(const Asked &asked, const Heard &what);
    void keep(const Asked &asked, const Told &told);
    void passed(const Asked &asked, int status);
    [[nodiscard]] QByteArray basePath() const;
    [[nodiscard]] static bool holdsBack(const GuardRow &row);
};

} // namespace bobbin
