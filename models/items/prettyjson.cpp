// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/prettyjson.h"

#include "models/wire/json.h"

#include <cctype>

namespace bobbin {

// Only white space is changed: order, numbers and escapes stay the server's own.
QString prettyJson(const QByteArray &raw)
{
    simdjson::dom::parser parser;
    simdjson::dom::element document;
    const QByteArray text = json::parseable(raw);
    if (parser.parse(text.constData(), std::size_t(text.size())).get(document) != simdjson::SUCCESS ||
        !(document.is_object() || document.is_array()))
        return QString::fromUtf8(raw);
    QByteArray out;
    out.reserve(raw.size() * 2);
    int depth = 0;
    const auto newLine = [&] { out += '\n' + QByteArray(depth * 4, ' '); };
    for (qsizetype i = 0; i < raw.size(); ++i) {
        const char c = raw[i];
        switch (c) {
        case '"': {
            const qsizetype start = i++;
            while (raw[i] != '"')
                i += raw[i] == '\\' ? 2 : 1;
            out += QByteArrayView(raw).sliced(start, i + 1 - start);
            break;
        }
        case '{':
        case '[': {
            qsizetype next = i + 1;
            while (std::isspace(static_cast<unsigned char>(raw[next])))
                ++next;
            out += c;
            if (raw[next] == '}' || raw[next] == ']') {
                out += raw[i = next]; // empty: on one line
                break;
            }
            ++depth;
            newLine();
            break;
        }
        case '}':
        case ']':
            --depth;
            newLine();
            out += c;
            break;
        case ',':
            out += c;
            newLine();
            break;
        case ':':
            out += ": ";
            break;
        default:
            if (!std::isspace(static_cast<unsigned char>(c)))
                out += c;
        }
    }
    return QString::fromUtf8(out);
}

} // namespace bobbin
