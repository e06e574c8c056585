// SPDX-License-Identifier: GPL-3.0-or-later
// The Assistants v2 dialect: OpenAI's protocol as compatible and self-hosted servers speak it.
#pragma once

#include "models/providers/passing.h"
#include "models/providers/provider.h"

namespace bobbin {

class AssistantsProvider : public Provider, public Passing {
public:
    [[nodiscard]] QString id() const override;
    [[nodiscard]] QString name() const override;
    [[nodiscard]] Capabilities capabilities() const override { return {}; }
    [[nodiscard]] std::vector<IdShape> idShapes() const override;
    [[nodiscard]] std::vector<std::pair<QByteArray, QByteArray>> headers(const Connection &connection) const override;
    [[nodiscard]] int likelihood(const QUrl &baseUrl) const override;
    [[nodiscard]] QString exampleUrl() const override;
    [[nodiscard]] Request probe() const override;
    [[nodiscard]] Done readProbe(const QByteArray &bytes) const override;
    [[nodiscard]] std::vector<ListRef> workspaceLists() const override;
    [[nodiscard]] std::vector<ListRef> threadLists(const QString &thread) const override;
    [[nodiscard]] std::vector<ListRef> runLists(const QString &thread, const QString &run) const override;
    [[nodiscard]] Request list(const ListRef &ref, const ListToken &from) const override;
    [[nodiscard]] Request get(Resource resource, const QString &id, const Parent &parent) const override;
    [[nodiscard]] Result<Request> change(const Change &change) const override;
    [[nodiscard]] Request fileContent(const QString &fileId) const override;
    [[nodiscard]] Request fileText(const QString &storeId, const QString &fileId) const override;
    [[nodiscard]] Result<Page> readPage(const ListRef &ref, const ListToken &from,
                                        const QByteArray &bytes) const override;
    [[nodiscard]] std::optional<ListToken> peekNext(const QByteArray &bytes) const override;
    [[nodiscard]] Result<Objects> readItem(Resource resource, const Parent &parent,
                                           const QByteArray &bytes) const override;
    [[nodiscard]] Result<MessageContent> readMessage(const QByteArray &raw) const override;
    [[nodiscard]] Result<StepContent> readStep(const QByteArray &raw) const override;
    [[nodiscard]] Result<std::vector<ToolCall>> readRequiredAction(const QByteArray &runRaw) const override;
    [[nodiscard]] Result<Belongings> readBelongings(const QByteArray &raw) const override;
    [[nodiscard]] Result<ObjectFacts> readFacts(const QByteArray &raw) const override;
    [[nodiscard]] Result<MessageAgain> again(const QByteArray &messageRaw) const override;
    [[nodiscard]] Result<NewStoreFile> againInStore(const QByteArray &storeFileRaw) const override;
    [[nodiscard]] Result<Completion> readCompletion(const QByteArray &bytes) const override;
    [[nodiscard]] Result<QString> readFileText(const QByteArray &bytes) const override;
    [[nodiscard]] Request billed(const BilledRef &ref, const QString &from) const override;
    [[nodiscard]] Result<BilledPage> readBilled(const BilledRef &ref, const QByteArray &bytes) const override;
    [[nodiscard]] Error refine(Error error, const Connection &connection, const Request &request) const override;
    [[nodiscard]] Asked readAsked(const QByteArray &method, const QString &path, const QByteArray &body) const override;
    [[nodiscard]] QByteArray inThread(const QByteArray &target, const QString &from, const QString &to) const override;
    [[nodiscard]] Result<Told> readTold(const Asked &asked, const QByteArray &json) const override;
    [[nodiscard]] Result<QByteArray> withoutAttached(const QByteArray &body, const QStringList &files) const override;
};

} // namespace bobbin
