// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/turns/again.h"

#include "models/core/format.h"

#include <QCoreApplication>

#include <algorithm>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct AgainText {
    Q_DECLARE_TR_FUNCTIONS(Turn)
};

constexpr qint64 mostRetries = 3; // whatever the policy lets happen
constexpr qint64 longestBackOff = 3'600; // s

// Those that failed or that nobody answered; of a run whose calls all went well, those of its last step.
Result<std::vector<ToolCall>> readCalls(Reader &reader, RowKey run)
{
    const auto steps = reader.steps(run);
    const auto open = reader.requiredAction(run);
    if (!steps || !open)
        return fail(!steps ? steps.error() : open.error());
    std::vector<ToolCall> failed;
    const std::vector<ToolCall> *last = nullptr;
    for (const StepContent &step : *steps) {
        if (!step.calls.empty())
            last = &step.calls;
        std::ranges::copy_if(step.calls, std::back_inserter(failed), looksFailed);
    }
    if (failed.empty() && !open->empty())
        return *open;
    return failed.empty() && last ? *last : failed;
}

QString causeOf(const AgainAdvice &advice)
{
    QString said = advice.statusWord;
    if (!advice.errorCode.isEmpty())
        said += u", "_s + advice.errorCode;
    if (!advice.errorMessage.isEmpty())
        said += u": "_s + advice.errorMessage;
    return format::visible(said);
}

QString mending(const AgainAdvice &advice)
{
    if (advice.statusWord == "expired"_L1)
        return AgainText::tr("Nobody answered its tool calls in time: let the program that answers them run, or "
                             "answer them here, before it runs again.");
    if (advice.statusWord == "incomplete"_L1)
        return AgainText::tr("It came to its token limit: raise the limit, or shorten what it reads by rotating the "
                             "thread, before it runs again.");
    return advice.calls.empty()
        ? AgainText::tr("The same input ends the same: change the message or the instructions before it runs again.")
        : AgainText::tr("The same input ends the same: mend what its tool calls tell of before it runs again.");
}

} // namespace

bool looksFailed(const ToolCall &call)
{
    if (!call.answered)
        return true;
    const QString output = call.output.trimmed();
    return output.startsWith("error"_L1, Qt::CaseInsensitive) || output.startsWith("{\"error\""_L1) ||
        output.startsWith("Traceback"_L1);
}

qint64 backOffSeconds(qint64 first, qint64 retries)
{
    const qint64 doubled = std::max<qint64>(1, first) << std::clamp<qint64>(retries, 0, 10);
    return std::min(doubled, longestBackOff);
}

Result<AgainAdvice> readAgain(Reader &reader, const QString &thread, const GuardPolicy &policy)
{
    AgainAdvice advice;
    advice.thread = thread;
    const auto key = reader.keyOf(RowKind::Threads, thread);
    if (!key)
        return fail(key.error());
    if (!*key)
        return fail(Error::Kind::Input, AgainText::tr("The store has no thread “%1”; sync first.").arg(thread));
    Ledger ledger;
    if (const Done read = reader.readLedger(ledger, std::vector<RowKey>{**key}); !read)
        return fail(read.error());
    if (ledger.threads.empty() || ledger.threads.front().runs.empty())
        return advice; // nothing ran
    const std::vector<RunFact> &runs = ledger.threads.front().runs;
    const RunFact &last = runs.back();
    const auto rows = reader.rows<RunRow>({last.key});
    const auto metadata = reader.metadata(**key);
    const auto raw = reader.raw(Resource::Runs, last.key);
    if (!rows || !metadata || !raw)
        return fail(!rows ? rows.error() : !metadata ? metadata.error() : raw.error());
    if (rows->empty())
        return advice;
    const RunRow &run = rows->front();
    advice.run = run.id;
    advice.assistant = ledger.names.assistants.name(last.assistant);
    advice.model = run.model;
    advice.statusWord = run.statusWord;
    advice.errorCode = run.errorCode;
    if (const auto facts = reader.provider().readFacts(*raw))
        advice.errorMessage = facts->errorMessage;
    advice.kind = failureClass(run.status, run.errorCode);
    for (auto before = std::next(runs.rbegin()); before != runs.rend() && before->turn == last.turn; ++before)
        ++advice.retries;
    const RuleLimit limit = policyFor(policy, advice.assistant, *metadata)[std::size_t(GuardRule::Retries)].limit;
    advice.most = limit.none ? mostRetries : std::min(mostRetries, limit.number);
    advice.waitSeconds = backOffSeconds(limit.backOffSeconds, advice.retries);
    if (advice.kind == FailureClass::Structural) {
        auto calls = readCalls(reader, last.key);
        if (!calls)
            return fail(calls.error());
        advice.calls = *std::move(calls);
    }
    return advice;
}

QString againText(const AgainAdvice &advice)
{
    const QString cause = causeOf(advice);
    switch (advice.kind) {
    case FailureClass::None:
        return advice.run.isEmpty()
            ? AgainText::tr("Nothing has run on this thread yet.")
            : AgainText::tr("Its last run did not fail (%1): there is nothing to run again.").arg(cause);
    case FailureClass::Transient:
        return advice.mayGo()
            ? AgainText::tr("It failed of something that passes (%1). It runs again in %2 s; try %3 of %4.")
                  .arg(cause, QString::number(advice.waitSeconds), QString::number(advice.retries + 1),
                       QString::number(advice.most))
            : AgainText::tr("It failed of something that passes (%1), but it was tried %2 times already: wait, and "
                            "look at the server's limits, before it is sent again.")
                  .arg(cause, QString::number(advice.retries + 1));
    case FailureClass::Structural:
        return AgainText::tr("It failed of what it was given (%1). %2").arg(cause, mending(advice));
    case FailureClass::Fatal:
        return AgainText::tr("It failed of something that no further run gets around (%1): mend that first.")
            .arg(cause);
    }
    return {};
}

} // namespace bobbin
