// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/toyprovider.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>

namespace bobbin::test {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int pageSize = 3;

Request ask(const QString &path, const QJsonObject &body, bool repeatable)
{
    Request request;
    request.method = "POST";
    request.path = path;
    request.repeatable = repeatable;
    request.body = QJsonDocument(body).toJson(QJsonDocument::Compact);
    return request;
}

QString kindOf(Resource resource)
{
    return resource == Resource::Threads ? u"talks"_s : resource == Resource::Messages ? u"lines"_s : u"goes"_s;
}

Result<QJsonObject> objectIn(const QByteArray &bytes)
{
    QJsonParseError problem;
    const QJsonDocument document = QJsonDocument::fromJson(bytes, &problem);
    if (!document.isObject())
        return fail(Error::Kind::Decode, problem.errorString());
    return document.object();
}

OptTime timeOf(const QJsonObject &row)
{
    const QDateTime at = QDateTime::fromString(row["at"_L1].toString(), Qt::ISODateWithMs);
    return at.isValid() ? OptTime(at.toMSecsSinceEpoch()) : OptTime();
}

Metadata tagsOf(const QJsonObject &row)
{
    Metadata tags;
    const QJsonObject all = row["tags"_L1].toObject();
    for (auto it = all.begin(); it != all.end(); ++it)
        tags.insert(it.key(), it.value().toString());
    return tags;
}

QJsonObject tagsJson(const Metadata &tags)
{
    QJsonObject json;
    for (auto it = tags.cbegin(); it != tags.cend(); ++it)
        json.insert(it.key(), it.value());
    return json;
}

QJsonObject line(const NewMessage &message)
{
    return {{u"who"_s, message.role == "user"_L1 ? u"me"_s : u"it"_s}, {u"say"_s, message.text()}};
}

QString roleOf(const QJsonObject &row)
{
    return row["who"_L1].toString() == "me"_L1 ? u"user"_s : u"assistant"_s;
}

// `place`: of the row in its list, which is all the name that a line has.
Done read(Resource resource, const Parent &parent, const QJsonObject &row, qint64 place, Objects &into)
{
    const QByteArray raw = QJsonDocument(row).toJson(QJsonDocument::Compact);
    if (resource == Resource::Threads) {
        Thread thread;
        thread.id = row["key"_L1].toString();
        if (thread.id.isEmpty())
            return fail(Error::Kind::Decode, u"missing"_s, u"key"_s);
        thread.createdAt = timeOf(row);
        thread.title = row["about"_L1].toString();
        thread.model = row["model"_L1].toString();
        if (const QJsonValue tokens = row["tokens"_L1]; tokens.isObject())
            thread.usage = Usage{tokens["in"_L1].toInteger(), tokens["out"_L1].toInteger(), {}, {}, {}};
        if (!tagsOf(row).isEmpty())
            thread.metadata = QJsonDocument(row["tags"_L1].toObject()).toJson(QJsonDocument::Compact);
        thread.raw = raw;
        into.threads.push_back(std::move(thread));
    } else if (resource == Resource::Messages) {
        if (!row["say"_L1].isString())
            return fail(Error::Kind::Decode, u"missing"_s, u"say"_s);
        Message message;
        message.id = u"#%1"_s.arg(place);
        message.threadId = parent.thread;
        message.createdAt = timeOf(row);
        message.role = roleOf(row);
        message.status = u"completed"_s;
        message.text = row["say"_L1].toString();
        message.characters = message.text.size();
        message.raw = raw;
        into.messages.push_back(std::move(message));
    } else if (resource == Resource::Runs) {
        Run run;
        run.id = row["no"_L1].toVariant().toString();
        if (run.id.isEmpty())
            return fail(Error::Kind::Decode, u"missing"_s, u"no"_s);
        run.threadId = parent.thread;
        run.createdAt = run.completedAt = timeOf(row);
        run.statusWord = row["end"_L1].toString();
        run.status = run.statusWord == "well"_L1 ? RunStatus::Completed : RunStatus::Failed;
        run.raw = raw;
        into.runs.push_back(std::move(run));
    } else {
        return fail(Error::Kind::NotSupported, u"A toy has nothing of the kind."_s);
    }
    return {};
}

} // namespace

QString ToyProvider::id() const
{
    return u"toy"_s;
}

QString ToyProvider::name() const
{
    return u"Toy"_s;
}

Capabilities ToyProvider::capabilities() const
{
    Capabilities can;
    can.threads = Capabilities::Listing::Always;
    can.steps = false;
    can.messagesAtCreation = 2;
    can.messageCharacters = 40;
    can.metadataPairs = 8;
    return can;
}

std::vector<std::pair<QByteArray, QByteArray>> ToyProvider::headers(const Connection &) const
{
    return {};
}

Request ToyProvider::probe() const
{
    return ask(u"/hello"_s, {}, true);
}

Done ToyProvider::readProbe(const QByteArray &bytes) const
{
    const auto answer = objectIn(bytes);
    if (!answer || (*answer)["toy"_L1].toInt() != 1)
        return fail(Error::Kind::NotThisProtocol, u"no toy answers here"_s);
    return {};
}

std::vector<ListRef> ToyProvider::workspaceLists() const
{
    return {{Resource::Threads, {}, true}};
}

std::vector<ListRef> ToyProvider::threadLists(const QString &thread) const
{
    return {{Resource::Runs, {thread, {}, {}}, true}, {Resource::Messages, {thread, {}, {}}, true}};
}

std::vector<ListRef> ToyProvider::runLists(const QString &, const QString &) const
{
    return {};
}

Request ToyProvider::list(const ListRef &ref, const ListToken &from) const
{
    QJsonObject body{{u"what"_s, kindOf(ref.resource)}, {u"skip"_s, from.toLongLong()}, {u"most"_s, pageSize}};
    if (!ref.parent.thread.isEmpty())
        body.insert(u"of"_s, ref.parent.thread);
    return ask(u"/search"_s, body, true);
}

Request ToyProvider::get(Resource resource, const QString &id, const Parent &parent) const
{
    return ask(u"/one"_s, {{u"what"_s, kindOf(resource)}, {u"key"_s, id}, {u"of"_s, parent.thread}}, true);
}

QString ToyProvider::whyNot(Feature feature) const
{
    switch (feature) {
    case Feature::DeleteThreads:
    case Feature::CreateThreads:
        return {};
    default:
        return u"A toy has nothing of the kind."_s;
    }
}

Result<Request> ToyProvider::change(const Change &change) const
{
    if (const auto *create = std::get_if<change::CreateThread>(&change)) {
        QJsonArray lines;
        for (const NewMessage &message : create->thread.messages)
            lines << line(message);
        return ask(u"/make"_s, {{u"lines"_s, lines}, {u"tags"_s, tagsJson(create->thread.metadata)}}, false);
    }
    if (const auto *add = std::get_if<change::AddMessage>(&change))
        return ask(u"/say"_s, {{u"key"_s, add->thread}, {u"line"_s, line(add->message)}}, false);
    if (const auto *edit = std::get_if<change::EditThread>(&change); edit && edit->metadata)
        return ask(u"/tag"_s, {{u"key"_s, edit->thread}, {u"tags"_s, tagsJson(*edit->metadata)}}, false);
    if (const auto *drop = std::get_if<change::DeleteThread>(&change))
        return ask(u"/drop"_s, {{u"key"_s, drop->thread}}, false);
    return fail(Error::Kind::NotSupported, u"A toy has nothing of the kind."_s);
}

Request ToyProvider::fileContent(const QString &) const
{
    return ask(u"/nothing"_s, {}, true);
}

Request ToyProvider::fileText(const QString &, const QString &) const
{
    return ask(u"/nothing"_s, {}, true);
}

Result<Page> ToyProvider::readPage(const ListRef &ref, const ListToken &from, const QByteArray &bytes) const
{
    const auto answer = objectIn(bytes);
    if (!answer)
        return fail(answer.error());
    const QJsonValue rows = (*answer)["rows"_L1];
    if (!rows.isArray())
        return fail(Error::Kind::NotThisProtocol, u"the answer has no \"rows\""_s);
    Page page;
    qint64 place = from.toLongLong();
    for (const QJsonValue row : rows.toArray()) {
        if (const Done done = read(ref.resource, ref.parent, row.toObject(), place, page.objects); !done)
            page.problems.push_back(done.error());
        ++place;
    }
    // How many there are is told; rows are only ever added at the end.
    page.more = place < (*answer)["all"_L1].toInteger();
    const ListToken here = QByteArray::number(place);
    if (page.more && place > from.toLongLong())
        page.next = here;
    page.resume = ref.resource == Resource::Threads ? ListToken() : here;
    return page;
}

Result<Objects> ToyProvider::readItem(Resource resource, const Parent &parent, const QByteArray &bytes) const
{
    const auto row = objectIn(bytes);
    if (!row)
        return fail(row.error());
    Objects objects;
    if (const Done done = read(resource, parent, *row, (*row)["place"_L1].toInteger(), objects); !done)
        return fail(done.error());
    return objects;
}

Result<MessageContent> ToyProvider::readMessage(const QByteArray &raw) const
{
    const auto row = objectIn(raw);
    if (!row)
        return fail(row.error());
    MessageContent content;
    content.role = roleOf(*row);
    content.createdAt = timeOf(*row);
    content.parts = {{ContentPart::Kind::Text, (*row)["say"_L1].toString(), {}}};
    return content;
}

Result<StepContent> ToyProvider::readStep(const QByteArray &) const
{
    return fail(Error::Kind::NotSupported, u"A toy takes no steps."_s);
}

Result<std::vector<ToolCall>> ToyProvider::readRequiredAction(const QByteArray &) const
{
    return std::vector<ToolCall>();
}

Result<Belongings> ToyProvider::readBelongings(const QByteArray &raw) const
{
    const auto row = objectIn(raw);
    if (!row)
        return fail(row.error());
    return Belongings{(*row)["about"_L1].toString(), tagsOf(*row), {}, {}};
}

Result<ObjectFacts> ToyProvider::readFacts(const QByteArray &raw) const
{
    const auto own = readBelongings(raw);
    if (!own)
        return fail(own.error());
    ObjectFacts facts;
    facts.belongings = *own;
    return facts;
}

Result<MessageAgain> ToyProvider::again(const QByteArray &messageRaw) const
{
    const auto row = objectIn(messageRaw);
    if (!row)
        return fail(row.error());
    return MessageAgain{textMessages(roleOf(*row), (*row)["say"_L1].toString(), capabilities().messageCharacters), {}};
}

Result<NewStoreFile> ToyProvider::againInStore(const QByteArray &) const
{
    return fail(Error::Kind::NotSupported, u"A toy has no stores."_s);
}

Result<Completion> ToyProvider::readCompletion(const QByteArray &) const
{
    return fail(Error::Kind::NotSupported, u"A toy writes nothing."_s);
}

Result<QString> ToyProvider::readFileText(const QByteArray &) const
{
    return fail(Error::Kind::NotSupported, u"A toy has no files."_s);
}

Error ToyProvider::refine(Error error, const Connection &, const Request &) const
{
    return error;
}

} // namespace bobbin::test
