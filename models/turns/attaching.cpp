// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/turns/attaching.h"

#include "models/core/format.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct AttachText {
    Q_DECLARE_TR_FUNCTIONS(Turn)
};

// None where the store does not know it.
Result<QStringList> storesOf(Reader &reader, RowKind kind, Resource resource, const QString &id)
{
    const auto key = reader.keyOf(kind, id);
    if (!key || !*key)
        return key ? Result<QStringList>(QStringList()) : fail(key.error());
    const auto raw = reader.raw(resource, **key);
    if (!raw)
        return fail(raw.error());
    const auto belongings = reader.provider().readBelongings(*raw);
    return belongings ? belongings->resources.vectorStoreIds : QStringList();
}

} // namespace

Result<Attaching> placeFor(Reader &reader, const std::vector<Reader::KnownFile> &same, const QString &thread,
                           const QString &assistant)
{
    const auto ofAssistant = storesOf(reader, RowKind::Assistants, Resource::Assistants, assistant);
    const auto ofThread = storesOf(reader, RowKind::Threads, Resource::Threads, thread);
    if (!ofAssistant || !ofThread)
        return fail(!ofAssistant ? ofAssistant.error() : ofThread.error());
    Attaching place;
    for (const Reader::KnownFile &file : same)
        for (const auto &[store, files] : file.stores) {
            if (ofAssistant->contains(store))
                return Attaching{Attaching::How::IsInAssistant, store, file.id};
            if (ofThread->contains(store))
                place = {Attaching::How::IsInThread, store, file.id};
            else if (ofThread->isEmpty() && files == 1 && place.how == Attaching::How::Upload) {
                // What somebody else uses gets what is attached there later, which is none of this one's business.
                const auto users = reader.usersOf({store});
                if (!users)
                    return fail(users.error());
                if (users->empty())
                    place = {Attaching::How::UseStore, store, file.id};
            }
        }
    if (place.how == Attaching::How::Upload && !same.empty())
        place = {Attaching::How::UseFile, {}, same.front().id};
    return place;
}

QString attachingText(const Attaching &place, const QString &name)
{
    const QString file = format::visible(name);
    switch (place.how) {
    case Attaching::How::IsInAssistant:
        return AttachText::tr("%1 is in the assistant's own vector store %2: it is not attached again.")
            .arg(file, place.store);
    case Attaching::How::IsInThread:
        return AttachText::tr("%1 is in the thread's vector store %2: it is not attached again.")
            .arg(file, place.store);
    case Attaching::How::UseStore:
        return AttachText::tr("%1 is in the vector store %2, which the thread will use: nothing is uploaded.")
            .arg(file, place.store);
    case Attaching::How::UseFile:
        return AttachText::tr("The server has %1 as %2: it is attached, and not uploaded again.").arg(file, place.file);
    case Attaching::How::Upload:
        return AttachText::tr("%1 is uploaded, and attached to the message.").arg(file);
    }
    return {};
}

} // namespace bobbin
