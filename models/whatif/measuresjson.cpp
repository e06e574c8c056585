// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/whatif/measuresjson.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Measures)
};

constexpr std::pair<const char *, std::optional<qint64> Measures::*> numbers[] = {
    {"retries", &Measures::retries},           {"toolSteps", &Measures::toolSteps},
    {"turnCap", &Measures::turnCap},           {"contextCeiling", &Measures::contextCeiling},
    {"lastMessages", &Measures::lastMessages}, {"maxPromptTokens", &Measures::maxPromptTokens},
    {"attachOnce", &Measures::attachOnce}};
constexpr std::pair<const char *, bool Measures::*> flags[] = {{"summaryByModel", &Measures::summaryByModel},
                                                               {"perfectCaching", &Measures::perfectCaching},
                                                               {"batch", &Measures::batch},
                                                               {"oneStore", &Measures::oneStore}};
constexpr std::pair<const char *, QString Measures::*> models[] = {{"model", &Measures::model},
                                                                   {"routeTo", &Measures::routeTo}};

} // namespace

QJsonObject measuresToJson(const Measures &measures)
{
    QJsonObject json;
    for (const auto &[key, member] : numbers)
        if (measures.*member)
            json[QLatin1StringView(key)] = *(measures.*member);
    for (const auto &[key, member] : flags)
        if (measures.*member)
            json[QLatin1StringView(key)] = true;
    for (const auto &[key, member] : models)
        if (!(measures.*member).isEmpty())
            json[QLatin1StringView(key)] = measures.*member;
    if (measures.turnCap || measures.contextCeiling)
        json["summaryTokens"_L1] = measures.summaryTokens;
    return json;
}

Measures measuresFromJson(const QJsonObject &json)
{
    Measures measures;
    for (const auto &[key, member] : numbers)
        if (const QJsonValue value = json[QLatin1StringView(key)]; value.isDouble() && value.toInteger() >= 0)
            measures.*member = value.toInteger();
    for (const auto &[key, member] : flags)
        measures.*member = json[QLatin1StringView(key)].toBool();
    for (const auto &[key, member] : models)
        measures.*member = json[QLatin1StringView(key)].toString();
    if (const qint64 tokens = json["summaryTokens"_L1].toInteger(-1); tokens >= 0)
        measures.summaryTokens = tokens;
    return measures;
}

QString measureTitle(Measure measure)
{
    switch (measure) {
    case Measure::Retries:
        return Words::tr("Retry rule");
    case Measure::ToolSteps:
        return Words::tr("Step ceiling");
    case Measure::TurnCap:
        return Words::tr("Turn cap");
    case Measure::ContextCeiling:
        return Words::tr("Context ceiling");
    case Measure::LastMessages:
        return Words::tr("Last messages only");
    case Measure::MaxPromptTokens:
        return Words::tr("max_prompt_tokens");
    case Measure::Caching:
        return Words::tr("Perfect caching");
    case Measure::Model:
        return Words::tr("Another model");
    case Measure::Routing:
        return Words::tr("Simple turns to");
    case Measure::Batch:
        return Words::tr("As batches");
    case Measure::OneStore:
        return Words::tr("One vector store");
    case Measure::AttachOnce:
        return Words::tr("Files attached once");
    }
    return {};
}

QString measureNote(Measure measure)
{
    switch (measure) {
    case Measure::Retries:
        return Words::tr("Failed runs are tried again only after rate_limit_exceeded and server_error, so many times. "
                         "The run that succeeded in the end stays.");
    case Measure::ToolSteps:
        return Words::tr("A run ends after so many tool steps; its answer may lack what the later ones found.");
    case Measure::TurnCap:
        return Words::tr("After so many turns the thread goes on in a new one that begins with a summary. What the "
                         "summary leaves out is not there any more.");
    case Measure::ContextCeiling:
        return Words::tr("Before a run would begin by reading more, the thread goes on in a new one that begins with a "
                         "summary.");
    case Measure::LastMessages:
        return Words::tr("truncation_strategy last_messages: what is older is not read, and nothing stands for it.");
    case Measure::MaxPromptTokens:
        return Words::tr("Of one run, over all of its calls: the context is cut to fit, and calls that do not fit are "
                         "not made. Such runs end incomplete.");
    case Measure::Caching:
        return Words::tr("Everything is cached that the unchanged beginning of a prompt allows, within ten minutes. "
                         "Nothing is lost; how near one comes depends on the provider.");
    case Measure::Model:
        return Words::tr(
            "As many tokens, at the other model's prices. How good its answers are is not known from here.");
    case Measure::Routing:
        return Words::tr("Turns whose question is simple by its words go to a smaller model.");
    case Measure::Batch:
        return Words::tr("At batch prices, half where none is known. Answers come within a day: not for people who "
                         "wait.");
    case Measure::OneStore:
        return Words::tr("Vector stores of the same content are one, from the day of the oldest. Nobody sees other "
                         "files than before.");
    case Measure::AttachOnce:
        return Words::tr("A file that is attached to several messages of a thread is embedded once. OpenAI bills no "
                         "embedding for vector stores: enter what yours bills. Of threads that were active in this "
                         "time.");
    }
    return {};
}

} // namespace bobbin
