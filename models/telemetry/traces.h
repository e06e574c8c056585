// SPDX-License-Identifier: GPL-3.0-or-later
// Runs as traces of OpenTelemetry, by its conventions for generative AI: a run is a span (invoke_agent), each of its
// steps a child (chat), each tool call of a step a child of that (execute_tool). Pure. Ids follow from the run's, so
// that what is sent twice is the same.
#pragma once

#include "models/domain/content.h"
#include "models/domain/rows.h"

namespace bobbin {

struct TracedRun {
    RunRow run;
    QString assistantId;
    std::vector<StepContent> steps;
};
struct TraceSource {
    QString service; // service.name
    QString connection; // its name
    QString provider; // gen_ai.provider.name
    bool texts = false; // arguments and outputs of tool calls too
};
// The body of POST /v1/traces (OTLP, JSON).
QByteArray traceRequest(const std::vector<TracedRun> &runs, const TraceSource &source);

} // namespace bobbin
