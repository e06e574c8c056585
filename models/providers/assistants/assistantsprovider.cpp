// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/providers/assistants/assistantsprovider.h"

#include "models/core/jsontext.h"
#include "models/providers/assistants/bodies.h"
#include "models/providers/assistants/content.h"
#include "models/providers/assistants/facts.h"
#include "models/providers/assistants/objects.h"
#include "models/wire/pagereader.h"

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

Request write(const change::Complete &c)
{
    return post(u"/chat/completions"_s, assistants::completionBody(c));
}

wire::ItemDecoder decoder(Resource resource)
{
    return [resource](json::Value item, const QByteArray &raw, Objects &into) {
        return assistants::decodeObject(resource, item, raw, into);
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

std::vector<std::pair<QByteArray, QByteArray>> AssistantsProvider::headers(const Connection &connection) const
{
    std::vector<std::pair<QByteArray, QByteArray>> all{{"OpenAI-Beta", "assistants=v2"}};
    if (!connection.organization.isEmpty())
        all.emplace_back("OpenAI-Organization", connection.organization.toUtf8());
    if (!connection.project.isEmpty())
        all.emplace_back("OpenAI-Project", connection.project.toUtf8());
    return all;
}

Request AssistantsProvider::list(Resource resource, const Parent &parent, const Cursor &cursor) const
{
    Request request;
    request.path = listPath(resource, parent);
    request.query.addQueryItem(u"limit"_s, QString::number(cursor.limit));
    request.query.addQueryItem(u"order"_s, cursor.ascending ? u"asc"_s : u"desc"_s);
    if (!cursor.after.isEmpty())
        request.query.addQueryItem(u"after"_s, segment(cursor.after));
    if (resource == Resource::Steps)
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

Result<Page> AssistantsProvider::readPage(Resource resource, const Parent &parent, const QByteArray &bytes) const
{
    Result<Page> page = wire::readPage(bytes, decoder(resource));
    if (page)
        addParent(page->objects, parent);
    return page;
}

std::optional<QString> AssistantsProvider::peekCursor(const QByteArray &bytes) const
{
    return wire::peekCursor(bytes);
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

Error AssistantsProvider::refine(Error error, const Connection &connection, const Request &request) const
{
    const bool assistantsPath = request.path.startsWith("/assistants"_L1) || request.path.startsWith("/threads"_L1);
    if (error.httpStatus == 404 && assistantsPath && QUrl(connection.baseUrl).host().endsWith("api.openai.com"_L1))
        error.kind = Error::Kind::SwitchedOff;
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

} // namespace bobbin
