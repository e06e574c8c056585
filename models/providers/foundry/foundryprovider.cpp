// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/providers/foundry/foundryprovider.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ProviderText {
    Q_DECLARE_TR_FUNCTIONS(FoundryProvider)
};

const QString keyHeader = u"api-key"_s;

} // namespace

QString FoundryProvider::id() const
{
    return u"foundry-agents"_s;
}

QString FoundryProvider::name() const
{
    return u"Microsoft Foundry Agents (classic)"_s;
}

Capabilities FoundryProvider::capabilities() const
{
    Capabilities can;
    can.threads = Capabilities::Listing::Always;
    can.messageCharacters = 1'500'000;
    return can;
}

QString FoundryProvider::whyNot(Feature feature) const
{
    switch (feature) {
    case Feature::WriteSummary:
        return ProviderText::tr("A project's agents endpoint has no model of its own to write a summary with; rotate "
                                "with the last turns, or write the summary yourself.");
    case Feature::ReadBilled:
        return ProviderText::tr("A Foundry project is billed by Azure, whose Cost Management has the figures.");
    case Feature::ReadFileText:
        return ProviderText::tr("Foundry does not give out the parsed text of a vector store's files.");
    default:
        return {};
    }
}

std::vector<std::pair<QByteArray, QByteArray>> FoundryProvider::headers(const Connection &) const
{
    return {};
}

std::vector<KeyForm> FoundryProvider::keyForms() const
{
    return {{u"bearer"_s, ProviderText::tr("Entra ID token (Authorization: Bearer)"), "Authorization", "Bearer "},
            {keyHeader, ProviderText::tr("Resource key (api-key header)"), "api-key", {}}};
}

std::optional<SignInPlace> FoundryProvider::signInPlace() const
{
    return SignInPlace{u"https://login.microsoftonline.com"_s, u"https://ai.azure.com/.default offline_access"_s};
}

std::vector<std::pair<QString, QString>> FoundryProvider::usualQuery() const
{
    return {{u"api-version"_s, u"v1"_s}};
}

std::optional<Retirement> FoundryProvider::retirement() const
{
    return Retirement{
        QDate(2027, 3, 31),
        ProviderText::tr("Microsoft retires Foundry Agents (classic) on 31 March 2027: after that nothing "
                         "here can be read. Archive what you want to keep before.")};
}

int FoundryProvider::likelihood(const QUrl &baseUrl) const
{
    const bool microsoft = baseUrl.host().endsWith(".services.ai.azure.com"_L1);
    const bool project = baseUrl.path().startsWith("/api/projects/"_L1);
    return microsoft && project ? 100 : microsoft || project ? 80 : 10;
}

QString FoundryProvider::exampleUrl() const
{
    return u"https://<resource>.services.ai.azure.com/api/projects/<project>"_s;
}

// The list of files comes whole, and knows no limit, order or place.
Request FoundryProvider::list(const ListRef &ref, const ListToken &from) const
{
    Request request = AssistantsProvider::list(ref, from);
    if (ref.resource == Resource::Files)
        request.query.clear();
    return request;
}

Result<Request> FoundryProvider::change(const Change &change) const
{
    if (std::holds_alternative<change::Complete>(change))
        return fail(able(Feature::WriteSummary).error());
    return AssistantsProvider::change(change);
}

Result<Page> FoundryProvider::readPage(const ListRef &ref, const ListToken &from, const QByteArray &bytes) const
{
    Result<Page> page = AssistantsProvider::readPage(ref, from, bytes);
    if (page && ref.resource == Resource::Files) {
        page->next.reset();
        page->more = false;
    }
    return page;
}

Error FoundryProvider::refine(Error error, const Connection &connection, const Request &request) const
{
    error = AssistantsProvider::refine(std::move(error), connection, request);
    if (error.kind == Error::Kind::Unauthorized && connection.keyForm == keyHeader)
        error.message = ProviderText::tr("this project may accept Entra tokens only, no resource key");
    if (error.httpStatus == 404 && retirement()->date < QDate::currentDate()) {
        error.kind = Error::Kind::SwitchedOff;
        error.message = retirement()->words;
    }
    return error;
}

} // namespace bobbin
