// SPDX-License-Identifier: GPL-3.0-or-later
// bobbin-cli: the core of Bobbin without a window.
#pragma once

#include "app/cli/chatcommand.h"
#include "app/cli/commands.h"
#include "app/cli/connectioncommands.h"
#include "app/cli/guarding.h"
#include "app/cli/patience.h"
#include "app/demo/demohost.h"
#include "models/credentials/credentials.h"
#include "models/guard/policy.h"
#include "models/report/report.h"
#include "models/session/session.h"
#include "models/settings/connections.h"

#include <QTemporaryDir>

namespace bobbin {
struct TriedPolicy;
}

namespace bobbin::cli {

struct BudgetLine;

class Cli : public QObject {
    Q_OBJECT
public:
    explicit Cli(Options options);
    void start(); // ends the event loop with the exit code

private:
    Options m_options;
    Connections m_connections;
    SecretStore m_secrets;
    Credentials m_credentials;
    std::unique_ptr<demo::DemoHost> m_demo;
    Session m_session;
    std::shared_ptr<Store> m_store; // of the session
    std::unique_ptr<QTemporaryDir> m_temporary;
    std::unique_ptr<OperationCommand> m_operation;
    std::unique_ptr<ConnectionCommand> m_connectionCommand;
    std::optional<GuardPolicy> m_policy; // to be tried
    std::unique_ptr<GuardingCommand> m_guarding;
    std::unique_ptr<ChatCommand> m_chat;
    bool m_partFailed = false;

    Patience m_patience;
    QMap<QString, int> m_failures; // by their words

    void end(int code);
    void giveUp(const QString &what);
    QString readIds(const Provider &provider);
    void checkIds(const std::function<void()> &go); // those that options name must be known
    void refuse(const Error &error, int code);
    bool choose(Connection *connection);
    void openStore(const Connection &connection);
    void opened();
    void key(const Connection &connection, bool fresh, KeyAnswer answer);
    void withKey(const std::function<void()> &go);
    void sync();
    void syncEnded(const Result<SyncRow> &result);
    void goOn(); // with what was asked for, once the store is as it is to be
    void operate();
    void show();
    template <class Row> void showRows(RowKind kind, const char *usualSort);
    void showSteps();
    void showCost();
    void showSummary();
    void audited(const std::function<void()> &go); // once all findings are those of the store
    void audit();
    void report();
    void writeReport(const Report &report);
    [[nodiscard]] ReconcileQuery reconcileQuery() const;
    void reconcile();
    void adminKey(const SecretStore::KeyAnswer &answer);
    void compare(const ReconcileQuery &query);
    void showReconciliation(const Reconciliation &all, const ReconcileQuery &query);
    void policy();
    std::optional<GuardPolicy> readPolicyFile(const QString &file); // else it has said what is wrong
    std::optional<GuardPolicy> policyHere(); // the usual one, which only tells, where there is none
    void watch();
    void chat();
    void openGateway();
    void guard();
    void budget();
    void showBudgets(const std::vector<BudgetLine> &lines);
    void stopGuarding();
    void showGuard(const std::vector<GuardRow> &rows);
    void answerGuard();
    void sumUpGuard();
    void tryPolicyHere();
    void showPolicy(const GuardPolicy &policy, const TriedPolicy *tried); // null: without a workspace
    void showFindings(const std::vector<Finding> &findings);
};

} // namespace bobbin::cli
