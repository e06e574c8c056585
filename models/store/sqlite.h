// SPDX-License-Identifier: GPL-3.0-or-later
// SQLite's C API with owners and Results: QtSql takes three times as long for the bulk writes of a sync.
// A Database is used by one thread; interrupt() alone may be called from another.
#pragma once

#include "models/core/error.h"
#include "models/domain/objects.h"

#include <QHash>
#include <memory>
#include <sqlite3.h>
#include <string_view>

namespace bobbin {

class Database;

// Statements whose owners are done with them, by their SQL: parsing costs more than most of them. Lives as long as the
// last of them, which may be longer than the Database.
class StatementCache {
public:
    ~StatementCache() { close(); }
    sqlite3_stmt *take(const QByteArray &sql);
    void giveBack(sqlite3_stmt *statement);
    void close(); // from now on what comes back is finalized

private:
    QHash<QByteArray, sqlite3_stmt *> m_idle;
    bool m_closed = false;
};

class Statement {
public:
    Statement() = default;
    // Binds from 1 on, in order. Empty optionals bind NULL. What is bound is kept until the next bind().
    template <class... Args> Statement &bind(const Args &...args)
    {
        sqlite3_reset(m_handle.get());
        m_texts.resize(0);
        m_texts.reserve((room(args) + ... + 0));
        m_blobs.clear();
        int position = 0;
        (bindOne(++position, args), ...);
        return *this;
    }
    bool step(); // true while there is a row; an error is kept in Database::lastError()
    void reset() { sqlite3_reset(m_handle.get()); }

    [[nodiscard]] bool isNull(int column) const { return sqlite3_column_type(m_handle.get(), column) == SQLITE_NULL; }
    [[nodiscard]] qint64 integer(int column) const { return sqlite3_column_int64(m_handle.get(), column); }
    [[nodiscard]] std::optional<qint64> optional(int column) const
    {
        return isNull(column) ? std::nullopt : std::optional(integer(column));
    }
    [[nodiscard]] QString text(int column) const;
    [[nodiscard]] QByteArray blob(int column) const;
    [[nodiscard]] std::string_view utf8(int column) const; // until the next step()

    template <class T, class F> Result<std::vector<T>> collect(F read); // a value a row, to the last one

private:
    friend class Database;
    struct GiveBack {
        std::shared_ptr<StatementCache> cache;
        void operator()(sqlite3_stmt *s) const { cache->giveBack(s); }
    };
    std::unique_ptr<sqlite3_stmt, GiveBack> m_handle;
    Database *m_database = nullptr;
    QByteArray m_texts; // SQLite is given pointers into these instead of making copies
    std::vector<QByteArray> m_blobs;

    template <class T> static qsizetype room(const T &value)
    {
        if constexpr (std::is_same_v<T, QString>)
            return value.size() * 3 + 1;
        else
            return 0;
    }
    void bindOne(int at, qint64 value) { sqlite3_bind_int64(m_handle.get(), at, value); }
    void bindOne(int at, int value) { sqlite3_bind_int64(m_handle.get(), at, value); }
    void bindOne(int at, const std::optional<qint64> &value);
    void bindOne(int at, const QString &value);
    void bindOne(int at, const QByteArray &value); // as a blob
    void bindOne(int at, std::nullptr_t) { sqlite3_bind_null(m_handle.get(), at); }
};

class Database {
public:
    enum class Mode { ReadWrite, ReadOnly };
    static Result<std::unique_ptr<Database>> open(const QString &path, Mode mode);
    ~Database();
    Database(const Database &) = delete;
    Database &operator=(const Database &) = delete;

    Done execute(const QString &sql);
    Done attach(const QString &path, const QString &name); // its tables are name.table then
    Statement prepare(const QString &sql); // our own SQL: a mistake in it is a bug, reported through lastError()
    [[nodiscard]] Done status() const; // the first error since clearError()
    void clearError() { m_error.reset(); }
    [[nodiscard]] qint64 lastInsertRowId() const { return sqlite3_last_insert_rowid(m_handle); }
    [[nodiscard]] int changes() const { return sqlite3_changes(m_handle); }
    void interrupt() { sqlite3_interrupt(m_handle); }

private:
    friend class Statement;
    Database() = default;
    void note(int code);
    sqlite3 *m_handle = nullptr;
    QString m_path;
    std::shared_ptr<StatementCache> m_statements = std::make_shared<StatementCache>();
    std::optional<Error> m_error;
};

template <class T, class F> Result<std::vector<T>> Statement::collect(F read)
{
    std::vector<T> all;
    while (step())
        all.push_back(read(*this));
    if (Done status = m_database->status(); !status)
        return fail(status.error());
    return all;
}

// Commits on commit(), rolls back otherwise.
class Transaction {
public:
    explicit Transaction(Database &database);
    ~Transaction();
    Transaction(const Transaction &) = delete;
    Transaction &operator=(const Transaction &) = delete;
    Done commit();

private:
    Database &m_database;
    bool m_open = true;
};

} // namespace bobbin
