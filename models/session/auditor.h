// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps the findings of a store in step with it: reads facts, judges what changed, writes down what it found; all on
// reading and writing threads. Holds the ledger that cost desk and what-if compute from.
#pragma once

#include "models/audit/audit.h"
#include "models/store/store.h"

#include <QElapsedTimer>
#include <QReadWriteLock>
#include <QTimer>

namespace bobbin {

struct AuditReport {
    qint64 threads = 0, runs = 0; // in the ledger
    qint64 judged = 0; // threads, this time
    qint64 changed = 0; // findings
    qint64 milliseconds = 0;
};

class Auditor : public QObject {
    Q_OBJECT
public:
    explicit Auditor(std::shared_ptr<Store> store, LimitSet limits = {}, QObject *parent = nullptr);
    ~Auditor() override; // gives up what it reads

    void start(); // from now on; first everything is read
    void setLimits(const LimitSet &limits); // all is judged anew
    // While this says so, nothing is found about stores and files: who uses them is still being read.
    void holdStorageWhile(std::function<bool()> reading) { m_reading = std::move(reading); }
    [[nodiscard]] bool ready() const { return m_ready; } // audited once, and not since something changed
    [[nodiscard]] bool hasLedger() const { return m_hasLedger; } // read once: before, it is empty
    // Computes from the ledger, on a reading thread: Result<T>(const Ledger &, Reader &).
    template <class F> auto withLedger(F compute)
    {
        return m_store->read(
            [state = m_state, compute = std::move(compute)](Reader &reader) mutable {
                const QReadLocker lock(&state->lock);
                return compute(std::as_const(state->ledger), reader);
            },
            Store::Lane::Scan);
    }

Q_SIGNALS:
    void audited(const bobbin::AuditReport &report);
    void failed(const bobbin::Error &error);

private:
    struct State { // of reading threads
        QReadWriteLock lock;
        Ledger ledger;
        WorkspaceFacts facts;
        std::unordered_map<RowKey, std::vector<Finding>> ofThreads;
        std::vector<Finding> ofWorkspace;
        std::vector<RowKey> active; // threads with a run that is active
        qint64 day = 0; // when it was judged last: money a month is of the days before
        bool loaded = false;
    };
    struct Job {
        LimitSet limits;
        bool everyThread = false; // judged, not read
        bool storage = false; // read anew
        bool holdStorage = false;
        bool reload = false; // an audit failed: what is in memory may not be what is kept
    };
    struct Outcome {
        FindingChanges changes;
        AuditReport report;
        qint64 storageMs = 0;
    };
    std::shared_ptr<Store> m_store;
    std::shared_ptr<State> m_state = std::make_shared<State>();
    LimitSet m_limits;
    QTimer m_soon, m_everyMinute;
    ChangedKinds m_pending;
    bool m_busy = false, m_ready = false, m_started = false, m_hasLedger = false;
    bool m_limitsChanged = false, m_storageDue = false, m_reload = false;
    qint64 m_storageMs = 0;
    QElapsedTimer m_storageRead;
    std::function<bool()> m_reading;
    std::shared_ptr<ScanStop> m_stop = std::make_shared<ScanStop>();

    void storeChanged(const Changes &changes);
    void audit();
    void finished(const Result<Outcome> &outcome);
    void failedWith(const Error &error);
    void settled(const AuditReport &report);
    [[nodiscard]] bool storageNow() const;
    static Result<Outcome> run(Reader &reader, State &state, const Job &job);
};

} // namespace bobbin
