// SPDX-License-Identifier: GPL-3.0-or-later
// What is sent: the neutral forms as bodies, what was read as neutral forms to be sent again, and the answers that are
// no objects.
#pragma once

#include "models/domain/change.h"

namespace bobbin::assistants {

Result<Belongings> readBelongings(const QByteArray &raw);
Result<MessageAgain> again(const QByteArray &messageRaw, qsizetype mostCharacters);
Result<NewStoreFile> againInStore(const QByteArray &storeFileRaw);

QJsonObject messageBody(const NewMessage &message);
QJsonObject threadBody(const NewThread &thread);
QJsonObject storeBody(const NewStore &store);
QJsonObject storeFileBody(const NewStoreFile &file);
QJsonObject toolResourcesBody(const ToolResources &resources);
QJsonObject metadataBody(const Metadata &metadata);
QJsonObject toolOutputsBody(const std::vector<ToolOutput> &outputs);
QJsonObject runBody(const change::StartRun &start);
QJsonObject completionBody(const change::Complete &ask);

// The answer of POST /chat/completions.
Result<Completion> readCompletion(const QByteArray &bytes);
// GET /vector_stores/{id}/files/{id}/content: the parsed text, in either of the shapes seen.
Result<QString> readFileText(const QByteArray &bytes);

} // namespace bobbin::assistants
