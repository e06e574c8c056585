// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audit/audit.h"

#include "models/audit/rules/judging.h"

#include <algorithm>

namespace bobbin {

namespace {

constexpr Rule allRules[] = {
    {"history-growth", SubjectKind::Thread},
    {"silent-truncation", SubjectKind::Thread},
    {"retry-spiral", SubjectKind::Thread},
    {"step-explosion", SubjectKind::Thread},
    {"repeated-calls", SubjectKind::Thread},
    {"large-outputs", SubjectKind::Thread},
    {"stuck-run", SubjectKind::Thread},
    {"beyond-reason", SubjectKind::Thread},
    {"repeated-file", SubjectKind::Thread},
    {"instructions-in-messages", SubjectKind::Thread},
    // of the workspace
    {"instructions-per-run", SubjectKind::Assistant},
    {"poor-caching", SubjectKind::Assistant},
    {"no-prompt-limit", SubjectKind::Assistant},
    {"dear-model", SubjectKind::Assistant},
    {"missing-usage", SubjectKind::Assistant},
    {"unknown-price", SubjectKind::Model},
    {"model-switched-off", SubjectKind::Model},
    {"unusual-day", SubjectKind::Day},
    {"stored-tokens", SubjectKind::Workspace},
    {"duplicate-stores", SubjectKind::Store},
    {"unused-store", SubjectKind::Store},
    {"expired-store", SubjectKind::Store},
    {"unused-files", SubjectKind::Workspace},
};
constexpr std::size_t ofThreads = 10;
constexpr std::size_t ofStorage = 4; // the last ones

} // namespace

std::span<const Rule> auditRules()
{
    return allRules;
}

bool isOfThread(QByteArrayView rule)
{
    return std::ranges::any_of(auditRules().first(ofThreads), [&](const Rule &one) { return rule == one.id; });
}

bool isOfStorage(QByteArrayView rule)
{
    return std::ranges::any_of(auditRules().last(ofStorage), [&](const Rule &one) { return rule == one.id; });
}

void judgeWorkspace(const AuditInput &input, const WorkspaceFacts &facts, std::vector<Finding> &found)
{
    const std::array ofRuns{rules::ofAssistants(input), rules::ofModels(input), rules::ofDays(input)};
    for (const ThreadFact &thread : input.ledger.threads)
        for (const auto &rule : ofRuns)
            rule->look(thread);
    for (const auto &rule : ofRuns)
        rule->judge(facts, found);
    rules::judgeStoredTokens(input, found);
    rules::judgeStorage(input, facts, found);
}

void sortByMoney(std::vector<Finding> &findings)
{
    const auto rank = [](const Finding &f) {
        return std::tuple(f.spent.value_or(Money{-1}), f.monthly.value_or(Money{-1}), f.severity);
    };
    std::ranges::stable_sort(findings, [&](const Finding &a, const Finding &b) {
        if (const auto left = rank(a), right = rank(b); left != right)
            return left > right;
        return std::tie(a.rule, a.id) < std::tie(b.rule, b.id);
    });
}

void rules::setEvidence(Finding &finding, std::vector<Evidence> evidence)
{
    finding.evidenceCount = qint64(evidence.size());
    std::ranges::stable_sort(evidence, [](const Evidence &a, const Evidence &b) {
        return std::tuple(a.money.value_or(Money{-1}), a.amount.value_or(-1)) >
            std::tuple(b.money.value_or(Money{-1}), b.amount.value_or(-1));
    });
    if (evidence.size() > Finding::mostEvidence)
        evidence.resize(Finding::mostEvidence);
    finding.evidence = std::move(evidence);
}

} // namespace bobbin
