// SPDX-License-Identifier: GPL-3.0-or-later
// The command line of bobbin-cli.
#pragma once

#include "app/cli/texttable.h"
#include "models/audit/finding.h"
#include "models/plans/consolidateplan.h"
#include "models/plans/rotateplan.h"

#include <functional>

namespace bobbin::cli {

// What a shell sees.
enum ExitCode {
    AllDone = 0,
    Failed = 1,
    Usage = 2,
    NotConnected = 3,
    PartFailed = 4,
    NothingToDo = 5,
    Refused = 6,
    TimedOut = 7,
    FoundNote = 10, // an audit's worst finding: 10 note, 11 warning, 12 serious
    BudgetNear = 11, // from 80 % on
    BudgetOver = 12,
    Interrupted = 130
};

struct Options {
    QString command;
    QStringList arguments;
    Form form = Form::Text;
    bool json = false, csv = false;
    int timeoutSeconds = 600; // without anything moving
    bool demo = false;
    bool syncFirst = false;
    bool steps = true;
    int atOnce = 0; // requests; 0: as many as the server bears
    int listLimit = 0; // items; 0: the usual one
    QString connection, baseUrl, storeFile;
    RowFilter filter;
    QByteArray sort;
    bool ascending = false;
    int limit = 0;
    QString by = QStringLiteral("model");
    QStringList ids;
    // Audit
    QStringList rules; // empty: all
    Severity failOn = Severity::Warning;
    // Operations
    bool dryRun = false, yes = false, all = false, compare = false;
    CleanupRule rule;
    ConsolidateOptions consolidate;
    RotateOptions rotate;
    QString savedRule; // a clean-up's, by name
    QString toFile; // of an export or a report, absolute
    QString ofProject; // of what was billed; empty: all of it
    bool texts = false; // of messages may be in a report
    std::optional<qint64> above; // prompt tokens
    // Guard
    QString policyFile; // empty: the connection's
    QString webhook; // empty: none
    QString traces; // the collector's address; empty: none
    bool traceTexts = false;
    int port = 0; // of the gateway; 0: any
    int metricsPort = -1; // -1: no metrics; 0: any port that is free
    int intervalSeconds = 0; // between two looks, at the least; 0: the usual one
    bool ownKey = false; // callers of the gateway need none
    // Chat
    QString message, model, attach; // message empty: read from standard input
    QStringList tools; // "function=command"
    int toolSeconds = 60;
    bool again = false; // what failed last is run again
    // Connections
    std::vector<std::function<void(Connection &)>> connectionEdits; // what the options change in one
    bool noKey = false, newKey = false, adminKey = false;

    [[nodiscard]] bool namesWorkspace() const
    {
        return demo || !connection.isEmpty() || !baseUrl.isEmpty() || !storeFile.isEmpty();
    }
};

int exitCodeOf(const Error &error); // NotConnected, or Failed
// Parses the command line; an answer means: end with it.
std::optional<int> parse(const QStringList &arguments, Options *options);
} // namespace bobbin::cli
