// SPDX-License-Identifier: GPL-3.0-or-later
// The connection that is open: its prices, its store, its server. At most one at a time; opening another closes it.
#pragma once

#include "models/credentials/credentials.h"
#include "models/session/auditor.h"
#include "models/session/billing.h"
#include "models/session/workspace.h"

namespace bobbin {

class Session : public QObject {
    Q_OBJECT
public:
    Session(KeySource keys, QString ownPricesFile, QObject *parent = nullptr);
    ~Session() override;

    void open(const Connection &connection, const QString &storeFile);
    // An archive as a connection without a server: read into `storeFile`, which is made anew; nothing can be changed.
    void openArchive(const QString &archive, const QString &storeFile);
    void openStore(const QString &storeFile); // what is in it, without a server
    void close();

    [[nodiscard]] const Connection &connection() const { return m_connection; } // empty id: none
    [[nodiscard]] std::shared_ptr<Store> store() const { return m_store; } // null until opened()
    // Null until opened(), and where there is no server: for an archive, for a store alone.
    [[nodiscard]] Workspace *workspace() const { return m_workspace.get(); }
    [[nodiscard]] Auditor *auditor() const { return m_auditor.get(); } // null until opened(); to be started
    [[nodiscard]] Billing *billing() const { return m_billing.get(); } // null until opened()
    [[nodiscard]] std::shared_ptr<const PriceTable> prices() const { return m_prices; }
    [[nodiscard]] const std::optional<Error> &pricesProblem() const { return m_pricesProblem; }
    void setPrices(const PriceTable &table); // kept in the person's file; everything is priced anew

Q_SIGNALS:
    void opened(); // store and workspace are there
    void closing(); // they are about to go: who uses them lets go
    void closed(); // they are gone; also before another opens
    void failed(const bobbin::Error &error); // it does not open, or prices cannot be kept
    void keyAwaited(bool waiting); // the keychain is asked for it, which may take its owner
    void keyMissing(const bobbin::Error &error); // requests go without: what is in the store can be read all the same
    void pricesChanged();

private:
    KeySource m_keys;
    QString m_pricesFile;
    std::shared_ptr<const PriceTable> m_prices;
    std::optional<Error> m_pricesProblem;
    Connection m_connection;
    std::shared_ptr<Store> m_store;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<Auditor> m_auditor;
    std::unique_ptr<Billing> m_billing;
    std::unique_ptr<Worker> m_reading; // of an archive
    int m_opening = 0; // answers for an earlier one are dropped

    void fetchKey(bool fresh);
    void openFile(const QString &storeFile, const Provider *provider);
    void take(const std::shared_ptr<Store> &store);
};

} // namespace bobbin
