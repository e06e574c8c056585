// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/acts/handler.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ActText {
    Q_DECLARE_TR_FUNCTIONS(Acts)
};

constexpr int mostNamed = 5;

QString someOf(const QStringList &names)
{
    return names.size() <= mostNamed
        ? names.join(u", "_s)
        : ActText::tr("%1 and %2 more").arg(names.mid(0, mostNamed).join(u", "_s)).arg(names.size() - mostNamed);
}

// Attaching what is attached already changes nothing, so it may be repeated.
OutcomeTask perform(Hands &hands, StepContext c)
{
    const QString store = c.objectOrMade();
    std::vector<NewStoreFile> files = storeFilesFromJson(c.step.body.value("files"_L1).toArray());
    const bool mayBeGone = c.step.body.value("may_be_gone"_L1).toBool();
    QStringList gone;
    if (mayBeGone) {
        QStringList ids;
        for (const NewStoreFile &file : files)
            ids << file.fileId;
        auto asking = hands.goneOf(Resource::Files, ids);
        const Result<QStringList> missing = co_await asking;
        if (!missing)
            co_return failed(missing.error());
        gone = *missing;
        std::erase_if(files, [&](const NewStoreFile &file) { return gone.contains(file.fileId); });
    }
    const QString note = gone.isEmpty() ? QString() : ActText::tr("without files that are gone: %1").arg(someOf(gone));
    if (files.empty())
        co_return finished({}, note);
    const Change batch = change::AddStoreFiles{store, files};
    auto sending = hands.send(batch);
    const Result<QByteArray> answer = co_await sending;
    if (answer)
        co_return finished({}, note);
    if (answer.error().kind != Error::Kind::Rejected)
        co_return failed(answer.error());
    // Older servers have no batches with attributes of their own: one by one.
    for (const NewStoreFile &file : files) {
        const Change one = change::AddStoreFile{store, file};
        auto adding = hands.send(one);
        const Result<QByteArray> added = co_await adding;
        if (!added)
            co_return failed(added.error());
    }
    co_return finished({}, note);
}

QString detail(const Step &step)
{
    return filesText(step.body.value("files"_L1).toArray().size());
}

// Whatever became of the request: those that were not there before go out of the survivor again.
void undo(UndoDraft &draft, const DoneStep &step)
{
    const QString store = draft.done->target.id;
    const DoneStep *archived = draft.done->done(Act::ArchiveStores);
    if (!archived || step.step.object.isEmpty())
        return;
    const QStringList before = strings(archived->result["store_files"_L1][store]);
    PlanTarget &target = draft.target(u"file list"_s, store);
    QStringList added = target.steps.empty() ? QStringList() : strings(target.steps.front().body.value("files"_L1));
    for (const QJsonValue file : step.step.body.value("files"_L1).toArray())
        if (const QString id = file["file"_L1].toString(); !before.contains(id))
            added << id;
    if (added.isEmpty())
        return;
    target.phase = 1; // when nobody needs them there any more
    target.why = ActText::tr("take the %n file(s) out that were added", nullptr, int(added.size()));
    target.steps = {{Act::RemoveStoreFiles, store, {}, {{u"files"_s, QJsonArray::fromStringList(added)}}}};
}

} // namespace

const Handler acts::AddStoreFiles{
    .act = Act::AddStoreFiles,
    .text = QT_TRANSLATE_NOOP("Acts", "add files"),
    .perform = perform,
    .changes = true,
    .undo = undo,
    .undoesUnsure = true,
    .detail = detail,
};

} // namespace bobbin
