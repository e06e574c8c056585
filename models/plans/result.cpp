// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/plans/result.h"

#include "models/core/format.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ResultText {
    Q_DECLARE_TR_FUNCTIONS(Result)
};

QString threads(qint64 n)
{
    return ResultText::tr("%n thread(s)", nullptr, int(n));
}

QString listed(QStringList parts)
{
    if (parts.size() < 2)
        return parts.join(QString());
    const QString last = parts.takeLast();
    return ResultText::tr("%1 and %2").arg(parts.join(u", "_s), last);
}

QString storageAndThreads(const Deeds &deeds, Act thread, Act store)
{
    QStringList parts;
    if (const qint64 n = deeds.value(thread))
        parts << threads(n);
    if (const qint64 n = deeds.value(store))
        parts << ResultText::tr("%n vector store(s)", nullptr, int(n));
    if (const qint64 n = thread == Act::DeleteThread ? deeds.value(Act::DeleteFile) : 0)
        parts << ResultText::tr("%n file(s)", nullptr, int(n));
    return listed(parts);
}

QString whatWasDone(OperationKind kind, const OperationRow &operation, const Deeds &deeds)
{
    switch (kind) {
    case OperationKind::Rotate:
        return ResultText::tr("%1 rotated").arg(threads(operation.done));
    case OperationKind::CancelRuns: // each came to an end, which need not be "cancelled"
        return ResultText::tr("%n run(s) stopped", nullptr, int(operation.done));
    case OperationKind::Answer:
        return ResultText::tr("%n run(s) answered", nullptr, int(operation.done));
    case OperationKind::Turn:
        return ResultText::tr("%n run(s) begun", nullptr, int(operation.done));
    case OperationKind::Archive:
        return ResultText::tr("%1 archived").arg(threads(operation.done));
    case OperationKind::Cleanup:
    case OperationKind::Consolidate: {
        const QString deleted = storageAndThreads(deeds, Act::DeleteThread, Act::DeleteStore);
        if (deleted.isEmpty())
            return {};
        return deeds.value(Act::AwaitStore) > 0
            ? ResultText::tr("%1 deleted in %n group(s)", nullptr, int(operation.done)).arg(deleted)
            : ResultText::tr("%1 deleted").arg(deleted);
    }
    case OperationKind::Undo: {
        const QString restored = storageAndThreads(deeds, Act::RestoreThread, Act::CreateStore);
        if (deeds.value(Act::DeleteThread) > 0) // that had taken over
            return ResultText::tr("rotation of %1 taken back").arg(threads(operation.done));
        return restored.isEmpty() ? ResultText::tr("%n part(s) taken back", nullptr, int(operation.done))
                                  : ResultText::tr("%1 restored").arg(restored);
    }
    }
    return {};
}

} // namespace

QString resultText(const OperationRow &operation, const Deeds &deeds)
{
    QStringList parts;
    const auto kind = kindFromWord(operation.kind);
    if (const QString done = kind && operation.done > 0 ? whatWasDone(*kind, operation, deeds) : QString();
        !done.isEmpty())
        parts << done;
    if (operation.failed > 0)
        parts << ResultText::tr("%1 failed").arg(format::count(operation.failed));
    if (operation.skipped > 0)
        parts << ResultText::tr("%1 spared").arg(format::count(operation.skipped));
    if (parts.isEmpty())
        parts << ResultText::tr("nothing was changed");
    if (operation.state == "cancelled"_L1)
        parts << ResultText::tr("then cancelled");
    return parts.join(u", "_s);
}

} // namespace bobbin
