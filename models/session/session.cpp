// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/session.h"

#include "models/core/errortext.h"
#include "models/importers/importfile.h"
#include "models/providers/registry.h"
#include "models/settings/ownprices.h"
#include "models/store/whendone.h"

#include <QFile>
#include <QFileInfo>
#include <QPointer>
#include <QTimer>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

// What only a person can mend is asked of the person: a keyring that stays locked is as good as a refused key.
Error asRefusal(Error error)
{
    const bool passes = error.kind == Error::Kind::Network || error.kind == Error::Kind::Timeout;
    if (passes || error.kind == Error::Kind::Unauthorized)
        return error;
    error.message = errorText(error).what + (error.message.isEmpty() ? QString() : u" ("_s + error.message + u')');
    error.kind = Error::Kind::Unauthorized;
    return error;
}

} // namespace

Session::Session(KeySource keys, QString ownPricesFile, QObject *parent)
    : QObject(parent), m_keys(std::move(keys)), m_pricesFile(std::move(ownPricesFile))
{
    Result<PriceTable> table = loadPrices(m_pricesFile);
    if (!table)
        m_pricesProblem = table.error();
    m_prices = std::make_shared<const PriceTable>(table ? *std::move(table) : PriceTable::shipped());
}

Session::~Session()
{
    close();
}

void Session::close()
{
    ++m_opening;
    Q_EMIT closing();
    m_billing.reset();
    m_auditor.reset();
    m_workspace.reset();
    m_store.reset();
    m_connection = {};
    Q_EMIT closed();
}

void Session::open(const Connection &connection, const QString &storeFile)
{
    close();
    m_connection = connection;
    const Result<const Provider *> provider = providerById(connection.provider);
    if (provider)
        openFile(storeFile, *provider);
    else
        QTimer::singleShot(0, this, [this, error = provider.error()] { Q_EMIT failed(error); });
}

void Session::openStore(const QString &storeFile)
{
    close();
    openFile(storeFile, nullptr);
}

void Session::openFile(const QString &storeFile, const Provider *provider)
{
    const auto answered = [this, opening = m_opening](const Result<std::shared_ptr<Store>> &store) {
        if (opening != m_opening)
            return;
        if (!store) {
            Q_EMIT failed(store.error());
            return;
        }
        take(*store);
    };
    whenDone(Store::open(storeFile, provider, m_prices), this, answered);
}

void Session::take(const std::shared_ptr<Store> &store)
{
    m_store = store;
    m_auditor = std::make_unique<Auditor>(m_store);
    if (!m_connection.id.isEmpty()) {
        m_workspace = std::make_unique<Workspace>(m_connection, std::nullopt, m_store, m_prices);
        connect(m_workspace.get(), &Workspace::keyWanted, this, &Session::fetchKey);
        m_auditor->holdStorageWhile([this] { return m_workspace && m_workspace->syncing(); });
    }
    m_billing = std::make_unique<Billing>(m_store, m_workspace.get());
    Q_EMIT opened();
}

// Not before a request needs it: a keyring may ask its owner to unlock it.
void Session::fetchKey(bool fresh)
{
    Q_EMIT keyAwaited(true);
    m_keys(m_connection, fresh, [self = QPointer(this), this, opening = m_opening](const Result<QByteArray> &key) {
        if (!self || opening != m_opening) // a keyring answers when its owner does
            return;
        Q_EMIT keyAwaited(false);
        if (key) {
            m_workspace->giveKey(*key);
            return;
        }
        if (m_connection.keySource == Connection::KeySource::Pasted)
            m_workspace->goWithoutKey();
        else
            m_workspace->failKey(asRefusal(key.error()));
        Q_EMIT keyMissing(key.error());
    });
}

void Session::openArchive(const QString &archive, const QString &storeFile)
{
    close();
    m_connection.name = QFileInfo(archive).fileName();
    const int opening = m_opening;
    m_reading = std::make_unique<Worker>(u"archive-read"_s);
    const auto read = [archive, storeFile, prices = m_prices]() -> Result<std::shared_ptr<Store>> {
        for (const QString &file : {storeFile, Store::journalFile(storeFile)})
            for (const QString &ending : {u""_s, u"-wal"_s, u"-shm"_s})
                if (QFile old(file + ending); old.exists() && !old.remove()) // else two archives become one
                    return fail(Error::Kind::Storage, old.errorString(), old.fileName());
        const auto imported = importIntoStore(archive, storeFile, prices);
        if (!imported)
            return fail(imported.error());
        return imported->store;
    };
    whenDone(m_reading->run(read), this, [this, opening](const Result<std::shared_ptr<Store>> &store) {
        if (opening != m_opening)
            return;
        if (!store) {
            Q_EMIT failed(store.error());
            return;
        }
        take(*store);
    });
}

void Session::setPrices(const PriceTable &table)
{
    m_prices = std::make_shared<const PriceTable>(table);
    if (const Done saved = saveOwnPrices(table, m_pricesFile); !saved)
        Q_EMIT failed(saved.error());
    Q_EMIT pricesChanged();
    if (m_workspace)
        m_workspace->operations().setPrices(m_prices);
    if (m_store)
        whenDone(m_store->setPrices(m_prices), this, [this](const Done &done) {
            if (!done)
                Q_EMIT failed(done.error());
        });
}

} // namespace bobbin
