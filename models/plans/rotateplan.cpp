// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/plans/rotateplan.h"

#include "models/core/format.h"
#include "models/plans/cleanupplan.h"
#include "models/plans/neutraljson.h"
#include "models/plans/summary.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct RotatePlan {
    Q_DECLARE_TR_FUNCTIONS(RotatePlan)
};

constexpr qsizetype longestKeepsakeText = 2'000'000; // characters looked through, newest first

QString textOf(const Provider &provider, const QByteArray &raw, QString *role)
{
    QString text;
    const auto content = provider.readMessage(raw);
    if (!content)
        return text;
    *role = content->role;
    for (const ContentPart &part : content->parts)
        if (part.kind != ContentPart::Kind::Other)
            text += (text.isEmpty() ? QString() : u"\n"_s) + part.text;
    return text;
}

std::vector<Said> conversationOf(const Provider &provider, const QByteArrayList &messages)
{
    std::vector<Said> all;
    qsizetype size = 0;
    for (auto it = messages.crbegin(); it != messages.crend() && size < longestKeepsakeText; ++it) {
        Said said;
        said.text = textOf(provider, *it, &said.role);
        size += said.text.size();
        all.push_back(std::move(said));
    }
    std::ranges::reverse(all);
    return all;
}

qsizetype charactersOf(const std::vector<NewMessage> &messages)
{
    qsizetype sum = 0;
    for (const NewMessage &message : messages)
        sum += message.characters();
    return sum;
}

QString seedText(const std::vector<NewMessage> &messages)
{
    QString text;
    for (const NewMessage &message : messages) {
        text += message.text() + u'\n';
        for (const Attachment &attachment : message.attachments)
            text += attachment.fileId + u'\n';
    }
    return text;
}

// The pairs the new thread takes along: as many as fit beside the link to the old one.
Metadata carriedMetadata(Metadata metadata, const QString &from, const Capabilities &can, QStringList &warnings)
{
    metadata.remove(u"rotated_to"_s);
    metadata.remove(u"bobbin_step"_s);
    metadata.insert(u"rotated_from"_s, from);
    QStringList dropped;
    const QStringList keys = metadata.keys(); // some are removed meanwhile
    for (const QString &key : keys)
        if (metadata.size() > can.metadataPairs && key != "rotated_from"_L1) {
            metadata.remove(key);
            dropped << key;
        }
    if (!dropped.isEmpty())
        warnings << RotatePlan::tr("The server takes %1 metadata pairs; left out for the link: %2.")
                        .arg(can.metadataPairs)
                        .arg(dropped.join(u", "_s));
    return metadata;
}

QString keptBackReason(const RotateSubject &subject, qsizetype lastMessages, const Provider &provider)
{
    if (!subject.unknown.isEmpty())
        return subject.unknown;
    if (!subject.activeRun.isEmpty() && !subject.deadRun)
        return RotatePlan::tr("run %1 is %2 and locks it; cancel it first")
            .arg(subject.activeRun, subject.activeStatus);
    if (const QString why = provider.whyNotCarried(subject.raw); !why.isEmpty())
        return why;
    if (subject.messages.size() <= lastMessages)
        return RotatePlan::tr("it has %1 messages: nothing to sum up").arg(subject.messages.size());
    return {};
}

bool answersTool(const Provider &provider, const QByteArray &message)
{
    const auto read = provider.readMessage(message);
    return read && read->role == "tool"_L1;
}

void addSteps(RotateDraft &draft, const RotateSubject &subject, const std::vector<NewMessage> &seed,
              const Belongings &old, const RotateOptions &options, const QString &digest, const Capabilities &can)
{
    std::vector<Step> &steps = draft.target.steps;
    QJsonObject seen = seenOf(draft.target);
    seen.insert(u"digest"_s, digest);
    seen.insert(u"successor"_s, subject.successor);
    if (subject.deadRun)
        seen.insert(u"dead_run"_s, subject.activeRun);
    steps.push_back({Act::CheckThread, subject.id, {}, seen});
    steps.push_back({Act::ArchiveThread, subject.id, {}, {}});
    const std::size_t atOnce = std::min(seed.size(), std::size_t(can.messagesAtCreation));
    const NewThread thread{{seed.begin(), seed.begin() + std::ptrdiff_t(atOnce)},
                           old.resources,
                           carriedMetadata(old.metadata, subject.id, can, draft.warnings)};
    steps.push_back({Act::CreateThread, {}, {}, toJson(thread)});
    steps.push_back(takeMarkOff(Resource::Threads, thread.metadata));
    for (std::size_t i = atOnce; i < seed.size(); ++i)
        steps.push_back({Act::AddMessage, {}, {}, {{u"message"_s, toJson(seed[i])}, {u"before"_s, qint64(i)}}});
    if (old.metadata.size() < can.metadataPairs || old.metadata.contains(u"rotated_to"_s))
        steps.push_back({Act::EditMetadata, subject.id, {}, {{u"set"_s, QJsonObject{{u"rotated_to"_s, u"{made}"_s}}}}});
    else
        draft.warnings << RotatePlan::tr("The old thread's metadata is full: it is marked as rotated here, not on the "
                                         "server.");
    if (options.deleteOld)
        steps.push_back({Act::DeleteThread, subject.id, {}, seen});
}

} // namespace

double charactersPerToken(qsizetype firstCharacters, qsizetype allCharacters, std::optional<qint64> contextFirst,
                          std::optional<qint64> contextNow)
{
    constexpr double usual = 4;
    if (!contextFirst || !contextNow || *contextNow - *contextFirst < 500 || allCharacters <= firstCharacters)
        return usual;
    // Outside of this range it is not the text that grew (tool outputs, images) or messages were dropped.
    const double fitted = double(allCharacters - firstCharacters) / double(*contextNow - *contextFirst);
    return fitted >= 1 && fitted <= 8 ? fitted : usual;
}

RotateDraft draftRotation(const RotateSubject &subject, const RotateOptions &options, const PriceTable &prices,
                          const Provider &provider, const Capabilities &can, qint64 nowMs)
{
    using Source = RotateOptions::Source;
    RotateDraft draft;
    draft.model = subject.model;
    draft.contextNow = subject.contextNow;
    draft.activeRun = subject.activeRun;
    const qsizetype verbatim = options.source == Source::LastAnswer ? 0 : std::max(0, options.lastMessages);
    PlanTarget &target = draft.target;
    target.id = subject.id;
    target.label = subject.title.isEmpty() ? subject.id : subject.title;
    target.lastActive = subject.lastActive;
    target.messages = subject.messages.size();
    target.runs = subject.runs;
    target.cost = subject.cost;
    target.keptBack = keptBackReason(subject, verbatim, provider);

    QByteArrayList messages; // without those that were taken out of it
    std::ranges::copy_if(subject.messages, std::back_inserter(messages), [&](const QByteArray &message) {
        const auto read = provider.readMessage(message);
        return !read || read->status != "removed"_L1;
    });
    const std::vector<Said> conversation = conversationOf(provider, messages);
    const auto older = qsizetype(conversation.size()) - std::min(verbatim, qsizetype(conversation.size()));
    if (options.source == Source::Written)
        draft.summary = options.text.trimmed();
    else if (options.source == Source::LastAnswer)
        draft.summary = lastAnswer(conversation);
    else
        draft.summary = extractSummary({conversation.begin(), conversation.begin() + older});

    const Result<Belongings> old = provider.readBelongings(subject.raw);
    if (!old && target.keptBack.isEmpty())
        target.keptBack = RotatePlan::tr("the thread itself cannot be read: %1").arg(old.error().message);
    std::vector<NewMessage> seed;
    if (!draft.summary.isEmpty())
        seed = textMessages(u"assistant"_s,
                            RotatePlan::tr("Summary of the conversation so far:") + u"\n"_s + draft.summary,
                            can.messageCharacters);
    qsizetype characters = charactersOf(seed);
    qsizetype from = std::max<qsizetype>(0, messages.size() - verbatim);
    while (from > 0 && from < messages.size() && answersTool(provider, messages[from]))
        --from; // together with what asked for it
    for (qsizetype i = from; i < messages.size(); ++i) {
        const auto made = provider.again(messages[i]);
        if (!made || made->messages.empty()) {
            draft.warnings << RotatePlan::tr("One of the last messages holds nothing that can be sent again.");
            continue;
        }
        if (!made->refusedRole.isEmpty())
            draft.warnings
                << RotatePlan::tr("A message of the role \"%1\" is carried as the user's.").arg(made->refusedRole);
        characters += charactersOf(made->messages);
        seed.insert(seed.end(), made->messages.begin(), made->messages.end());
        ++draft.verbatim;
    }
    if (seed.empty() && target.keptBack.isEmpty())
        target.keptBack = RotatePlan::tr("there is no summary and no message to carry");

    QStringList texts;
    qsizetype all = 0;
    for (const Said &said : conversation) {
        texts << said.text;
        all += said.text.size();
    }
    draft.keepsakes = findKeepsakes(texts);
    const qsizetype first = conversation.empty() ? 0 : conversation.front().text.size();
    const double perToken = charactersPerToken(first, all, subject.contextFirst, subject.contextNow);
    // Instructions and tools, which every run carries: what the first run read beside the first message.
    const qint64 overhead =
        std::max<qint64>(0, subject.contextFirst.value_or(0) - qint64(std::llround(double(first) / perToken)));
    draft.contextAfter = overhead + qint64(std::llround(double(characters) / perToken));
    if (old) {
        draft.stores = old->resources.vectorStoreIds;
        draft.files = old->resources.fileIds;
    }
    const auto priced = [&](qint64 tokens) { return prices.cost(subject.model, nowMs, Usage{tokens, 0, {}, {}, {}}); };
    draft.turnAfter = priced(draft.contextAfter);
    if (draft.contextNow) {
        draft.turnNow = priced(*draft.contextNow);
        if (draft.turnNow && draft.turnAfter && *draft.turnNow > *draft.turnAfter) {
            draft.savedPerTurn = *draft.turnNow - *draft.turnAfter;
            const qint64 paid = options.writingCost ? options.writingCost->pico : 0;
            draft.breakEvenTurns = (paid + draft.savedPerTurn->pico - 1) / draft.savedPerTurn->pico;
        }
        if (draft.contextAfter >= *draft.contextNow) {
            draft.savesNothing = true;
            draft.warnings << RotatePlan::tr(
                                  "The new thread would begin with %1 tokens, the old one has %2: nothing is "
                                  "saved.")
                                  .arg(format::count(draft.contextAfter), format::count(*draft.contextNow));
        }
    }
    QStringList carried;
    if (!draft.stores.isEmpty())
        carried << RotatePlan::tr("%n store(s)", nullptr, int(draft.stores.size()));
    if (!draft.files.isEmpty())
        carried << RotatePlan::tr("%n file(s)", nullptr, int(draft.files.size()));
    target.goesWith = carried.join(u", "_s);
    target.why = draft.contextNow
        ? RotatePlan::tr("%1 → about %2 tokens a turn")
              .arg(format::count(*draft.contextNow), format::count(draft.contextAfter))
        : RotatePlan::tr("about %1 tokens a turn afterwards").arg(format::count(draft.contextAfter));
    if (draft.savesNothing) {
        target.chosen = false;
        target.why = RotatePlan::tr("saves nothing: %1").arg(target.why);
    }
    if (subject.deadRun && !subject.activeRun.isEmpty()) {
        target.chosen = false;
        target.why = RotatePlan::tr("its run hangs (%1); %2").arg(subject.activeStatus, target.why);
        draft.warnings << RotatePlan::tr("Run %1 is %2 and should have ended long ago; the thread stays locked by it. "
                                         "The new thread begins from what is known and archived here.")
                              .arg(subject.activeRun, subject.activeStatus);
    }
    if (!subject.successor.isEmpty()) {
        target.chosen = false;
        target.why = RotatePlan::tr("%1 took over from it already; rotate that one").arg(subject.successor);
        draft.warnings << RotatePlan::tr(
                              "%1 took over from it already. Rotated again, it points to the newest one only.")
                              .arg(subject.successor);
    }
    if (target.keptBack.isEmpty())
        addSteps(draft, subject, seed, *old, options, threadDigest(provider, subject.raw, subject.messages), can);
    markKept(draft.keepsakes, seedText(seed));
    return draft;
}

Plan planRotation(std::vector<RotateDraft> drafts, const RotateOptions &options)
{
    Plan plan;
    plan.kind = OperationKind::Rotate;
    plan.options = {{u"last_messages"_s, options.lastMessages},
                    {u"delete_old"_s, options.deleteOld},
                    {u"source"_s,
                     options.source == RotateOptions::Source::Extract          ? u"extract"_s
                         : options.source == RotateOptions::Source::LastAnswer ? u"last_answer"_s
                                                                               : u"written"_s}};
    for (RotateDraft &draft : drafts) {
        draft.target.savedPerTurn = draft.savedPerTurn;
        for (const QString &warning : std::as_const(draft.warnings)) {
            const QString line = drafts.size() == 1 ? warning : draft.target.label.left(40) + u": "_s + warning;
            if (!plan.warnings.contains(line))
                plan.warnings << line;
        }
        plan.targets.push_back(std::move(draft.target));
    }
    if (options.deleteOld) {
        plan.cannotComeBack << restoredAnew();
        plan.smallPrint << RotatePlan::tr(
            "Just before an old thread is deleted it is read once more, whole. What reaches "
            "the server in the instant between that answer and the deletion goes unseen.");
    }
    return plan;
}

} // namespace bobbin
