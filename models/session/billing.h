// SPDX-License-Identifier: GPL-3.0-or-later
// The provider's own figures: asked for with an administrator's key, or read from its CSV files, and kept in the store.
#pragma once

#include "models/reconcile/reconcile.h"
#include "models/session/workspace.h"

#include <QPointer>

namespace bobbin {

struct BilledRead {
    qint64 days = 0; // that figures are known of now, from what was read
    std::vector<Error> problems; // files and lists that could not be read
    bool operator==(const BilledRead &) const = default;
};

class Billing : public QObject {
    Q_OBJECT
public:
    // Without a workspace there is no server that could be asked; one that is there has to live longer.
    Billing(std::shared_ptr<Store> store, Workspace *workspace, QObject *parent = nullptr);
    ~Billing() override; // gives up what it asks for

    [[nodiscard]] QString whyNot() const; // the provider cannot be asked, in a sentence; empty: it can
    [[nodiscard]] bool busy() const { return m_cancel != nullptr; }
    // Days, until: the first that is not wanted. The key goes into the request's header and nowhere else.
    void fetch(const QByteArray &adminKey, qint64 from, qint64 until);
    void import(const QStringList &files); // one after the other: of the same days the last one holds
    void cancel();

Q_SIGNALS:
    void began();
    void progressed(int pages); // that were read
    void ended(const bobbin::Result<bobbin::BilledRead> &result);

private:
    std::shared_ptr<Store> m_store;
    Workspace *m_workspace;
    Cancel m_cancel; // null: nothing is under way

    Cancel begin();
    void keep(const Result<BilledAnswer> &answer, const Cancel &cancel);
    void end(const Result<BilledRead> &result);
};

Result<Reconciliation> readReconciliation(const Ledger &ledger, Reader &reader, const ReconcileQuery &query);

} // namespace bobbin
