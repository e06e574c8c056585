// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/wire/pagereader.h"

#include <QRegularExpression>

namespace bobbin::wire {

using namespace Qt::Literals::StringLiterals;
namespace ondemand = simdjson::ondemand;

namespace {

struct Parsers {
    ondemand::parser page;
    simdjson::dom::parser item;
};

Parsers &parsers()
{
    // One pair per thread, kept for its buffers.
    thread_local Parsers kept;
    return kept;
}

Error decodeError(simdjson::error_code code, const QString &place)
{
    return fail(Error::Kind::Decode, json::words(code), place).value();
}

// Some servers put an error into an answer that says 200.
std::optional<Error> errorIn(json::Value item)
{
    const auto error = json::member(item, "error");
    if (!error)
        return std::nullopt;
    for (const std::string_view own : {"id", "thread_id", "run_id", "assistant_id", "data"}) // an object with an error
        if (json::member(item, own))
            return std::nullopt;
    Error told =
        fail(Error::Kind::Server, error->is_string() ? json::asText(*error) : json::text(*error, "message")).value();
    if (error->is_object())
        told.code = json::text(*error, "code");
    if (told.message.isEmpty() && told.code.isEmpty())
        return std::nullopt;
    return told;
}

// `text` is what can be parsed of `raw`, which is kept as the server sent it.
Done decodeRaw(std::string_view text, const QByteArray &raw, const ItemDecoder &decode, Objects &into,
               const QString &place)
{
    json::Value item;
    if (const auto code = parsers().item.parse(text.data(), text.size()).get(item))
        return fail(decodeError(code, place));
    if (!item.is_object())
        return fail(Error::Kind::Decode, u"not an object"_s, place);
    if (const auto error = errorIn(item))
        return fail(*error);
    Done done = decode(item, raw, into);
    if (!done && done.error().place.isEmpty())
        done.error().place = place;
    else if (!done)
        done.error().place = place + u"."_s + done.error().place;
    return done;
}

// `begin` is where the parsed text begins, which has the same places as `bytes`.
simdjson::error_code readArray(ondemand::array items, const ItemDecoder &decode, const QByteArray &bytes,
                               const char *begin, ListAnswer &page)
{
    int index = -1;
    for (auto entry : items) {
        ++index;
        std::string_view raw;
        ondemand::value value;
        if (const auto code = entry.get(value))
            return code;
        ondemand::json_type type{};
        if (const auto code = value.type().get(type))
            return code;
        const QString place = u"data[%1]"_s.arg(index);
        if (type != ondemand::json_type::object) {
            page.problems.push_back(fail(Error::Kind::Decode, u"not an object"_s, place).value());
            continue;
        }
        ondemand::object object;
        if (const auto code = value.get(object))
            return code;
        if (const auto code = object.raw_json().get(raw))
            return code;
        raw = raw.substr(0, raw.find_last_of('}') + 1); // simdjson counts the space behind it in
        const QByteArray original(bytes.constData() + (raw.data() - begin), qsizetype(raw.size()));
        if (Done done = decodeRaw(raw, original, decode, page.objects, place); !done)
            page.problems.push_back(std::move(done.error()));
    }
    return simdjson::SUCCESS;
}

} // namespace

Result<ListAnswer> readList(const QByteArray &answer, const ItemDecoder &decode)
{
    QByteArray text = json::parseable(answer);
    // The original from where the text begins: behind a byte order mark.
    const QByteArray bytes = answer.mid(answer.size() - text.size());
    const qsizetype size = text.size();
    text.reserve(size + qsizetype(simdjson::SIMDJSON_PADDING)); // no second copy
    const simdjson::padded_string_view padded(text.constData(), std::size_t(size), std::size_t(text.capacity()));
    ListAnswer page;
    ondemand::document document;
    if (const auto code = parsers().page.iterate(padded).get(document))
        return fail(decodeError(code, {}));
    ondemand::json_type type{};
    if (const auto code = document.type().get(type))
        return fail(decodeError(code, {}));
    if (type == ondemand::json_type::array) {
        ondemand::array items;
        if (const auto code = document.get(items))
            return fail(decodeError(code, {}));
        if (const auto code = readArray(items, decode, bytes, text.constData(), page))
            return fail(decodeError(code, {}));
        return page;
    }
    ondemand::object envelope;
    if (const auto code = document.get(envelope))
        return fail(decodeError(code, {}));
    bool sawData = false;
    for (auto field : envelope) {
        std::string_view key;
        ondemand::value value;
        if (const auto code = field.unescaped_key().get(key))
            return fail(decodeError(code, {}));
        if (const auto code = field.value().get(value))
            return fail(decodeError(code, {}));
        if (key == "data") {
            ondemand::array items;
            if (value.get(items))
                return fail(Error::Kind::Decode, u"not an array"_s, u"data"_s);
            if (const auto code = readArray(items, decode, bytes, text.constData(), page))
                return fail(decodeError(code, u"data"_s));
            sawData = true;
        } else if (key == "has_more") {
            bool more = false;
            if (!value.get(more))
                page.hasMore = more;
        } else if (key == "first_id" || key == "last_id") {
            std::string_view id;
            if (!value.get(id))
                (key == "first_id" ? page.firstId : page.lastId) = json::toQString(id);
        }
    }
    const char *rest = nullptr;
    if (document.current_location().get(rest) == simdjson::SUCCESS) // an error means: at the end
        return fail(Error::Kind::Decode, u"text follows the JSON document"_s);
    if (!sawData) {
        json::Value item;
        if (!parsers().item.parse(text.constData(), std::size_t(size)).get(item) && item.is_object())
            if (const auto error = errorIn(item))
                return fail(*error);
    }
    if (!sawData)
        return fail(Error::Kind::NotThisProtocol, u"the answer has no \"data\" list"_s);
    return page;
}

Result<Objects> readItem(const QByteArray &bytes, const ItemDecoder &decode)
{
    Objects objects;
    const QByteArray text = json::parseable(bytes);
    if (Done done = decodeRaw({text.constData(), std::size_t(text.size())}, bytes.mid(bytes.size() - text.size()),
                              decode, objects, {});
        !done)
        return fail(std::move(done.error()));
    return objects;
}

std::optional<QString> peekCursor(const QByteArray &bytes)
{
    constexpr qsizetype tail = 400;
    static const QRegularExpression last(u"\"last_id\"\\s*:\\s*\"([\\w-]+)\"[^{}\\[\\]]*\\}\\s*$"_s);
    static const QRegularExpression more(u"\"has_more\"\\s*:\\s*true[^{}\\[\\]]*\\}\\s*$"_s);
    const QString end = QString::fromUtf8(bytes.right(tail));
    const QRegularExpressionMatch id = last.match(end);
    if (!id.hasMatch() || !more.match(end).hasMatch())
        return std::nullopt;
    return id.captured(1);
}

} // namespace bobbin::wire
