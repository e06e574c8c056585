// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/providers/registry.h"

#include "models/providers/assistants/assistantsprovider.h"
#include "models/providers/foundry/foundryprovider.h"
#include "models/providers/langgraph/langgraphprovider.h"

#include <algorithm>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

std::vector<const Provider *> allProviders()
{
    static const AssistantsProvider assistants;
    static const FoundryProvider foundry;
    static const LangGraphProvider langGraph;
    return {&assistants, &foundry, &langGraph};
}

QString defaultProviderId()
{
    return allProviders().front()->id();
}

QString telemetryName(const Provider &provider)
{
    if (dynamic_cast<const FoundryProvider *>(&provider))
        return u"azure.ai.inference"_s;
    return dynamic_cast<const AssistantsProvider *>(&provider) ? u"openai"_s : provider.id();
}

const Provider &likeliestProvider(const QString &baseUrl)
{
    const std::vector<const Provider *> all = allProviders();
    return **std::ranges::max_element(all, {},
                                      [&](const Provider *one) { return one->likelihood(QUrl(baseUrl.trimmed())); });
}

Result<const Provider *> providerById(const QString &id)
{
    QStringList known;
    for (const Provider *provider : allProviders()) {
        if (provider->id() == id)
            return provider;
        known << provider->id();
    }
    return fail(Error::Kind::Input,
                u"This Bobbin knows no provider \"%1\"; it knows: %2."_s.arg(id, known.join(u", "_s)), u"provider"_s);
}

} // namespace bobbin
