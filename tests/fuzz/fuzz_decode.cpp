// SPDX-License-Identifier: GPL-3.0-or-later
// libFuzzer on everything that reads what a server or a person gives us: pages, objects, message parts, steps, errors,
// price tables, ids in text. The first byte chooses which.
#include "models/discovery/idfinder.h"
#include "models/items/prettyjson.h"
#include "models/pricing/pricetable.h"
#include "models/providers/registry.h"

using namespace bobbin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const QByteArray bytes(reinterpret_cast<const char *>(data) + 1, qsizetype(size) - 1);
    static const Provider &provider = **providerById(defaultProviderId());
    const Parent parent{QStringLiteral("thread_1"), QStringLiteral("run_1"), QStringLiteral("vs_1")};
    const int choice = data[0] % 13;
    if (choice < 8) {
        const auto resource = Resource(choice);
        std::ignore = provider.readItem(resource, parent, bytes);
        if (const Result<Page> page = provider.readPage({resource, parent}, {}, bytes))
            for (const Run &run : page->objects.runs)
                if (!bytes.contains(run.raw))
                    __builtin_trap(); // raw is the server's own bytes
    } else if (choice == 8) {
        std::ignore = provider.readMessage(bytes);
        std::ignore = provider.readStep(bytes);
        std::ignore = provider.readRequiredAction(bytes);
        std::ignore = provider.readBelongings(bytes);
        std::ignore = provider.readFacts(bytes);
        std::ignore = provider.again(bytes);
    } else if (choice == 9) {
        const QString pretty = prettyJson(bytes);
        if (QString::fromUtf8(bytes).toUtf8() == bytes && prettyJson(pretty.toUtf8()) != pretty)
            __builtin_trap(); // it only changes white space
    } else if (choice == 10) {
        std::ignore = PriceTable::fromJson(bytes, QStringLiteral("fuzz"));
    } else if (choice == 11) {
        std::ignore = findIds(bytes, provider.idShapes());
    } else {
        std::ignore = provider.peekNext(bytes);
    }
    return 0;
}
