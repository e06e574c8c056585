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
    return fail(Error::Kind::Decode, QString::fromLatin1(simdjson::error_message(code)), place).value();
}

Done decodeRaw(std::string_view raw, const ItemDecoder &decode, Objects &into, const QString &place)
{
    json::Value item;
    if (const auto code = parsers().item.parse(raw.data(), raw.size()).get(item))
        return fail(decodeError(code, place));
    if (!item.is_object())
        return fail(Error::Kind::Decode, u"not an object"_s, place);
    Done done = decode(item, QByteArray(raw.data(), qsizetype(raw.size())), into);
    if (!done && done.error().place.isEmpty())
        done.error().place = place;
    else if (!done)
        done.error().place = place + u"."_s + done.error().place;
    return done;
}

simdjson::error_code readArray(ondemand::array items, const ItemDecoder &decode, Page &page)
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
        if (Done done = decodeRaw(raw, decode, page.objects, place); !done)
            page.problems.push_back(std::move(done.error()));
    }
    return simdjson::SUCCESS;
}

} // namespace

Result<Page> readPage(const QByteArray &bytes, const ItemDecoder &decode)
{
    const simdjson::padded_string padded(bytes.constData(), std::size_t(bytes.size()));
    Page page;
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
        if (const auto code = readArray(items, decode, page))
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
            if (const auto code = readArray(items, decode, page))
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
    if (!sawData)
        return fail(Error::Kind::NotThisProtocol, u"the answer has no \"data\" list"_s);
    return page;
}

Result<Objects> readItem(const QByteArray &bytes, const ItemDecoder &decode)
{
    Objects objects;
    const std::string_view text(bytes.constData(), std::size_t(bytes.size()));
    if (Done done = decodeRaw(text, decode, objects, {}); !done)
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
