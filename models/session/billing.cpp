// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/billing.h"

#include "models/reconcile/billedcsv.h"
#include "models/store/whendone.h"

#include <QCoreApplication>

namespace bobbin {

namespace {

struct BillingText {
    Q_DECLARE_TR_FUNCTIONS(Billing)
};

// A file that cannot be read, whole, stops nothing but itself; an error where none could.
Result<BilledAnswer> readFiles(const QStringList &files)
{
    BilledAnswer all;
    std::optional<Error> refused;
    bool any = false;
    for (const QString &path : files) {
        const Result<BilledFile> file = readBilledCsv(path);
        if (!file) {
            refused = refused.value_or(file.error());
            all.problems.push_back(file.error());
            continue;
        }
        if (!file->problems.empty()) {
            Error first = file->problems.front();
            if (file->problems.size() > 1)
                first.message += u' ' + BillingText::tr("(and %n more)", nullptr, int(file->problems.size()) - 1);
            refused = refused.value_or(first);
            all.problems.push_back(std::move(first));
            continue;
        }
        any = true;
        replaceDays(all.billed, file->billed);
    }
    if (!any && refused)
        return fail(*refused);
    return all;
}

} // namespace

Billing::Billing(std::shared_ptr<Store> store, Workspace *workspace, QObject *parent)
    : QObject(parent), m_store(std::move(store)), m_workspace(workspace)
{
}

// Nobody is told any more.
Billing::~Billing()
{
    if (const Cancel under = std::exchange(m_cancel, nullptr))
        under->request();
}

QString Billing::whyNot() const
{
    if (!m_workspace || m_workspace->connection().baseUrl.isEmpty())
        return BillingText::tr("There is no server that could be asked.");
    const Done able = m_store->provider().able(Feature::ReadBilled);
    return able ? QString() : able.error().message;
}

Cancel Billing::begin()
{
    cancel();
    m_cancel = makeCancel();
    Q_EMIT began();
    return m_cancel;
}

void Billing::cancel()
{
    if (m_cancel)
        m_cancel->request();
}

void Billing::fetch(const QByteArray &adminKey, qint64 from, qint64 until)
{
    const Cancel mine = begin();
    if (const QString why = whyNot(); !why.isEmpty()) {
        end(fail(Error::Kind::NotSupported, why));
        return;
    }
    const auto pageRead = [self = QPointer(this), this, mine](int pages) {
        if (self && mine == m_cancel)
            Q_EMIT progressed(pages);
    };
    whenDone(m_workspace->fetchBilled(adminKey, from, until, pageRead, mine), this,
             [this, mine](const Result<BilledAnswer> &answer) { keep(answer, mine); });
}

void Billing::import(const QStringList &files)
{
    const Cancel mine = begin();
    whenDone(m_store->read([files](Reader &) { return readFiles(files); }, Store::Lane::Scan), this,
             [this, mine](const Result<BilledAnswer> &answer) { keep(answer, mine); });
}

void Billing::keep(const Result<BilledAnswer> &answer, const Cancel &cancel)
{
    if (cancel != m_cancel)
        return; // another one was begun meanwhile
    if (cancel->requested()) { // what is kept stays as it was
        end(fail(Error::Kind::Cancelled, {}));
        return;
    }
    if (!answer) {
        end(fail(answer.error()));
        return;
    }
    BilledRead read;
    std::set<qint64> days = answer->billed.itemDays;
    days.insert(answer->billed.usageDays.begin(), answer->billed.usageDays.end());
    read.days = qint64(days.size());
    read.problems = answer->problems;
    whenDone(m_store->write([billed = answer->billed](Writer &writer) { writer.keepBilled(billed); }), this,
             [this, cancel, read](const Done &done) {
                 if (cancel == m_cancel)
                     end(done ? Result<BilledRead>(read) : fail(done.error()));
             });
}

void Billing::end(const Result<BilledRead> &result)
{
    m_cancel.reset();
    Q_EMIT ended(result);
}

Result<Reconciliation> readReconciliation(const Ledger &ledger, Reader &reader, const ReconcileQuery &query)
{
    const Result<Billed> billed = reader.billed(query.from, query.until);
    if (!billed)
        return fail(billed.error());
    return reconcile(ledger, *billed, query);
}

} // namespace bobbin
