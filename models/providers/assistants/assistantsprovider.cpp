// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/providers/assistants/assistantsprovider.h"

#include "models/core/jsontext.h"
#include "models/providers/assistants/billed.h"
#include "models/providers/assistants/bodies.h"
#include "models/providers/assistants/content.h"
#include "models/providers/assistants/facts.h"
#include "models/providers/assistants/objects.h"
#include "models/providers/assistants/passing.h"
#include "models/providers/assistants/secrets.h"
#include "models/wire/pagereader.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QUrl>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

QString segment(const QString &id)
{
    return QString::fromLatin1(QUrl::toPercentEncoding(id));
}

QString listPath(Resource resource, const Parent &parent)
{
    switch (resource) {
    case Resource::Assistants:
        return u"/assistants"_s;
    case Resource::Threads:
        return u"/threads"_s;
    case Resource::Messages:
        return u"/threads/"_s + segment(parent.thread) + u"/messages"_s;
    case Resource::Runs:
        return u"/threads/"_s + segment(parent.thread) + u"/runs"_s;
    case Resource::Steps:
        return u"/threads/"_s + segment(parent.thread) + u"/runs/"_s + segment(parent.run) + u"/steps"_s;
    case Resource::Files:
        return u"/files"_s;
    case Resource::VectorStores:
        return u"/vector_stores"_s;
    case Resource::StoreFiles:
        return u"/vector_stores/"_s + segment(parent.store) + u"/files"_s;
    }
    return {};
}

constexpr int pageSize = 100;
constexpr char backwards = '\x1f'; // in front of a place, see list()

struct Placed {
    QString id;
    OptTime createdAt;
    bool open = false; // it will still change
};

std::vector<Placed> placed(Resource resource, const Objects &objects)
{
    std::vector<Placed> all;
    const auto add = [&](const auto &list, auto open) {
        for (const auto &one : list)
            all.push_back({one.id, one.createdAt, open(one)});
    };
    const auto never = [](const auto &) { return false; };
    switch (resource) {
    case Resource::Assistants:
        add(objects.assistants, never);
        break;
    case Resource::Threads:
        add(objects.threads, never);
        break;
    case Resource::Messages:
        add(objects.messages, [](const Message &m) { return m.status == "in_progress"_L1; });
        break;
    case Resource::Runs:
        add(objects.runs, [](const Run &r) { return isActive(r.status); });
        break;
    case Resource::Steps:
        add(objects.steps, never);
        break;
    case Resource::Files:
        add(objects.files, never);
        break;
    case Resource::VectorStores:
        add(objects.stores, never);
        break;
    case Resource::StoreFiles:
        add(objects.storeFiles, never);
        break;
    }
    return all;
}

// Odd servers leave the parent's id out of the item: we asked for it, so we know it.
void addParent(Objects &objects, const Parent &parent)
{
    const auto fill = [](QString &field, const QString &value) {
        if (field.isEmpty())
            field = value;
    };
    for (Message &message : objects.messages)
        fill(message.threadId, parent.thread);
    for (Run &run : objects.runs)
        fill(run.threadId, parent.thread);
    for (RunStep &step : objects.steps) {
        fill(step.threadId, parent.thread);
        fill(step.runId, parent.run);
    }
    for (StoreFile &file : objects.storeFiles)
        fill(file.storeId, parent.store);
}

Request post(const QString &path, const QJsonObject &body = {})
{
    Request request;
    request.method = "POST";
    request.path = path;
    if (!body.isEmpty())
        request.body = compactBytes(body);
    return request;
}

Request remove(const QString &path)
{
    Request request;
    request.method = "DELETE";
    request.path = path;
    return request;
}

QString threadPath(const QString &thread)
{
    return u"/threads/"_s + segment(thread);
}

QString storePath(const QString &store)
{
    return u"/vector_stores/"_s + segment(store);
}

Request write(const change::CreateThread &c)
{
    return post(u"/threads"_s, assistants::threadBody(c.thread));
}

Request write(const change::AddMessage &c)
{
    return post(threadPath(c.thread) + u"/messages"_s, assistants::messageBody(c.message));
}

Request write(const change::EditThread &c)
{
    QJsonObject body;
    if (c.metadata)
        body.insert(u"metadata"_s, assistants::metadataBody(*c.metadata));
    if (c.resources)
        body.insert(u"tool_resources"_s, assistants::toolResourcesBody(*c.resources));
    return post(threadPath(c.thread), body);
}

Request write(const change::DeleteThread &c)
{
    return remove(threadPath(c.thread));
}

Request write(const change::CancelRun &c)
{
    return post(threadPath(c.thread) + u"/runs/"_s + segment(c.run) + u"/cancel"_s);
}

Request write(const change::SubmitToolOutputs &c)
{
    return post(threadPath(c.thread) + u"/runs/"_s + segment(c.run) + u"/submit_tool_outputs"_s,
                assistants::toolOutputsBody(c.outputs));
}

Request write(const change::StartRun &c)
{
    return post(threadPath(c.thread) + u"/runs"_s, assistants::runBody(c));
}

Request write(const change::EditAssistant &c)
{
    return post(u"/assistants/"_s + segment(c.assistant),
                {{u"tool_resources"_s, assistants::toolResourcesBody(c.resources)}});
}

Request write(const change::CreateStore &c)
{
    return post(u"/vector_stores"_s, assistants::storeBody(c.store));
}

Request write(const change::EditStore &c)
{
    return post(storePath(c.store), {{u"metadata"_s, assistants::metadataBody(c.metadata)}});
}

Request write(const change::AddStoreFiles &c)
{
    QJsonArray files;
    for (const NewStoreFile &file : c.files)
        files << assistants::storeFileBody(file);
    return post(storePath(c.store) + u"/file_batches"_s, {{u"files"_s, files}});
}

Request write(const change::AddStoreFile &c)
{
    return post(storePath(c.store) + u"/files"_s, assistants::storeFileBody(c.file));
}

Request write(const change::RemoveStoreFile &c)
{
    return remove(storePath(c.store) + u"/files/"_s + segment(c.file));
}

Request write(const change::DeleteStore &c)
{
    return remove(storePath(c.store));
}

Request write(const change::DeleteFile &c)
{
    return remove(u"/files/"_s + segment(c.file));
}

Request write(const change::UploadFile &c)
{
    Request request = post(u"/files"_s);
    request.upload = Request::Upload{c.path, c.name, {{"purpose", "assistants"}}};
    return request;
}

Request write(const change::Complete &c)
{
    return post(u"/chat/completions"_s, assistants::completionBody(c));
}

struct ProviderText {
    Q_DECLARE_TR_FUNCTIONS(AssistantsProvider)
};

Error switchedOff(Error error)
{
    error.kind = Error::Kind::SwitchedOff;
    error.message = ProviderText::tr("OpenAI switched its Assistants API off on 26 August 2026. Connect to a server "
                                     "that still speaks it; vector stores and files stay reachable.");
    return error;
}

wire::ItemDecoder decoder(Resource resource)
{
    const bool mayHold =
        resource == Resource::Assistants || resource == Resource::Threads || resource == Resource::Runs;
    return [resource, mayHold](json::Value item, const QByteArray &raw, Objects &into) {
        if (!mayHold || !assistants::mayHoldSecrets(item))
            return assistants::decodeObject(resource, item, raw, into);
        const Result<QByteArray> kept = assistants::withoutSecrets(raw);
        return kept ? assistants::decodeObject(resource, item, *kept, into) : fail(kept.error());
    };
}

} // namespace

QString AssistantsProvider::id() const
{
    return u"assistants-v2"_s;
}

QString AssistantsProvider::name() const
{
    return u"Assistants v2 (OpenAI-compatible)"_s;
}

int AssistantsProvider::likelihood(const QUrl &baseUrl) const
{
    return baseUrl.path().endsWith("/v1"_L1) ? 60 : 30; // nothing in an address says it for sure
}

QString AssistantsProvider::exampleUrl() const
{
    return u"https://host/v1"_s;
}

std::vector<IdShape> AssistantsProvider::idShapes() const
{
    return {{Resource::Threads, u"thread_(?:[A-Za-z0-9]{24}|[a-z2-7]{32}|[0-9a-f]{32,64})"},
            {Resource::Assistants, u"asst_(?:[A-Za-z0-9]{24}|[a-z2-7]{32})"},
            {Resource::Runs, u"run_(?:[A-Za-z0-9]{24}|[a-z2-7]{32})"},
            {Resource::Steps, u"step_[A-Za-z0-9]{24}"},
            // msg_01 with 22 more is another provider's
            {Resource::Messages,
             u"(?!msg_01[A-Za-z0-9]{22}(?![A-Za-z0-9]))msg_(?:[A-Za-z0-9]{24}|[0-9a-f]{48,52}|[a-z2-7]{32})"},
            {Resource::VectorStores, u"vs_(?:[0-9a-f]{32}|[A-Za-z0-9]{24})"},
            {Resource::Files, u"(?:file-[A-Za-z0-9]{20,26}|file_[0-9a-f]{24,40}|assistant-[A-Za-z0-9]{20,26})"}};
}

std::vector<std::pair<QByteArray, QByteArray>> AssistantsProvider::headers(const Connection &connection) const
{
    std::vector<std::pair<QByteArray, QByteArray>> all{{"OpenAI-Beta", "assistants=v2"}};
    if (!connection.organization.isEmpty())
        all.emplace_back("OpenAI-Organization", connection.organization.toUtf8());
    if (!connection.project.isEmpty())
        all.emplace_back("OpenAI-Project", connection.project.toUtf8());
    return all;
}

Request AssistantsProvider::probe() const
{
    Request request;
    request.path = listPath(Resource::Assistants, {});
    request.query.addQueryItem(u"limit"_s, u"1"_s);
    return request;
}

Done AssistantsProvider::readProbe(const QByteArray &bytes) const
{
    const Result<Page> page = readPage({Resource::Assistants}, {}, bytes);
    if (!page)
        return fail(page.error());
    return page->problems.empty() || page->objects.size() > 0 ? Done() : fail(page->problems.front());
}

std::vector<ListRef> AssistantsProvider::workspaceLists() const
{
    return {{Resource::Assistants, {}, true},
            {Resource::Files},
            {Resource::VectorStores},
            {Resource::Threads, {}, false, true}};
}

std::vector<ListRef> AssistantsProvider::threadLists(const QString &thread) const
{
    const Parent parent{thread, {}, {}};
    return {{Resource::Messages, parent, true}, {Resource::Runs, parent, true}};
}

std::vector<ListRef> AssistantsProvider::runLists(const QString &thread, const QString &run) const
{
    return {{Resource::Steps, {thread, run, {}}}};
}

// A place is the id of the item before it, behind a mark where the server lists the newest first against our wish.
Request AssistantsProvider::list(const ListRef &ref, const ListToken &from) const
{
    Request request;
    request.path = listPath(ref.resource, ref.parent);
    request.query.addQueryItem(u"limit"_s, QString::number(pageSize));
    request.query.addQueryItem(u"order"_s, ref.newestFirst ? u"desc"_s : u"asc"_s);
    if (!from.isEmpty())
        request.query.addQueryItem(u"after"_s,
                                   segment(QString::fromUtf8(from.startsWith(backwards) ? from.mid(1) : from)));
    if (ref.resource == Resource::Steps)
        request.query.addQueryItem(u"include%5B%5D"_s,
                                   u"step_details.tool_calls%5B%2A%5D.file_search.results%5B%2A%5D.content"_s);
    return request;
}

Request AssistantsProvider::get(Resource resource, const QString &id, const Parent &parent) const
{
    Request request;
    request.path = listPath(resource, parent) + u"/"_s + segment(id);
    return request;
}

Result<Request> AssistantsProvider::change(const Change &change) const
{
    return std::visit([](const auto &one) { return write(one); }, change);
}

Request AssistantsProvider::fileContent(const QString &fileId) const
{
    Request request;
    request.path = u"/files/"_s + segment(fileId) + u"/content"_s;
    return request;
}

Request AssistantsProvider::fileText(const QString &storeId, const QString &fileId) const
{
    Request request;
    request.path = u"/vector_stores/"_s + segment(storeId) + u"/files/"_s + segment(fileId) + u"/content"_s;
    return request;
}

Result<Page> AssistantsProvider::readPage(const ListRef &ref, const ListToken &from, const QByteArray &bytes) const
{
    Result<wire::ListAnswer> answer = wire::readList(bytes, decoder(ref.resource));
    if (!answer)
        return fail(answer.error());
    Page page;
    page.objects = std::move(answer->objects);
    page.problems = std::move(answer->problems);
    page.more = answer->hasMore;
    addParent(page.objects, ref.parent);
    const std::vector<Placed> items = placed(ref.resource, page.objects);
    if (items.empty())
        return page;
    // Servers are wrong about has_more and last_id: a full page is followed by another question, from its last item.
    if (page.more || items.size() >= pageSize)
        page.next = items.back().id.toUtf8();
    const bool descends = from.startsWith(backwards) ||
        (items.size() > 1 && items.front().createdAt && items.back().createdAt &&
         *items.front().createdAt > *items.back().createdAt);
    const bool resumable = ref.resource == Resource::Messages || ref.resource == Resource::Runs;
    if (!resumable || ref.newestFirst || descends) {
        if (resumable && !ref.newestFirst && !from.isEmpty() && !from.startsWith(backwards))
            return fail(Error::Kind::Rejected, u"order ignored"_s); // this is older than what it was to go on from
        if (resumable && page.next)
            page.next->prepend(backwards);
        page.settled = false;
        return page;
    }
    const auto firstOpen = std::ranges::find(items, true, &Placed::open);
    page.settled = firstOpen == items.end();
    if (firstOpen != items.begin())
        page.resume = (firstOpen - 1)->id.toUtf8();
    return page;
}

std::optional<ListToken> AssistantsProvider::peekNext(const QByteArray &bytes) const
{
    const auto id = wire::peekCursor(bytes);
    return id ? std::optional(id->toUtf8()) : std::nullopt;
}

Result<Objects> AssistantsProvider::readItem(Resource resource, const Parent &parent, const QByteArray &bytes) const
{
    Result<Objects> objects = wire::readItem(bytes, decoder(resource));
    if (objects)
        addParent(*objects, parent);
    return objects;
}

Result<MessageContent> AssistantsProvider::readMessage(const QByteArray &raw) const
{
    return assistants::readMessage(raw);
}

Result<StepContent> AssistantsProvider::readStep(const QByteArray &raw) const
{
    return assistants::readStep(raw);
}

Result<std::vector<ToolCall>> AssistantsProvider::readRequiredAction(const QByteArray &runRaw) const
{
    return assistants::readRequiredAction(runRaw);
}

Result<Belongings> AssistantsProvider::readBelongings(const QByteArray &raw) const
{
    return assistants::readBelongings(raw);
}

Result<ObjectFacts> AssistantsProvider::readFacts(const QByteArray &raw) const
{
    return assistants::readFacts(raw);
}

Result<MessageAgain> AssistantsProvider::again(const QByteArray &messageRaw) const
{
    return assistants::again(messageRaw, capabilities().messageCharacters);
}

Result<NewStoreFile> AssistantsProvider::againInStore(const QByteArray &storeFileRaw) const
{
    return assistants::againInStore(storeFileRaw);
}

Result<Completion> AssistantsProvider::readCompletion(const QByteArray &bytes) const
{
    return assistants::readCompletion(bytes);
}

Result<QString> AssistantsProvider::readFileText(const QByteArray &bytes) const
{
    return assistants::readFileText(bytes);
}

Request AssistantsProvider::billed(const BilledRef &ref, const QString &from) const
{
    return assistants::billedRequest(ref, from);
}

Result<BilledPage> AssistantsProvider::readBilled(const BilledRef &ref, const QByteArray &bytes) const
{
    return assistants::readBilledPage(ref, bytes);
}

Error AssistantsProvider::refine(Error error, const Connection &connection, const Request &request) const
{
    const bool assistantsPath = request.path.startsWith("/assistants"_L1) || request.path.startsWith("/threads"_L1);
    if (error.httpStatus == 404 && assistantsPath && QUrl(connection.baseUrl).host().endsWith("api.openai.com"_L1))
        error = switchedOff(std::move(error));
    else if (error.code == "missing_scope"_L1)
        error.kind = Error::Kind::Forbidden; // OpenAI answers 401, but the key itself is good
    else if (error.code == "invalid_beta"_L1)
        error.kind = Error::Kind::NotThisProtocol;
    else if (error.httpStatus == 400 &&
             (error.message.contains("already has an active run"_L1) ||
              (error.message.contains("Can't add messages to"_L1) && error.message.contains("is active"_L1)) ||
              error.message.startsWith("Cannot cancel run"_L1)))
        error.kind = Error::Kind::Conflict; // code is null on the wire: only the text tells
    return error;
}

Asked AssistantsProvider::readAsked(const QByteArray &method, const QString &path, const QByteArray &body) const
{
    return assistants::readAsked(method, path, body);
}

QByteArray AssistantsProvider::inThread(const QByteArray &target, const QString &from, const QString &to) const
{
    return assistants::inThread(target, from, to);
}

Result<Told> AssistantsProvider::readTold(const Asked &asked, const QByteArray &json) const
{
    return assistants::readTold(asked, json);
}

Result<QByteArray> AssistantsProvider::withoutAttached(const QByteArray &body, const QStringList &files) const
{
    return assistants::withoutAttached(body, files);
}

} // namespace bobbin
