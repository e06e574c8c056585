// SPDX-License-Identifier: GPL-3.0-or-later
// The neutral forms of domain/change.h as JSON, which is how plans carry them and the journal keeps them; and those
// that older journals kept, which were Assistants v2 bodies.
#pragma once

#include "models/domain/change.h"

#include <QJsonArray>

namespace bobbin {

QJsonObject toJson(const Metadata &metadata);
Metadata metadataFromJson(const QJsonObject &json);
QJsonObject toJson(const NewMessage &message);
NewMessage messageFromJson(const QJsonObject &json);
QJsonObject toJson(const NewThread &thread);
NewThread threadFromJson(const QJsonObject &json);
QJsonObject toJson(const NewStore &store);
NewStore storeFromJson(const QJsonObject &json);
QJsonArray toJson(const std::vector<NewStoreFile> &files);
std::vector<NewStoreFile> storeFilesFromJson(const QJsonArray &json);
QJsonArray toJson(const std::vector<ToolOutput> &outputs);
std::vector<ToolOutput> toolOutputsFromJson(const QJsonArray &json);

QStringList strings(const QJsonValue &array);

// Steps as journals up to version 3 kept them -> as they are kept now.
QJsonArray neutralSteps(const QJsonArray &old);

} // namespace bobbin
