// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/providers/provider.h"

#include "models/wire/canonical.h"

#include <QCryptographicHash>
#include <algorithm>

namespace bobbin {

Done Provider::able(Feature feature) const
{
    const QString why = whyNot(feature);
    return why.isEmpty() ? Done() : fail(Error::Kind::NotSupported, why);
}

std::vector<KeyForm> Provider::keyForms() const
{
    return {{QStringLiteral("bearer"), QStringLiteral("Authorization: Bearer"), "Authorization", "Bearer "}};
}

std::pair<QByteArray, QByteArray> Provider::authorization(const Connection &connection, const QByteArray &key) const
{
    const std::vector<KeyForm> forms = keyForms();
    const auto chosen = std::ranges::find(forms, connection.keyForm, &KeyForm::id);
    const bool pasted = connection.keySource == Connection::KeySource::Pasted;
    const auto bearer = std::ranges::find(forms, QByteArray("Bearer "), &KeyForm::before); // the others bring tokens
    const KeyForm &form = pasted && chosen != forms.end() ? *chosen
        : !pasted && bearer != forms.end()                ? *bearer
                                                          : forms.front();
    return {form.header, form.before + key};
}

QByteArray Provider::comparable(Resource resource, const QByteArray &raw) const
{
    return resource == Resource::Threads ? wire::withoutMarks(raw) : wire::canonical(raw);
}

QString threadDigest(const Provider &provider, const QByteArray &thread, const QByteArrayList &messages)
{
    const auto hashOf = [](const QByteArray &bytes) {
        return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
    };
    QByteArrayList hashes;
    hashes.reserve(messages.size());
    for (const QByteArray &message : messages)
        hashes << hashOf(provider.comparable(Resource::Messages, message));
    std::ranges::sort(hashes);
    return QString::fromLatin1(hashOf(hashOf(provider.comparable(Resource::Threads, thread)) + hashes.join()).toHex());
}

} // namespace bobbin
