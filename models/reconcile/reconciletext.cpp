// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/reconcile/reconciletext.h"

#include "models/core/format.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Reconcile)
};

} // namespace

QByteArray gapWord(Gap gap)
{
    switch (gap) {
    case Gap::Unpriced:
        return "unpriced-models";
    case Gap::MissingUsage:
        return "missing-usage";
    case Gap::OtherWork:
        return "other-work";
    case Gap::OtherProjects:
        return "other-projects";
    case Gap::Storage:
        return "storage";
    case Gap::ToolFees:
        return "tool-fees";
    case Gap::Rates:
        return "rates";
    case Gap::NotCounted:
        return "not-counted";
    case Gap::Unexplained:
        return "unexplained";
    }
    return {};
}

QString gapText(Gap gap)
{
    switch (gap) {
    case Gap::Unpriced:
        return Words::tr("Models without a price here");
    case Gap::MissingUsage:
        return Words::tr("Runs without usage");
    case Gap::OtherWork:
        return Words::tr("Work that is not in this workspace");
    case Gap::OtherProjects:
        return Words::tr("Other projects");
    case Gap::Storage:
        return Words::tr("Storage");
    case Gap::ToolFees:
        return Words::tr("Fees of tools");
    case Gap::Rates:
        return Words::tr("The same tokens at other prices");
    case Gap::NotCounted:
        return Words::tr("Recorded here, not counted there");
    case Gap::Unexplained:
        return Words::tr("Not explained");
    }
    return {};
}

QString gapWhy(Gap gap)
{
    switch (gap) {
    case Gap::Unpriced:
        return Words::tr("Runs here used models that have no price: enter one under Tools → Prices.");
    case Gap::MissingUsage:
        return Words::tr("The server did not tell what these runs used. Estimated: as many times what the other runs "
                         "of the model cost.");
    case Gap::OtherWork:
        return Words::tr("Tokens and services that no run here used: other programs with the same account, threads "
                         "that are not known here, or that were deleted.");
    case Gap::OtherProjects:
        return Words::tr("Billed to projects that are not this workspace's.");
    case Gap::Storage:
        return Words::tr(
            "Files and vector stores, by day. The Files and Vector stores pages tell which are in nobody's use.");
    case Gap::ToolFees:
        return Words::tr(
            "Sessions of the code interpreter, searches in files and on the web: billed beside the tokens.");
    case Gap::Rates:
        return Words::tr("Discounts, other tiers and rounding. Where your prices differ, enter them under Tools → "
                         "Prices.");
    case Gap::NotCounted:
        return Words::tr("The provider counts some hours later, and each call on its own day: a run that passes "
                         "midnight is on two.");
    case Gap::Unexplained:
        return Words::tr("The figures do not tell. Costs by line item, and usage by model, tell more.");
    }
    return {};
}

QString rowName(const ComparedRow &row)
{
    switch (row.kind) {
    case ComparedRow::Kind::Whole:
        return Words::tr("All else of the day");
    case ComparedRow::Kind::Projects:
        return Words::tr("Project %1").arg(format::visible(row.name));
    default:
        return row.name.isEmpty() ? Words::tr("Model not told") : format::visible(row.name);
    }
}

QString differenceText(const Compared &figures)
{
    const auto difference = figures.difference();
    if (!difference)
        return format::unknown();
    if (difference->pico == 0)
        return u"±0"_s;
    return difference->pico > 0 ? u"+"_s + format::money(*difference)
                                : u"−"_s + format::money(Money{-difference->pico});
}

} // namespace bobbin
