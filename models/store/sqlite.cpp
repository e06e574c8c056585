// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/sqlite.h"

#include "models/store/sqlnames.h"

#include "models/core/privatefiles.h"

#include <QFile>
#include <QStringConverter>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype mostIdle = 200; // statements

} // namespace

sqlite3_stmt *StatementCache::take(const QByteArray &sql)
{
    return m_idle.take(sql);
}

void StatementCache::giveBack(sqlite3_stmt *statement)
{
    const char *sql = sqlite3_sql(statement);
    if (m_closed || !sql || m_idle.size() >= mostIdle || m_idle.contains(sql)) {
        sqlite3_finalize(statement);
        return;
    }
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement); // they point into the owner
    m_idle.insert(sql, statement);
}

void StatementCache::close()
{
    m_closed = true;
    for (sqlite3_stmt *statement : std::as_const(m_idle))
        sqlite3_finalize(statement);
    m_idle.clear();
}

bool Statement::step()
{
    if (!m_handle)
        return false;
    const int code = sqlite3_step(m_handle.get());
    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE)
        m_database->note(code);
    sqlite3_reset(m_handle.get());
    return false;
}

QString Statement::text(int column) const
{
    const auto *utf8 = reinterpret_cast<const char *>(sqlite3_column_text(m_handle.get(), column));
    return QString::fromUtf8(utf8, sqlite3_column_bytes(m_handle.get(), column));
}

std::string_view Statement::utf8(int column) const
{
    const auto *text = reinterpret_cast<const char *>(sqlite3_column_text(m_handle.get(), column));
    return text ? std::string_view(text, std::size_t(sqlite3_column_bytes(m_handle.get(), column)))
                : std::string_view();
}

QByteArray Statement::blob(int column) const
{
    const auto *data = static_cast<const char *>(sqlite3_column_blob(m_handle.get(), column));
    return {data, sqlite3_column_bytes(m_handle.get(), column)};
}

void Statement::bindOne(int at, const std::optional<qint64> &value)
{
    if (value)
        bindOne(at, *value);
    else
        bindOne(at, nullptr);
}

void Statement::bindOne(int at, const QString &value)
{
    const qsizetype from = m_texts.size();
    m_texts.resize(from + value.size() * 3 + 1);
    char *begin = m_texts.data() + from;
    QStringEncoder encoder(QStringConverter::Utf8);
    const qsizetype size = encoder.appendToBuffer(begin, value) - begin;
    m_texts.resize(from + size);
    sqlite3_bind_text(m_handle.get(), at, begin, int(size), SQLITE_STATIC);
}

void Statement::bindOne(int at, const QByteArray &value)
{
    m_blobs.push_back(value);
    sqlite3_bind_blob(m_handle.get(), at, value.constData(), int(value.size()), SQLITE_STATIC);
}

Result<std::unique_ptr<Database>> Database::open(const QString &path, Mode mode)
{
    // Counting its memory costs SQLite a lock at every allocation.
    [[maybe_unused]] static const int once = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    std::unique_ptr<Database> database(new Database);
    database->m_path = path;
    if (mode == Mode::ReadWrite) // what SQLite makes beside it gets the same permissions
        for (const QString &ending : {u""_s, u"-wal"_s, u"-shm"_s})
            if (ending.isEmpty() || QFile::exists(path + ending))
                if (const Done made = makePrivateFile(path + ending); !made)
                    return fail(made.error());
    const int flags = (mode == Mode::ReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
        SQLITE_OPEN_NOMUTEX;
    const int code = sqlite3_open_v2(path.toUtf8().constData(), &database->m_handle, flags, nullptr);
    if (code != SQLITE_OK) {
        database->note(code);
        return fail(database->status().error());
    }
    sqlite3_busy_timeout(database->m_handle, 10'000);
    return database;
}

Database::~Database()
{
    m_statements->close();
    sqlite3_close_v2(m_handle);
}

Done Database::execute(const QString &sql)
{
    const int code = sqlite3_exec(m_handle, sql.toUtf8().constData(), nullptr, nullptr, nullptr);
    if (code == SQLITE_OK)
        return {};
    note(code);
    Error error = *m_error;
    clearError();
    return fail(std::move(error));
}

Done Database::attach(const QString &path, const QString &name)
{
    Statement attaching = prepare(u"ATTACH DATABASE ? AS "_s + name);
    attaching.bind(path).step();
    Done done = status();
    clearError();
    return done;
}

Statement Database::prepare(const QString &sql)
{
    Statement statement;
    statement.m_database = this;
    const QByteArray utf8 = sql.toUtf8();
    sqlite3_stmt *handle = m_statements->take(utf8);
    if (!handle) {
        const QByteArray text = withNames(utf8);
        const int code = sqlite3_prepare_v3(m_handle, text.constData(), int(text.size()), SQLITE_PREPARE_PERSISTENT,
                                            &handle, nullptr);
        if (code != SQLITE_OK)
            note(code);
    }
    statement.m_handle = {handle, Statement::GiveBack{m_statements}};
    return statement;
}

Done Database::status() const
{
    if (m_error)
        return fail(*m_error);
    return {};
}

void Database::note(int code)
{
    if (m_error)
        return;
    const auto kind = code == SQLITE_INTERRUPT ? Error::Kind::Cancelled : Error::Kind::Storage;
    m_error = fail(kind, QString::fromUtf8(m_handle ? sqlite3_errmsg(m_handle) : sqlite3_errstr(code)), m_path).value();
}

Transaction::Transaction(Database &database) : m_database(database)
{
    m_database.clearError();
    if (const Done begun = m_database.execute(u"BEGIN IMMEDIATE"_s); !begun)
        m_open = false;
}

Transaction::~Transaction()
{
    if (m_open)
        std::ignore = m_database.execute(u"ROLLBACK"_s);
}

Done Transaction::commit()
{
    if (!m_open)
        return fail(Error::Kind::Storage, u"the store is locked by another program"_s);
    if (Done status = m_database.status(); !status)
        return status; // rolled back by the destructor
    Done done = m_database.execute(u"COMMIT"_s);
    if (done)
        m_open = false;
    return done;
}

} // namespace bobbin
