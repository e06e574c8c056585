// SPDX-License-Identifier: GPL-3.0-or-later
// What the demo server holds: the objects of one project. Assistants, files and stores are JSON as on the wire;
// messages, runs and steps are structs written out on request, and a thread's are made when it is first looked at, so
// that a million runs start at once.
#pragma once

#include <QByteArray>
#include <QHash>
#include <QJsonArray>
#include <QJsonObject>
#include <QRandomGenerator>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace bobbin::demo {

struct DemoUsage {
    qint64 prompt = 0, completion = 0, cached = -1; // cached < 0: not told
};

struct DemoMessage {
    QByteArray id;
    qint64 created = 0; // Unix seconds, as all times here
    bool user = true;
    QByteArray content; // the JSON array
    QByteArray runId, assistantId;
    QByteArray attachments = "[]";
    QByteArray metadata = "{}";
    QByteArray incomplete; // reason; empty: completed
};

struct DemoStep {
    QByteArray id;
    qint64 created = 0, ended = 0;
    QByteArray status = "completed";
    QByteArray messageId; // empty: tool calls
    QByteArray calls; // the JSON array
    QByteArray errorCode;
    bool usage = true;
    DemoUsage tokens;
};

struct DemoRun {
    QByteArray id;
    qint64 created = 0, started = 0, completed = 0, failed = 0, cancelled = 0, expires = 0;
    QByteArray status = "completed";
    QByteArray assistantId, model;
    QByteArray instructions = "null"; // JSON
    QByteArray tools = "[]";
    QByteArray metadata = "{}";
    QByteArray errorCode, errorMessage, incomplete;
    qint64 maxPrompt = 0, lastMessages = 0; // 0: none given
    QByteArray pendingCalls; // requires_action: the tool_calls array
    bool usage = true;
    DemoUsage tokens;
    std::vector<DemoStep> steps;
    qint64 nextMs = 0; // when a live run moves on (Unix ms); 0: it stays
    bool toolsAnswered = false;

    [[nodiscard]] bool active() const
    {
        return status == "queued" || status == "in_progress" || status == "requires_action" || status == "cancelling";
    }
};

struct DemoThread {
    QByteArray id;
    qint64 created = 0;
    QJsonObject metadata;
    QJsonObject toolResources;
    std::vector<DemoMessage> messages; // oldest first
    std::vector<DemoRun> runs;
    std::function<void(DemoThread &)> fill; // makes messages and runs on first sight

    void load()
    {
        if (auto make = std::exchange(fill, nullptr))
            make(*this);
    }
    [[nodiscard]] DemoRun *run(const QByteArray &runId);
    [[nodiscard]] DemoRun *activeRun();
};

// An ordered map from id to JSON object, oldest first.
class DemoTable {
public:
    QJsonObject *find(const QString &id);
    void add(const QJsonObject &object);
    bool remove(const QString &id);
    [[nodiscard]] const std::deque<QJsonObject> &all() const { return m_rows; }
    void clear();

private:
    std::deque<QJsonObject> m_rows;
    QHash<QString, qsizetype> m_index;
    void reindex();
};

class DemoState {
public:
    explicit DemoState(quint32 seed);

    DemoTable assistants, files, stores;
    QHash<QString, DemoTable> storeFiles; // by store
    QHash<QString, DemoTable> batches;
    QHash<QString, QByteArray> fileContent;
    std::vector<std::unique_ptr<DemoThread>> threads; // oldest first
    std::vector<std::unique_ptr<DemoThread>> removed; // what they cost stays billed
    QHash<QByteArray, DemoThread *> threadById;
    QRandomGenerator random;

    QByteArray newId(const char *prefix); // 24 letters and digits
    QByteArray newHexId(const char *prefix);
    DemoThread *addThread(std::unique_ptr<DemoThread> thread);
    bool removeThread(const QByteArray &id);
    void refreshStore(const QString &id); // counts and size from its files

    [[nodiscard]] QJsonObject toJson(); // everything, for --state
    bool fromJson(const QJsonObject &json, QString *problem);
};

QByteArray threadJson(const DemoThread &thread);
QByteArray messageJson(const DemoThread &thread, const DemoMessage &message);
QByteArray runJson(const DemoThread &thread, const DemoRun &run);
QByteArray stepJson(const DemoThread &thread, const DemoRun &run, const DemoStep &step);
QByteArray jsonString(QByteArrayView utf8); // quoted and escaped
QByteArray compact(const QJsonObject &object);
QByteArray compact(const QJsonArray &array);
QByteArray textContent(QByteArrayView utf8); // one text part

} // namespace bobbin::demo
