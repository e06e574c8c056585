// SPDX-License-Identifier: GPL-3.0-or-later
// bobbin-cli budget: how far the running day and month are; its exit code says so to scripts.
#include "app/cli/cli.h"

#include "models/core/format.h"
#include "models/costs/budgettext.h"
#include "models/guard/policytext.h"
#include "models/session/budgetcheck.h"
#include "models/settings/guardfiles.h"
#include "models/settings/settings.h"
#include "models/watch/policyreads.h"

#include <QFile>
#include <QSettings>

#include <cmath>

namespace bobbin::cli {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Budgets {
    std::vector<BudgetState> own; // of the window's Costs page
    std::vector<BudgetUse> policy;
    std::vector<NamedCost> assistants;
};

} // namespace

struct BudgetLine {
    QString of, what, from;
    Cell used, limit;
    double share = 0;
};

namespace {

QString levelWord(double share)
{
    return share >= 1 ? u"over"_s : share >= nearShare ? u"near"_s : u"within"_s;
}

void addOwn(const BudgetState &state, const QString &of, std::vector<BudgetLine> &lines)
{
    const bool day = state.budget.per == Budget::Per::Day;
    if (state.budget.money) {
        const Money used = state.spent.known;
        lines.push_back({of,
                         day ? u"money-a-day"_s : u"money-a-month"_s,
                         u"costs page"_s,
                         {format::money(used), used.dollars()},
                         {format::money(*state.budget.money), state.budget.money->dollars()},
                         double(used.pico) / double(std::max<qint64>(1, state.budget.money->pico))});
    }
    if (state.budget.tokens)
        lines.push_back({of, day ? u"tokens-a-day"_s : u"tokens-a-month"_s, u"costs page"_s, number(state.tokens),
                         number(state.budget.tokens),
                         double(state.tokens) / double(std::max<qint64>(1, *state.budget.tokens))});
}

} // namespace

void Cli::budget()
{
    GuardPolicy policy;
    if (!m_options.policyFile.isEmpty() || QFile::exists(policyFile(m_session.connection().id))) {
        const auto read = policyHere();
        if (!read)
            return;
        policy = *read;
    }
    const QSettings settings(settingsFile(), QSettings::IniFormat);
    const std::vector<Budget> own = budgetsOf(settings, m_session.connection().id);
    audited([this, own, wanted = allBudgets(policy)] {
        whenDone(
            m_session.auditor()->withLedger([own, wanted](const Ledger &ledger, Reader &reader) -> Result<Budgets> {
                auto states = readBudgets(ledger, reader, own);
                auto uses = readUses(ledger, reader, wanted);
                auto assistants = reader.assistantNames();
                if (!states || !uses || !assistants)
                    return fail(!states ? states.error() : !uses ? uses.error() : assistants.error());
                return Budgets{*std::move(states), *std::move(uses), *std::move(assistants)};
            }),
            this, [this](const Result<Budgets> &budgets) {
                if (!budgets) {
                    refuse(budgets.error(), Failed);
                    return;
                }
                std::vector<BudgetLine> lines;
                for (const BudgetState &state : budgets->own)
                    addOwn(state, budgetSubject(state.budget, budgets->assistants), lines);
                for (const BudgetUse &use : budgets->policy) {
                    const auto cell = [&](qint64 amount) {
                        return Cell{amountText(use.rule, amount), plainAmount(use.rule, amount)};
                    };
                    const qint64 limit = use.budget.limit.number;
                    lines.push_back({originText(use.budget.limitFrom), QString::fromLatin1(infoOf(use.rule).word),
                                     u"policy"_s, cell(use.used), cell(limit),
                                     double(use.used) / double(std::max<qint64>(1, limit))});
                }
                showBudgets(lines);
            });
    });
}

void Cli::showBudgets(const std::vector<BudgetLine> &lines)
{
    if (lines.empty()) {
        complain(u"there is no budget: neither on the Costs page nor in a policy"_s);
        end(NothingToDo);
        return;
    }
    Output output(m_options.form,
                  {{u"of"_s, u"Of"_s, false},
                   {u"budget"_s, u"Budget"_s, false},
                   {u"used"_s, u"Used"_s, true},
                   {u"limit"_s, u"Limit"_s, true},
                   {u"percent"_s, u"%"_s, true},
                   {u"level"_s, u"Level"_s, false},
                   {u"from"_s, u"From"_s, false}});
    double furthest = 0;
    for (const BudgetLine &line : lines) {
        furthest = std::max(furthest, line.share);
        const double percent = std::round(line.share * 1000) / 10;
        output.add({{line.of, line.of},
                    {line.what, line.what},
                    line.used,
                    line.limit,
                    {QString::number(percent, 'f', 1), percent},
                    {levelWord(line.share), levelWord(line.share)},
                    {line.from, line.from}});
    }
    output.finish();
    end(furthest >= 1 ? BudgetOver : furthest >= nearShare ? BudgetNear : AllDone);
}

} // namespace bobbin::cli
