// SPDX-License-Identifier: GPL-3.0-or-later
// Microsoft Foundry Agents (classic): the Assistants protocol under a project's endpoint, with a version in the query
// instead of a beta header, with Microsoft's tokens, and with threads that can be listed.
#pragma once

#include "models/providers/assistants/assistantsprovider.h"

namespace bobbin {

class FoundryProvider final : public AssistantsProvider {
public:
    [[nodiscard]] QString id() const override;
    [[nodiscard]] QString name() const override;
    [[nodiscard]] Capabilities capabilities() const override;
    [[nodiscard]] QString whyNot(Feature feature) const override;
    [[nodiscard]] std::vector<std::pair<QByteArray, QByteArray>> headers(const Connection &connection) const override;
    [[nodiscard]] std::vector<KeyForm> keyForms() const override;
    [[nodiscard]] std::optional<SignInPlace> signInPlace() const override;
    [[nodiscard]] std::vector<std::pair<QString, QString>> usualQuery() const override;
    [[nodiscard]] std::optional<Retirement> retirement() const override;
    [[nodiscard]] int likelihood(const QUrl &baseUrl) const override;
    [[nodiscard]] QString exampleUrl() const override;
    [[nodiscard]] Request list(const ListRef &ref, const ListToken &from) const override;
    [[nodiscard]] Result<Request> change(const Change &change) const override;
    [[nodiscard]] Result<Page> readPage(const ListRef &ref, const ListToken &from,
                                        const QByteArray &bytes) const override;
    [[nodiscard]] Error refine(Error error, const Connection &connection, const Request &request) const override;
};

} // namespace bobbin
