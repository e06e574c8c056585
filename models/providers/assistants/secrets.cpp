// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/providers/assistants/secrets.h"

#include "models/core/jsontext.h"
#include "models/domain/content.h"

#include <QJsonArray>
#include <algorithm>

namespace bobbin::assistants {

using namespace Qt::Literals::StringLiterals;

namespace {

bool hide(QJsonObject &server) // an MCP server
{
    bool hidden = false;
    if (QJsonObject headers = server.value("headers"_L1).toObject(); !headers.isEmpty()) {
        for (auto it = headers.begin(); it != headers.end(); ++it)
            it.value() = secretMark;
        server.insert(u"headers"_s, headers);
        hidden = true;
    }
    if (server.value("authorization"_L1).isString()) {
        server.insert(u"authorization"_s, secretMark);
        hidden = true;
    }
    return hidden;
}

bool hideIn(QJsonArray &servers)
{
    bool hidden = false;
    for (qsizetype i = 0; i < servers.size(); ++i)
        if (QJsonObject server = servers[i].toObject(); hide(server)) {
            servers[i] = server;
            hidden = true;
        }
    return hidden;
}

bool hideInTools(QJsonArray &tools)
{
    bool hidden = false;
    for (qsizetype i = 0; i < tools.size(); ++i) {
        QJsonObject tool = tools[i].toObject();
        if (tool.value("type"_L1) != "mcp"_L1)
            continue;
        QJsonObject inner = tool.value("mcp"_L1).toObject();
        const bool inside = hide(inner);
        if (inside)
            tool.insert(u"mcp"_s, inner);
        if (hide(tool) || inside) {
            tools[i] = tool;
            hidden = true;
        }
    }
    return hidden;
}

bool saysMcp(json::Value value)
{
    if (simdjson::dom::array all; !value.get(all)) {
        for (const json::Value one : all)
            if (saysMcp(one))
                return true;
        return false;
    }
    simdjson::dom::object fields;
    if (value.get(fields))
        return false;
    for (const auto [key, inner] : fields)
        if (std::string_view text; key == "mcp" || (key == "type" && !inner.get(text) && text == "mcp"))
            return true;
    return false;
}

} // namespace

// Every field is looked at: a key may be there twice, and only one of them is what a reader by name sees.
bool mayHoldSecrets(json::Value object)
{
    simdjson::dom::object fields;
    if (object.get(fields))
        return false;
    for (const auto [key, value] : fields)
        if ((key == "tools" || key == "tool_resources") && saysMcp(value))
            return true;
    return false;
}

Result<QByteArray> withoutSecrets(const QByteArray &raw)
{
    const QJsonDocument document = QJsonDocument::fromJson(json::parseable(raw));
    if (!document.isObject()) // what cannot be looked through is not kept
        return fail(Error::Kind::Decode, u"its tools cannot be read"_s);
    QJsonObject object = document.object();
    QJsonObject resources = object.value("tool_resources"_L1).toObject();
    QJsonArray servers = resources.value("mcp"_L1).toArray();
    QJsonArray tools = object.value("tools"_L1).toArray();
    const bool inResources = hideIn(servers);
    const bool inTools = hideInTools(tools);
    if (!inResources && !inTools)
        return raw;
    if (inResources) {
        resources.insert(u"mcp"_s, servers);
        object.insert(u"tool_resources"_s, resources);
    }
    if (inTools)
        object.insert(u"tools"_s, tools);
    return compactBytes(object);
}

} // namespace bobbin::assistants
