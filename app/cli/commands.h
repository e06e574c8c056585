// SPDX-License-Identifier: GPL-3.0-or-later
// The commands of bobbin-cli that are operations: they change the server, or ask much of it.
#pragma once

#include "app/cli/options.h"
#include "app/cli/patience.h"
#include "models/session/workspace.h"

namespace bobbin::cli {

// Plans, shows the plan, asks (or is told --yes), carries it out, tells the outcome of each target.
class OperationCommand : public QObject {
    Q_OBJECT
public:
    using End = std::function<void(int code)>;
    OperationCommand(const Options &options, std::shared_ptr<Store> store, Workspace &workspace, Patience &patience,
                     End end);
    void start();

private:
    const Options &m_options;
    std::shared_ptr<Store> m_store;
    Operations &m_operations;
    Patience &m_patience;
    End m_end;
    qint64 m_operation = 0; // that is under way
    bool m_gaveUp = false;

    void refuse(const Error &error);
    void withPlan(const Result<Plan> &plan);
    [[nodiscard]] bool confirmed(const QString &title, const std::function<void()> &show) const;
    void carryOut(const Plan &plan);
    void follow(qint64 operation);
    void progressed(const OperationProgress &progress);
    void giveUp();
    void say(const Plan &plan) const; // what must be known before it is done, to stderr
    void tell(qint64 operation);
    void showPlan(const Plan &plan) const;
    void cleanup();
    void rotate();
    void exportArchive();
    void again(); // retry, finish
    void withOperation(const std::function<void(qint64)> &use); // the one that was named, or the last one
};

bool isOperation(const Options &options); // it needs a server and is journaled

} // namespace bobbin::cli
