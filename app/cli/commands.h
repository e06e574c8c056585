// SPDX-License-Identifier: GPL-3.0-or-later
// The commands of bobbin-cli that change the server, and those that look at what was changed.
#pragma once

#include "app/cli/options.h"
#include "models/session/workspace.h"

namespace bobbin::cli {

// Plans, shows the plan, asks (or is told --yes), carries it out, tells the outcome of each target.
class OperationCommand : public QObject {
    Q_OBJECT
public:
    using End = std::function<void(int code)>;
    OperationCommand(const Options &options, std::shared_ptr<Store> store, Workspace &workspace, End end);
    void start();

private:
    const Options &m_options;
    std::shared_ptr<Store> m_store;
    Operations &m_operations;
    End m_end;

    void refuse(const Error &error);
    void withPlan(const Result<Plan> &plan);
    void carryOut(const Plan &plan);
    void follow(qint64 operation);
    void tell(qint64 operation);
    void showPlan(const Plan &plan) const;
    void undo();
};

bool isOperation(const QString &command); // rotate, cancel, cleanup, consolidate, undo
void showActivity(const Options &options, const std::shared_ptr<Store> &store, QObject *context,
                  const OperationCommand::End &end);
int archiveCommand(const Options &options, const std::shared_ptr<const PriceTable> &prices);

} // namespace bobbin::cli
