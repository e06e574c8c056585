// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/outcomes.h"

#include "models/core/errortext.h"
#include "models/core/format.h"
#include "models/importers/importfile.h"
#include "models/operations/operations.h"
#include "models/store/whendone.h"

namespace bobbin::cli {

using namespace Qt::Literals::StringLiterals;

namespace {

QString stateWord(TargetState state) // for a person: the journal has numbers
{
    switch (state) {
    case TargetState::Planned:
        return u"not begun"_s;
    case TargetState::Running:
        return u"running"_s;
    case TargetState::Finished:
        return u"done"_s;
    case TargetState::Skipped:
        return u"spared"_s;
    case TargetState::Failed:
        return u"failed"_s;
    case TargetState::Stopped:
        return u"stopped"_s;
    }
    return {};
}

} // namespace

void tellOutcome(Form form, const DoneOperation &operation)
{
    Output output(form,
                  {{u"target"_s, u"Target"_s, false},
                   {u"label"_s, u"Label"_s, false},
                   {u"state"_s, u"State"_s, false},
                   {u"made"_s, u"Made"_s, false},
                   {u"outcome"_s, u"Outcome"_s, false}});
    for (const DoneTarget &t : operation.targets)
        output.add({{t.target.id, t.target.id},
                    {t.target.label.left(40), t.target.label},
                    {stateWord(t.state), stateWord(t.state)},
                    {t.made, t.made.isEmpty() ? QVariant() : QVariant(t.made)},
                    {t.outcome, t.outcome}});
    if (form == Form::Json) {
        printJson({{u"operation"_s, operation.key},
                   {u"title"_s, operation.title},
                   {u"state"_s, bobbin::stateWord(operation.state)},
                   {u"result"_s, operation.result},
                   {u"warnings"_s, QJsonArray::fromStringList(operation.warnings)},
                   {u"cannotComeBack"_s, QJsonArray::fromStringList(operation.cannotComeBack)},
                   {u"targets"_s, output.toJson()}});
        return;
    }
    output.finish();
    if (operation.state == OperationState::Finished || operation.state == OperationState::Cancelled)
        complain(operation.result);
    for (const QString &lost : operation.cannotComeBack)
        complain(u"an undo does not bring back: "_s + lost);
}

void showActivity(const Options &options, const std::shared_ptr<Store> &store, QObject *context,
                  const std::function<void(int code)> &end)
{
    if (!options.arguments.isEmpty()) {
        const qint64 key = options.arguments.first().toLongLong();
        whenDone(store->read([key](Reader &reader) { return withTargets(reader, key); }), context,
                 [form = options.form, end](const Result<DoneOperation> &operation) {
                     if (!operation) {
                         complain(errorText(operation.error()).line());
                         end(Failed);
                         return;
                     }
                     tellOutcome(form, *operation);
                     end(operation->targets.empty() ? NothingToDo : AllDone);
                 });
        return;
    }
    whenDone(store->read([limit = options.limit](Reader &reader) -> Result<std::vector<OperationRow>> {
        RowQuery newest;
        newest.sort = "created";
        const auto keys = reader.keys(RowKind::Operations, newest, limit);
        if (!keys)
            return fail(keys.error());
        return reader.rows<OperationRow>(keys->keys);
    }),
             context, [form = options.form, end](const Result<std::vector<OperationRow>> &rows) {
                 if (!rows) {
                     complain(errorText(rows.error()).line());
                     end(Failed);
                     return;
                 }
                 Output output(form,
                               {{u"operation"_s, u"No."_s, true},
                                {u"created_at"_s, u"Started"_s, false},
                                {u"title"_s, u"Operation"_s, false},
                                {u"state"_s, u"State"_s, false},
                                {u"targets"_s, u"Targets"_s, true},
                                {u"done"_s, u"Done"_s, true},
                                {u"failed"_s, u"Failed"_s, true},
                                {u"spared"_s, u"Spared"_s, true},
                                {u"undone_by"_s, u"Taken back by"_s, true}});
                 for (const OperationRow &r : *rows)
                     output.add({{QString::number(r.key), r.key},
                                 {format::when(r.createdAt), format::isoTime(*r.createdAt)},
                                 {r.title, r.title},
                                 {r.state, r.state},
                                 number(r.targets),
                                 number(r.done),
                                 number(r.failed),
                                 number(r.skipped),
                                 r.undoneBy ? Cell{QString::number(r.undoneBy), r.undoneBy} : Cell{{}, {}}});
                 output.finish();
                 end(AllDone);
             });
}

int archiveCommand(const Options &options, const std::shared_ptr<const PriceTable> &prices)
{
    const QString what = options.arguments.value(0);
    const QString file = options.arguments.value(1);
    Result<ContentCount> count = fail(
        Error::Kind::Input, u"archive wants: export --to FILE THREAD_ID..., verify FILE, or open FILE --store FILE"_s);
    if (what == "verify"_L1) {
        count = readArchive(file, {});
    } else if (what == "open"_L1) {
        const auto imported = importIntoStore(file, options.storeFile, prices);
        count = imported ? Result<ContentCount>(imported->count) : fail(imported.error());
    }
    if (!count) {
        complain(errorText(count.error()).line());
        return Failed;
    }
    Output output(options.form,
                  {{u"frames"_s, u"Frames"_s, true},
                   {u"threads"_s, u"Threads"_s, true},
                   {u"messages"_s, u"Messages"_s, true},
                   {u"runs"_s, u"Runs"_s, true},
                   {u"steps"_s, u"Steps"_s, true},
                   {u"vectorStores"_s, u"Stores"_s, true},
                   {u"files"_s, u"Files"_s, true},
                   {u"contents"_s, u"Contents"_s, true},
                   {u"bytes"_s, u"Bytes"_s, true}});
    output.add({number(count->parts), number(count->threads), number(count->messages), number(count->runs),
                number(count->steps), number(count->stores), number(count->files), number(count->contents),
                number(count->bytes)});
    output.finish();
    return AllDone;
}

} // namespace bobbin::cli
