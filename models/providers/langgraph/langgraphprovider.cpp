// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/providers/langgraph/langgraphprovider.h"

#include "models/core/jsontext.h"
#include "models/providers/langgraph/history.h"
#include "models/providers/langgraph/messages.h"
#include "models/providers/langgraph/objects.h"
#include "models/wire/pagereader.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ProviderText {
    Q_DECLARE_TR_FUNCTIONS(LangGraphProvider)
};

constexpr int pageSize = 500; // the server takes up to 1000; a run carries its whole input

QString segment(const QString &id)
{
    return QString::fromLatin1(QUrl::toPercentEncoding(id));
}

QString threadPath(const QString &thread)
{
    return u"/threads/"_s + segment(thread);
}

Request post(const QString &path, const QJsonObject &body)
{
    Request request;
    request.method = "POST";
    request.path = path;
    request.body = compactBytes(body);
    return request;
}

Request search(const QString &path, QJsonObject body)
{
    Request request = post(path, body);
    request.repeatable = true;
    return request;
}

// A place in a list of offsets: how many lie before it; and of runs the last of them, which is asked for again, to see
// that none was deleted meanwhile.
struct OffsetPlace {
    qint64 offset = 0;
    QString last;

    static OffsetPlace from(const ListToken &token)
    {
        const qsizetype space = token.indexOf(' ');
        return {token.left(space).toLongLong(), space < 0 ? QString() : QString::fromUtf8(token.mid(space + 1))};
    }
    [[nodiscard]] ListToken token() const
    {
        return QByteArray::number(offset) + (last.isEmpty() ? QByteArray() : ' ' + last.toUtf8());
    }
    [[nodiscard]] qint64 begin() const { return last.isEmpty() ? offset : offset - 1; }
};

QJsonObject messageBody(const NewMessage &message)
{
    if (!message.original.isEmpty())
        return message.original;
    QJsonArray parts;
    for (const NewPart &part : message.parts)
        parts << (part.kind == NewPart::Kind::Text
                      ? QJsonObject{{u"type"_s, u"text"_s}, {u"text"_s, part.text}}
                      : QJsonObject{{u"type"_s, u"image_url"_s}, {u"image_url"_s, QJsonObject{{u"url"_s, part.text}}}});
    const bool plain = parts.size() == 1 && message.parts.front().kind == NewPart::Kind::Text;
    return {{u"type"_s,
             message.role == "user"_L1            ? u"human"_s
                 : message.role == "assistant"_L1 ? u"ai"_s
                                                  : message.role},
            {u"content"_s, plain ? QJsonValue(message.parts.front().text) : QJsonValue(parts)}};
}

QJsonArray messageBodies(const std::vector<NewMessage> &messages)
{
    QJsonArray bodies;
    for (const NewMessage &message : messages)
        bodies << messageBody(message);
    return bodies;
}

QJsonObject metadataBody(const Metadata &metadata, QJsonObject others = {})
{
    for (auto it = metadata.cbegin(); it != metadata.cend(); ++it)
        others.insert(it.key(), it.value());
    return others;
}

// The state is written as the user's input would be, and what the graph would do then is called off: no node runs.
Result<Request> createThread(const NewThread &thread)
{
    QJsonObject state = thread.resources.more["values"_L1].toObject();
    if (!thread.messages.empty())
        state.insert(thread.resources.more["messages_key"_L1].toString(u"messages"_s), messageBodies(thread.messages));
    QJsonObject body{{u"metadata"_s, metadataBody(thread.metadata, thread.resources.more["metadata"_L1].toObject())}};
    if (!state.isEmpty()) {
        if (!thread.metadata.contains(u"graph_id"_s))
            return fail(Error::Kind::NotSupported,
                        ProviderText::tr("The thread does not say which graph it belongs to (metadata graph_id): no "
                                         "run was made on it, so no state can be written into a new one."));
        const auto superstep = [](const QJsonValue &values, const QString &node) {
            return QJsonObject{{u"updates"_s, QJsonArray{QJsonObject{{u"values"_s, values}, {u"as_node"_s, node}}}}};
        };
        body.insert(u"supersteps"_s,
                    QJsonArray{superstep(state, u"__start__"_s), superstep(QJsonValue::Null, u"__end__"_s)});
    }
    return post(u"/threads"_s, body);
}

Result<Request> editThread(const change::EditThread &edit)
{
    if (!edit.metadata)
        return fail(Error::Kind::NotSupported, ProviderText::tr("LangGraph has no files and no vector stores."));
    QJsonObject metadata = metadataBody(*edit.metadata);
    for (const QString &key : edit.removed) // it merges: a key can be emptied, not removed
        metadata.insert(key, QJsonValue::Null);
    Request request = post(threadPath(edit.thread), {{u"metadata"_s, metadata}});
    request.method = "PATCH";
    return request;
}

wire::ItemDecoder decoder(Resource resource)
{
    return [resource](json::Value item, const QByteArray &raw, Objects &into) -> Done {
        if (resource != Resource::Messages)
            return langgraph::decodeObject(resource, item, raw, into);
        auto message = langgraph::readEnvelope(item, raw);
        if (!message)
            return fail(message.error());
        into.messages.push_back(*std::move(message));
        return {};
    };
}

Result<Objects> noneOfTheKind()
{
    return fail(Error::Kind::NotSupported, ProviderText::tr("LangGraph has no files and no vector stores."));
}

} // namespace

QString LangGraphProvider::id() const
{
    return u"langgraph"_s;
}

QString LangGraphProvider::name() const
{
    return u"LangGraph Agent Server"_s;
}

Capabilities LangGraphProvider::capabilities() const
{
    Capabilities can;
    can.threads = Capabilities::Listing::Always;
    can.messagesAtCreation = 100'000;
    can.messageCharacters = 1'000'000;
    can.metadataPairs = 256;
    can.tellsCancelled = false;
    can.tellsRunLimits = false;
    return can;
}

QString LangGraphProvider::whyNot(Feature feature) const
{
    switch (feature) {
    case Feature::CreateThreads:
    case Feature::DeleteThreads:
    case Feature::CancelRuns:
        return {};
    case Feature::AnswerTools:
        return ProviderText::tr("A graph that waits for a person is answered by a new run with a command: let the app "
                                "that started it do that.");
    case Feature::TakeTurns:
        return ProviderText::tr("What a graph takes as input is its own: let the app that knows it begin its runs.");
    case Feature::WriteSummary:
        return ProviderText::tr("The server has no model of its own to write a summary with; rotate with the last "
                                "turns, or write the summary yourself.");
    case Feature::ReadBilled:
        return ProviderText::tr("A LangGraph server counts no tokens of its own; the providers of its models do.");
    case Feature::Consolidate:
    case Feature::DeleteFiles:
    case Feature::UploadFiles:
    case Feature::ReadFileText:
        return ProviderText::tr("LangGraph has no files and no vector stores.");
    }
    return {};
}

QString LangGraphProvider::whyNotCarried(const QByteArray &threadRaw) const
{
    const QJsonObject thread = QJsonDocument::fromJson(threadRaw).object();
    if (thread["status"_L1] == "interrupted"_L1)
        return ProviderText::tr("it waits for a person's answer, which would be lost; answer it first");
    if (!thread["metadata"_L1].toObject().contains("graph_id"_L1))
        return ProviderText::tr("no run was made on it, so the server does not know its graph");
    if (thread.contains("values"_L1) && !thread.contains("messages_key"_L1))
        return ProviderText::tr("its graph keeps no list of messages in its state, so there is nothing to shorten");
    return {};
}

std::vector<IdShape> LangGraphProvider::idShapes() const
{
    return {{Resource::Threads, u"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"}};
}

std::vector<std::pair<QByteArray, QByteArray>> LangGraphProvider::headers(const Connection &) const
{
    return {};
}

std::vector<KeyForm> LangGraphProvider::keyForms() const
{
    return {{u"x-api-key"_s, ProviderText::tr("LangSmith key (X-Api-Key header)"), "X-Api-Key", {}},
            {u"bearer"_s, ProviderText::tr("Own token (Authorization: Bearer)"), "Authorization", "Bearer "}};
}

int LangGraphProvider::likelihood(const QUrl &baseUrl) const
{
    const bool hosted = baseUrl.host().endsWith(".langgraph.app"_L1);
    const bool usualPort = baseUrl.port() == 2024 || baseUrl.port() == 8123;
    return hosted ? 100 : usualPort && baseUrl.path().size() <= 1 ? 70 : 5;
}

QString LangGraphProvider::exampleUrl() const
{
    return u"http://127.0.0.1:2024"_s;
}

Request LangGraphProvider::probe() const
{
    Request request;
    request.path = u"/info"_s;
    return request;
}

Done LangGraphProvider::readProbe(const QByteArray &bytes) const
{
    const QJsonObject info = QJsonDocument::fromJson(bytes).object();
    if (!info["version"_L1].isString() || !info["flags"_L1].isObject())
        return fail(Error::Kind::NotThisProtocol, u"no LangGraph server answers here"_s);
    return {};
}

std::vector<ListRef> LangGraphProvider::workspaceLists() const
{
    return {{Resource::Assistants, {}, true}, {Resource::Threads, {}, true}};
}

// The history first: every run in it is in the list that is read after.
std::vector<ListRef> LangGraphProvider::threadLists(const QString &thread) const
{
    const Parent parent{thread, {}, {}};
    return {{Resource::Messages, parent, true}, {Resource::Runs, parent, true}};
}

std::vector<ListRef> LangGraphProvider::runLists(const QString &, const QString &) const
{
    return {};
}

Request LangGraphProvider::list(const ListRef &ref, const ListToken &from) const
{
    Request request;
    const OffsetPlace place = OffsetPlace::from(from);
    const QJsonObject page{{u"limit"_s, pageSize},
                           {u"offset"_s, place.begin()},
                           {u"sort_by"_s, u"created_at"_s},
                           {u"sort_order"_s, ref.newestFirst ? u"desc"_s : u"asc"_s}};
    switch (ref.resource) {
    case Resource::Assistants:
        return search(u"/assistants/search"_s, page);
    case Resource::Threads: {
        QJsonObject body = page;
        body.insert(u"select"_s, // without its state
                    QJsonArray{u"thread_id"_s, u"created_at"_s, u"updated_at"_s, u"status"_s, u"metadata"_s});
        return search(u"/threads/search"_s, body);
    }
    case Resource::Runs:
        request.path = threadPath(ref.parent.thread) + u"/runs"_s;
        request.query.addQueryItem(u"limit"_s, QString::number(pageSize));
        request.query.addQueryItem(u"offset"_s, QString::number(place.begin()));
        return request;
    default:
        break;
    }
    const langgraph::HistoryPlace history = langgraph::HistoryPlace::from(from);
    request.path = threadPath(ref.parent.thread) + u"/history"_s;
    request.query.addQueryItem(u"limit"_s, QString::number(history.limit));
    if (!history.before.isEmpty())
        request.query.addQueryItem(u"before"_s, segment(history.before));
    return request;
}

Request LangGraphProvider::get(Resource resource, const QString &id, const Parent &parent) const
{
    Request request;
    request.path = resource == Resource::Assistants ? u"/assistants/"_s + segment(id)
        : resource == Resource::Runs                ? threadPath(parent.thread) + u"/runs/"_s + segment(id)
                                                    : threadPath(id);
    return request;
}

Result<Request> LangGraphProvider::change(const Change &change) const
{
    if (const auto *create = std::get_if<change::CreateThread>(&change))
        return createThread(create->thread);
    if (const auto *add = std::get_if<change::AddMessage>(&change))
        return post(threadPath(add->thread) + u"/state"_s,
                    {{u"values"_s, QJsonObject{{u"messages"_s, QJsonArray{messageBody(add->message)}}}}});
    if (const auto *edit = std::get_if<change::EditThread>(&change))
        return editThread(*edit);
    if (const auto *drop = std::get_if<change::DeleteThread>(&change)) {
        Request request;
        request.method = "DELETE";
        request.path = threadPath(drop->thread);
        return request;
    }
    if (const auto *cancel = std::get_if<change::CancelRun>(&change)) {
        // Without "wait": the JavaScript server waits for the end with any value of it.
        Request request = post(threadPath(cancel->thread) + u"/runs/"_s + segment(cancel->run) + u"/cancel"_s, {});
        request.query.addQueryItem(u"action"_s, u"interrupt"_s);
        return request;
    }
    if (std::holds_alternative<change::SubmitToolOutputs>(change))
        return fail(able(Feature::AnswerTools).error());
    if (std::holds_alternative<change::StartRun>(change))
        return fail(able(Feature::TakeTurns).error());
    if (std::holds_alternative<change::Complete>(change))
        return fail(able(Feature::WriteSummary).error());
    return fail(able(Feature::Consolidate).error());
}

Request LangGraphProvider::fileContent(const QString &fileId) const
{
    Request request;
    request.path = u"/files/"_s + segment(fileId) + u"/content"_s; // nothing is there
    return request;
}

Request LangGraphProvider::fileText(const QString &, const QString &fileId) const
{
    return fileContent(fileId);
}

Result<Page> LangGraphProvider::readPage(const ListRef &ref, const ListToken &from, const QByteArray &bytes) const
{
    if (ref.resource == Resource::Messages)
        return langgraph::readHistory(ref.parent.thread, from, bytes);
    Result<wire::ListAnswer> answer = wire::readList(bytes, decoder(ref.resource));
    if (!answer)
        return fail(answer.error());
    Page page;
    page.objects = std::move(answer->objects);
    page.problems = std::move(answer->problems);
    OffsetPlace place = OffsetPlace::from(from);
    const qint64 told = qint64(page.objects.size()) + qint64(page.problems.size());
    const qint64 end = place.begin() + told;
    page.more = told >= pageSize;
    if (ref.resource != Resource::Runs) {
        if (page.more)
            page.next = OffsetPlace{end, {}}.token();
        return page;
    }
    std::vector<Run> &runs = page.objects.runs;
    for (Run &run : runs)
        if (run.threadId.isEmpty())
            run.threadId = ref.parent.thread;
    if (!place.last.isEmpty() && (runs.empty() || runs.front().id != place.last))
        return fail(Error::Kind::Rejected, u"the list changed while it was read"_s);
    if (!place.last.isEmpty())
        runs.erase(runs.begin());
    if (runs.empty())
        return page;
    if (page.more)
        page.next = OffsetPlace{end, runs.back().id}.token();
    // Some servers list the newest first: then nothing tells where a later sync could go on.
    if (runs.size() > 1 && runs.front().createdAt > runs.back().createdAt) {
        page.settled = false;
        return page;
    }
    const auto open = std::ranges::find_if(runs, [](const Run &run) { return isActive(run.status); });
    page.settled = open == runs.end() && page.problems.empty();
    if (open != runs.begin() && page.problems.empty())
        page.resume = OffsetPlace{end - (runs.end() - open), (open - 1)->id}.token();
    return page;
}

Result<Objects> LangGraphProvider::readItem(Resource resource, const Parent &parent, const QByteArray &bytes) const
{
    if (resource == Resource::Steps) {
        auto step = langgraph::readStepEnvelope(bytes);
        if (!step)
            return fail(step.error());
        Objects objects;
        objects.steps.push_back(*std::move(step));
        return objects;
    }
    if (resource == Resource::Files || resource == Resource::VectorStores || resource == Resource::StoreFiles)
        return noneOfTheKind();
    Result<Objects> objects = wire::readItem(bytes, decoder(resource));
    if (objects)
        for (Run &run : objects->runs)
            if (run.threadId.isEmpty())
                run.threadId = parent.thread;
    return objects;
}

Result<MessageContent> LangGraphProvider::readMessage(const QByteArray &raw) const
{
    return langgraph::readContent(raw);
}

Result<StepContent> LangGraphProvider::readStep(const QByteArray &raw) const
{
    auto step = langgraph::readStepEnvelope(raw);
    if (!step)
        return fail(step.error());
    StepContent content;
    content.step = *std::move(step);
    const QJsonObject all = QJsonDocument::fromJson(raw).object();
    for (const QJsonValue message : all["messages"_L1].toArray())
        if (message["type"_L1] == "ai"_L1)
            content.messageId = message["id"_L1].toString();
    for (const QJsonValue call : all["calls"_L1].toArray())
        content.calls.push_back({call["id"_L1].toString(), u"function"_s, call["name"_L1].toString(),
                                 compactText(call["args"_L1].toObject()), call["output"_L1].toString(), true});
    for (const QJsonValue asked : all["interrupts"_L1].toArray()) {
        const QJsonValue question = asked["value"_L1];
        content.calls.push_back({asked["id"_L1].toString(),
                                 u"interrupt"_s,
                                 all["node"_L1].toString(),
                                 question.isString() ? question.toString() : compactText(question.toObject()),
                                 {},
                                 false});
    }
    return content;
}

Result<std::vector<ToolCall>> LangGraphProvider::readRequiredAction(const QByteArray &) const
{
    return std::vector<ToolCall>(); // a run that asks has ended
}

Result<Belongings> LangGraphProvider::readBelongings(const QByteArray &raw) const
{
    return langgraph::readBelongings(raw);
}

Result<ObjectFacts> LangGraphProvider::readFacts(const QByteArray &raw) const
{
    return langgraph::readFacts(raw);
}

Result<MessageAgain> LangGraphProvider::again(const QByteArray &messageRaw) const
{
    return langgraph::sendAgain(messageRaw);
}

Result<NewStoreFile> LangGraphProvider::againInStore(const QByteArray &) const
{
    return fail(able(Feature::Consolidate).error());
}

QByteArray LangGraphProvider::comparable(Resource resource, const QByteArray &raw) const
{
    return resource == Resource::Threads ? langgraph::comparableThread(raw)
        : resource == Resource::Messages ? langgraph::messageBytes(raw)
                                         : Provider::comparable(resource, raw);
}

Result<Completion> LangGraphProvider::readCompletion(const QByteArray &) const
{
    return fail(able(Feature::WriteSummary).error());
}

Result<QString> LangGraphProvider::readFileText(const QByteArray &) const
{
    return fail(able(Feature::ReadFileText).error());
}

Error LangGraphProvider::refine(Error error, const Connection &, const Request &) const
{
    if (error.httpStatus == 422 && error.message.contains("already running"_L1))
        error.kind = Error::Kind::Conflict;
    return error;
}

} // namespace bobbin
