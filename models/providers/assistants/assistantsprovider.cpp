// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/providers/assistants/assistantsprovider.h"

#include "models/wire/assistantsjson.h"
#include "models/wire/pagereader.h"

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

wire::ItemDecoder decoder(Resource resource)
{
    return [resource](json::Value item, const QByteArray &raw, Objects &into) {
        return wire::decodeObject(resource, item, raw, into);
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

QString AssistantsProvider::word(Resource resource) const
{
    switch (resource) {
    case Resource::Assistants:
        return u"assistant"_s;
    case Resource::Threads:
        return u"thread"_s;
    case Resource::Messages:
        return u"thread.message"_s;
    case Resource::Runs:
        return u"thread.run"_s;
    case Resource::Steps:
        return u"thread.run.step"_s;
    case Resource::Files:
        return u"file"_s;
    case Resource::VectorStores:
        return u"vector_store"_s;
    case Resource::StoreFiles:
        return u"vector_store.file"_s;
    }
    return {};
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

Request AssistantsProvider::change(const Change &change) const
{
    const QString id = segment(change.id);
    Request request;
    request.method = "POST";
    request.body = change.body;
    switch (change.kind) {
    case Change::Kind::CreateThread:
        request.path = u"/threads"_s;
        break;
    case Change::Kind::AddMessage:
        request.path = u"/threads/"_s + id + u"/messages"_s;
        break;
    case Change::Kind::DeleteThread:
        request.method = "DELETE";
        [[fallthrough]];
    case Change::Kind::EditThread:
        request.path = u"/threads/"_s + id;
        break;
    case Change::Kind::CancelRun:
        request.path = u"/threads/"_s + segment(change.parent) + u"/runs/"_s + id + u"/cancel"_s;
        break;
    case Change::Kind::SubmitToolOutputs:
        request.path = u"/threads/"_s + segment(change.parent) + u"/runs/"_s + id + u"/submit_tool_outputs"_s;
        break;
    case Change::Kind::EditAssistant:
        request.path = u"/assistants/"_s + id;
        break;
    case Change::Kind::CreateStore:
        request.path = u"/vector_stores"_s;
        break;
    case Change::Kind::RemoveStoreFile:
        request.method = "DELETE";
        request.path = u"/vector_stores/"_s + segment(change.parent) + u"/files/"_s + id;
        break;
    case Change::Kind::AddStoreFiles:
        request.path = u"/vector_stores/"_s + id + u"/file_batches"_s;
        break;
    case Change::Kind::AddStoreFile:
        request.path = u"/vector_stores/"_s + id + u"/files"_s;
        break;
    case Change::Kind::DeleteStore:
        request.method = "DELETE";
        [[fallthrough]];
    case Change::Kind::EditStore:
        request.path = u"/vector_stores/"_s + id;
        break;
    case Change::Kind::DeleteFile:
        request.method = "DELETE";
        request.path = u"/files/"_s + id;
        break;
    case Change::Kind::Complete:
        request.path = u"/chat/completions"_s;
        break;
    }
    return request;
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

const Provider &providerById(const QString &id)
{
    for (const Provider *provider : allProviders())
        if (provider->id() == id)
            return *provider;
    return *allProviders().front();
}

std::vector<const Provider *> allProviders()
{
    static const AssistantsProvider assistants;
    return {&assistants};
}

} // namespace bobbin
