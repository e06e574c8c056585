// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/state.h"

#include <QJsonDocument>

namespace bobbin::demo {

using namespace Qt::Literals::StringLiterals;

namespace {

QByteArray time(qint64 seconds)
{
    return seconds > 0 ? QByteArray::number(seconds) : QByteArray("null");
}
QByteArray orNull(const QByteArray &text)
{
    return text.isEmpty() ? QByteArray("null") : jsonString(text);
}

QByteArray usageJson(const DemoUsage &u, bool details)
{
    QByteArray out = "{\"prompt_tokens\":" + QByteArray::number(u.prompt) +
        ",\"completion_tokens\":" + QByteArray::number(u.completion) +
        ",\"total_tokens\":" + QByteArray::number(u.prompt + u.completion);
    if (details && u.cached >= 0)
        out += ",\"prompt_token_details\":{\"cached_tokens\":" + QByteArray::number(u.cached) +
            "},\"completion_tokens_details\":{\"reasoning_tokens\":0}";
    return out + '}';
}

} // namespace

QByteArray jsonString(QByteArrayView utf8)
{
    QByteArray out;
    out.reserve(utf8.size() + 2);
    out += '"';
    for (const char c : utf8) {
        switch (c) {
        case '"':
            out += "\\\"";
            break;
        case '\\':
            out += "\\\\";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\t':
            out += "\\t";
            break;
        default:
            if (uchar(c) < 0x20)
                out += "\\u00" + QByteArray::number(uchar(c), 16).rightJustified(2, '0');
            else
                out += c;
        }
    }
    return out + '"';
}

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}
QByteArray compact(const QJsonArray &array)
{
    return QJsonDocument(array).toJson(QJsonDocument::Compact);
}

QByteArray textContent(QByteArrayView utf8)
{
    return "[{\"type\":\"text\",\"text\":{\"value\":" + jsonString(utf8) + ",\"annotations\":[]}}]";
}

QByteArray threadJson(const DemoThread &t)
{
    return "{\"id\":" + jsonString(t.id) + ",\"object\":\"thread\",\"created_at\":" + time(t.created) +
        ",\"metadata\":" + compact(t.metadata) + ",\"tool_resources\":" + compact(t.toolResources) + '}';
}

QByteArray messageJson(const DemoThread &t, const DemoMessage &m)
{
    const bool whole = m.incomplete.isEmpty();
    return "{\"id\":" + jsonString(m.id) + ",\"object\":\"thread.message\",\"created_at\":" + time(m.created) +
        ",\"assistant_id\":" + orNull(m.assistantId) + ",\"thread_id\":" + jsonString(t.id) +
        ",\"run_id\":" + orNull(m.runId) + ",\"role\":" + (m.user ? "\"user\"" : "\"assistant\"") +
        ",\"status\":" + (whole ? "\"completed\"" : "\"incomplete\"") +
        ",\"completed_at\":" + (whole ? time(m.created) : QByteArray("null")) +
        ",\"incomplete_at\":" + (whole ? QByteArray("null") : time(m.created)) +
        ",\"incomplete_details\":" + (whole ? QByteArray("null") : "{\"reason\":" + jsonString(m.incomplete) + '}') +
        ",\"content\":" + m.content + ",\"attachments\":" + m.attachments + ",\"metadata\":" + m.metadata + '}';
}

namespace {

QByteArray orNull(qint64 number)
{
    return number > 0 ? QByteArray::number(number) : QByteArray("null");
}

} // namespace

QByteArray runJson(const DemoThread &t, const DemoRun &r)
{
    QByteArray out;
    out.reserve(1200 + r.tools.size() + r.instructions.size());
    out += "{\"id\":" + jsonString(r.id) + ",\"object\":\"thread.run\",\"created_at\":" + time(r.created) +
        ",\"assistant_id\":" + jsonString(r.assistantId) + ",\"thread_id\":" + jsonString(t.id) + ",\"status\":\"" +
        r.status + "\",\"started_at\":" + time(r.started) +
        ",\"expires_at\":" + time(r.active() || r.status == "expired" ? r.expires : 0) +
        ",\"cancelled_at\":" + time(r.cancelled) + ",\"failed_at\":" + time(r.failed) +
        ",\"completed_at\":" + time(r.completed);
    out += ",\"required_action\":";
    if (r.status == "requires_action")
        out += "{\"type\":\"submit_tool_outputs\",\"submit_tool_outputs\":{\"tool_calls\":" + r.pendingCalls + "}}";
    else
        out += "null";
    out += ",\"last_error\":";
    out += r.errorCode.isEmpty()
        ? QByteArray("null")
        : "{\"code\":" + jsonString(r.errorCode) + ",\"message\":" + jsonString(r.errorMessage) + '}';
    out += ",\"model\":" + jsonString(r.model) + ",\"instructions\":" + r.instructions + ",\"tools\":" + r.tools +
        ",\"metadata\":" + r.metadata + ",\"incomplete_details\":" +
        (r.incomplete.isEmpty() ? QByteArray("null") : "{\"reason\":" + jsonString(r.incomplete) + '}') +
        ",\"usage\":" + (r.usage && !r.active() ? usageJson(r.tokens, true) : QByteArray("null")) +
        ",\"temperature\":1.0,\"top_p\":1.0,\"max_prompt_tokens\":" + orNull(r.maxPrompt) +
        ",\"max_completion_tokens\":null,\"truncation_strategy\":{\"type\":" +
        (r.lastMessages > 0 ? "\"last_messages\"" : "\"auto\"") + ",\"last_messages\":" + orNull(r.lastMessages) +
        "},\"response_format\":\"auto\","
        "\"tool_choice\":\"auto\",\"parallel_tool_calls\":true}";
    return out;
}

QByteArray stepJson(const DemoThread &t, const DemoRun &r, const DemoStep &s)
{
    const auto when = [&](const char *status) { return s.status == status ? time(s.ended) : QByteArray("null"); };
    return "{\"id\":" + jsonString(s.id) + ",\"object\":\"thread.run.step\",\"created_at\":" + time(s.created) +
        ",\"assistant_id\":" + jsonString(r.assistantId) + ",\"thread_id\":" + jsonString(t.id) +
        ",\"run_id\":" + jsonString(r.id) +
        ",\"type\":" + (s.messageId.isEmpty() ? "\"tool_calls\"" : "\"message_creation\"") + ",\"status\":\"" +
        s.status + "\",\"step_details\":" +
        (s.messageId.isEmpty() ? "{\"type\":\"tool_calls\",\"tool_calls\":" + s.calls + '}'
                               : "{\"type\":\"message_creation\",\"message_creation\":{\"message_id\":" +
                 jsonString(s.messageId) + "}}") +
        ",\"last_error\":" +
        (s.errorCode.isEmpty() ? QByteArray("null")
                               : "{\"code\":" + jsonString(s.errorCode) + ",\"message\":\"The step failed.\"}") +
        ",\"expired_at\":" + when("expired") + ",\"cancelled_at\":" + when("cancelled") +
        ",\"failed_at\":" + when("failed") + ",\"completed_at\":" + when("completed") + ",\"metadata\":{},\"usage\":" +
        (s.usage && s.status != "in_progress" ? usageJson(s.tokens, false) : QByteArray("null")) + '}';
}

DemoRun *DemoThread::run(const QByteArray &runId)
{
    for (DemoRun &r : runs)
        if (r.id == runId)
            return &r;
    return nullptr;
}

DemoRun *DemoThread::activeRun()
{
    // Only the newest run can be active: an active one locks the thread.
    return !runs.empty() && runs.back().active() ? &runs.back() : nullptr;
}

QJsonObject *DemoTable::find(const QString &id)
{
    const auto hit = m_index.constFind(id);
    return hit == m_index.cend() ? nullptr : &m_rows[std::size_t(*hit)];
}

void DemoTable::add(const QJsonObject &object)
{
    m_index.insert(object["id"_L1].toString(), qsizetype(m_rows.size()));
    m_rows.push_back(object);
}

bool DemoTable::remove(const QString &id)
{
    const auto hit = m_index.constFind(id);
    if (hit == m_index.cend())
        return false;
    m_rows.erase(m_rows.begin() + *hit);
    reindex();
    return true;
}

void DemoTable::clear()
{
    m_rows.clear();
    m_index.clear();
}

void DemoTable::reindex()
{
    m_index.clear();
    for (std::size_t i = 0; i < m_rows.size(); ++i)
        m_index.insert(m_rows[i]["id"_L1].toString(), qsizetype(i));
}

DemoState::DemoState(quint32 seed) : random(seed)
{
}

QByteArray DemoState::newId(const char *prefix)
{
    static constexpr char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    QByteArray id(prefix);
    for (int i = 0; i < 24; ++i)
        id += letters[random.bounded(int(sizeof letters - 1))];
    return id;
}

QByteArray DemoState::newHexId(const char *prefix)
{
    QByteArray id(prefix);
    for (int i = 0; i < 4; ++i)
        id += QByteArray::number(random.generate(), 16).rightJustified(8, '0');
    return id;
}

DemoThread *DemoState::addThread(std::unique_ptr<DemoThread> thread)
{
    DemoThread *added = thread.get();
    threadById.insert(added->id, added);
    threads.push_back(std::move(thread));
    return added;
}

bool DemoState::removeThread(const QByteArray &id)
{
    DemoThread *gone = threadById.take(id);
    if (!gone)
        return false;
    const auto at = std::ranges::find_if(threads, [gone](const auto &t) { return t.get() == gone; });
    removed.push_back(std::move(*at));
    threads.erase(at);
    return true;
}

void DemoState::refreshStore(const QString &id)
{
    QJsonObject *store = stores.find(id);
    if (!store)
        return;
    QJsonObject counts{{u"in_progress"_s, 0}, {u"completed"_s, 0}, {u"failed"_s, 0}, {u"cancelled"_s, 0}};
    qint64 bytes = 0;
    for (const QJsonObject &file : storeFiles[id].all()) {
        const QString status = file["status"_L1].toString();
        counts[status] = counts[status].toInt() + 1;
        bytes += file["usage_bytes"_L1].toInteger();
    }
    counts[u"total"_s] = qint64(storeFiles[id].all().size());
    (*store)[u"file_counts"_s] = counts;
    (*store)[u"usage_bytes"_s] = bytes;
    if ((*store)["status"_L1].toString() != "expired"_L1)
        (*store)[u"status"_s] = counts["in_progress"_L1].toInt() > 0 ? u"in_progress"_s : u"completed"_s;
}

} // namespace bobbin::demo
