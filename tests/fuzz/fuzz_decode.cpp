// SPDX-License-Identifier: GPL-3.0-or-later
// libFuzzer on everything that reads what a server or a person gives us: pages, objects, message parts, steps, errors,
// price tables, ids in text. The first byte chooses which.
#include "models/discovery/idfinder.h"
#include "models/pricing/pricetable.h"
#include "models/providers/provider.h"
#include "models/wire/content.h"
#include "models/wire/pagereader.h"

using namespace bobbin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const QByteArray bytes(reinterpret_cast<const char *>(data) + 1, qsizetype(size) - 1);
    const Provider &provider = providerById({});
    const Parent parent{QStringLiteral("thread_1"), QStringLiteral("run_1"), QStringLiteral("vs_1")};
    const int choice = data[0] % 13;
    if (choice < 8) {
        const auto resource = Resource(choice);
        std::ignore = provider.readItem(resource, parent, bytes);
        if (const Result<Page> page = provider.readPage(resource, parent, bytes))
            for (const Run &run : page->objects.runs)
                if (!bytes.contains(run.raw))
                    __builtin_trap(); // raw is the server's own bytes
    } else if (choice == 8) {
        std::ignore = wire::readMessage(bytes);
        std::ignore = wire::readStep(bytes);
        std::ignore = wire::readRequiredAction(bytes);
    } else if (choice == 9) {
        const QString pretty = wire::prettyJson(bytes);
        if (QString::fromUtf8(bytes).toUtf8() == bytes && wire::prettyJson(pretty.toUtf8()) != pretty)
            __builtin_trap(); // it only changes white space
    } else if (choice == 10) {
        std::ignore = PriceTable::fromJson(bytes, QStringLiteral("fuzz"));
    } else if (choice == 11) {
        std::ignore = findIds(bytes);
    } else {
        std::ignore = provider.peekCursor(bytes);
    }
    return 0;
}
