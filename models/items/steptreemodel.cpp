// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/steptreemodel.h"

#include "models/store/whendone.h"

#include "models/core/format.h"

#include <QDateTime>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int runsAtATime = 300;

} // namespace

struct StepTreeModel::Node {
    enum class Kind { Root, Run, Step, Call };
    Kind kind = Kind::Root;
    Node *parent = nullptr;
    int row = 0;
    std::vector<std::unique_ptr<Node>> children;
    bool complete = false; // all children are there
    bool fetching = false;

    RunRow run;
    StepContent step;
    std::optional<Money> cost; // of the step
    bool atMost = false; // some of its prompt was cached and cost less: only the run says how much
    ToolCall call;
};

// "Tools: get_order, refund (+2)": what a step did, without unfolding it.
QString StepTreeModel::toolsOf(const Node &step)
{
    constexpr int named = 3;
    QStringList names;
    for (const auto &child : step.children) {
        const QString &name = child->call.name.isEmpty() ? child->call.type : child->call.name;
        if (!names.contains(name))
            names << name;
    }
    if (names.isEmpty())
        return tr("Step: tool calls");
    const qsizetype more = qsizetype(step.children.size()) - std::min<qsizetype>(names.size(), named);
    return tr("Tools: %1").arg(names.first(std::min<qsizetype>(names.size(), named)).join(u", "_s)) +
        (more > 0 ? u" (+%1)"_s.arg(more) : QString());
}

StepTreeModel::StepTreeModel(QObject *parent) : QAbstractItemModel(parent), m_root(std::make_unique<Node>())
{
    m_root->complete = true;
}

StepTreeModel::~StepTreeModel() = default;

void StepTreeModel::setThread(std::shared_ptr<Store> store, RowKey thread)
{
    beginResetModel();
    ++m_generation;
    m_store = std::move(store);
    m_thread = thread;
    m_root = std::make_unique<Node>();
    m_root->complete = !m_store || thread == 0;
    endResetModel();
    fetchMore({});
}

StepTreeModel::Node *StepTreeModel::node(const QModelIndex &index) const
{
    return index.isValid() ? static_cast<Node *>(index.internalPointer()) : m_root.get();
}

QModelIndex StepTreeModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, node(parent)->children[std::size_t(row)].get());
}

QModelIndex StepTreeModel::parent(const QModelIndex &child) const
{
    if (!child.isValid())
        return {};
    Node *up = node(child)->parent;
    return up && up->kind != Node::Kind::Root ? createIndex(up->row, 0, up) : QModelIndex();
}

QModelIndex StepTreeModel::indexOfRun(RowKey run) const
{
    for (const auto &child : m_root->children)
        if (child->run.key == run)
            return createIndex(child->row, 0, child.get());
    return {};
}

int StepTreeModel::rowCount(const QModelIndex &parent) const
{
    return parent.column() > 0 ? 0 : int(node(parent)->children.size());
}

int StepTreeModel::columnCount(const QModelIndex &) const
{
    return ColumnCount;
}

bool StepTreeModel::hasChildren(const QModelIndex &parent) const
{
    if (parent.column() > 0)
        return false;
    const Node *n = node(parent);
    return n->complete ? !n->children.empty() : n->kind != Node::Kind::Call;
}

bool StepTreeModel::canFetchMore(const QModelIndex &parent) const
{
    const Node *n = node(parent);
    return parent.column() <= 0 && !n->complete && !n->fetching && m_store;
}

void StepTreeModel::append(Node *to, std::vector<std::unique_ptr<Node>> nodes)
{
    if (nodes.empty())
        return;
    const QModelIndex at = to->kind == Node::Kind::Root ? QModelIndex() : createIndex(to->row, 0, to);
    const int first = int(to->children.size());
    beginInsertRows(at, first, first + int(nodes.size()) - 1);
    for (auto &n : nodes) {
        n->parent = to;
        n->row = int(to->children.size());
        to->children.push_back(std::move(n));
    }
    endInsertRows();
}

void StepTreeModel::fetchMore(const QModelIndex &parent)
{
    if (!canFetchMore(parent))
        return;
    Node *n = node(parent);
    n->fetching = true;
    if (n->kind == Node::Kind::Root) {
        whenDone(m_store->read([thread = m_thread, offset = int(n->children.size())](Reader &reader) {
            return reader.runsOfThread(thread, runsAtATime, offset);
        }),
                 this, [this, generation = m_generation](const Result<std::vector<RunRow>> &runs) {
                     if (generation != m_generation)
                         return;
                     m_root->fetching = false;
                     m_root->complete = !runs || runs->size() < runsAtATime;
                     if (!runs) {
                         Q_EMIT failed(runs.error());
                         return;
                     }
                     std::vector<std::unique_ptr<Node>> nodes;
                     for (const RunRow &run : *runs) {
                         auto made = std::make_unique<Node>();
                         made->kind = Node::Kind::Run;
                         made->run = run;
                         made->complete = run.steps == 0;
                         nodes.push_back(std::move(made));
                     }
                     append(m_root.get(), std::move(nodes));
                 });
        return;
    }
    const RowKey run = n->run.key;
    using Steps = std::vector<std::pair<StepContent, std::optional<Money>>>;
    whenDone(m_store->read([run, model = n->run.model, when = n->run.createdAt](Reader &reader) -> Result<Steps> {
        const auto read = reader.steps(run);
        if (!read)
            return fail(read.error());
        Steps steps;
        for (const StepContent &step : *read)
            steps.emplace_back(step,
                               reader.prices() ? reader.prices()->cost(model, when, step.step.usage) : std::nullopt);
        return steps;
    }),
             this, [this, run, generation = m_generation](const Result<Steps> &steps) {
                 const QModelIndex at = generation == m_generation ? indexOfRun(run) : QModelIndex();
                 if (!at.isValid())
                     return;
                 Node *to = node(at);
                 to->fetching = false;
                 to->complete = true;
                 if (!steps) {
                     Q_EMIT failed(steps.error());
                     return;
                 }
                 std::vector<std::unique_ptr<Node>> nodes;
                 for (const auto &[step, cost] : *steps) {
                     auto made = std::make_unique<Node>();
                     made->kind = Node::Kind::Step;
                     made->complete = true;
                     made->step = step;
                     made->cost = cost;
                     made->atMost = to->run.usage && to->run.usage->cached.value_or(0) > 0 && step.step.usage &&
                         !step.step.usage->cached;
                     for (const ToolCall &call : step.calls) {
                         auto leaf = std::make_unique<Node>();
                         leaf->kind = Node::Kind::Call;
                         leaf->complete = true;
                         leaf->call = call;
                         leaf->parent = made.get();
                         leaf->row = int(made->children.size());
                         made->children.push_back(std::move(leaf));
                     }
                     nodes.push_back(std::move(made));
                 }
                 append(to, std::move(nodes));
             });
}

QVariant StepTreeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole)
        return int((section >= Tokens && section <= Duration ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (Column(section)) {
    case What:
        return tr("Run, step, tool call");
    case Status:
        return tr("Status");
    case Tokens:
        return tr("Prompt + completion");
    case Cost:
        return tr("Cost");
    case Duration:
        return tr("Duration");
    case Detail:
        return tr("Input → output");
    case ColumnCount:
        break;
    }
    return {};
}

QVariant StepTreeModel::data(const QModelIndex &index, int role) const
{
    Q_ASSERT(checkIndex(index, CheckIndexOption::IndexIsValid));
    const Node *n = node(index);
    const auto tokens = [](const std::optional<Usage> &usage) {
        return usage ? format::count(usage->prompt) + u" + "_s + format::count(usage->completion) : format::unknown();
    };
    const auto lasted = [](const OptTime &from, const OptTime &to) {
        return from && to ? format::duration(*to - *from) : u"–"_s;
    };
    if (role == Qt::TextAlignmentRole)
        return int((index.column() >= Tokens && index.column() <= Duration ? Qt::AlignRight : Qt::AlignLeft) |
                   Qt::AlignVCenter);
    switch (n->kind) {
    case Node::Kind::Root:
        return {};
    case Node::Kind::Run: {
        const RunRow &run = n->run;
        if (role == RunKeyRole)
            return run.key;
        if (role == IdRole)
            return run.id;
        if (role == StatusRole)
            return int(run.status);
        if (role == Qt::ToolTipRole)
            return run.id;
        if (role != Qt::DisplayRole)
            return {};
        switch (Column(index.column())) {
        case What:
            return tr("Run %1").arg(n->row + 1) + u" · "_s + run.model;
        case Status:
            return run.statusWord;
        case Tokens:
            return tokens(run.usage);
        case Cost:
            return format::money(run.cost);
        case Duration:
            return lasted(run.createdAt, run.endedAt);
        case Detail:
            return run.errorCode.isEmpty() ? format::when(run.createdAt) : run.errorCode;
        case ColumnCount:
            return {};
        }
        return {};
    }
    case Node::Kind::Step: {
        const RunStep &step = n->step.step;
        if (role == RunKeyRole)
            return n->parent->run.key;
        if (role == Qt::ToolTipRole && index.column() == Cost && n->cost && n->atMost)
            return tr("At most: the server tells cached tokens, which cost less, for the whole run only");
        if (role == IdRole || role == Qt::ToolTipRole)
            return step.id;
        if (role == OutputRole)
            return n->step.messageId;
        if (role != Qt::DisplayRole)
            return {};
        switch (Column(index.column())) {
        case What:
            return step.type == "message_creation"_L1 ? tr("Step: message")
                : step.type == "tool_calls"_L1        ? toolsOf(*n)
                                                      : tr("Step: %1").arg(step.type);
        case Status:
            return step.status;
        case Tokens:
            return tokens(step.usage);
        case Cost:
            return (n->cost && n->atMost ? u"≤ "_s : QString()) + format::money(n->cost);
        case Duration:
            return lasted(step.createdAt, step.endedAt);
        case Detail:
            return step.errorCode.isEmpty() ? n->step.messageId : step.errorCode;
        default:
            return {};
        }
    }
    case Node::Kind::Call: {
        const ToolCall &call = n->call;
        if (role == RunKeyRole)
            return n->parent->parent->run.key;
        if (role == IdRole)
            return call.id;
        if (role == InputRole)
            return call.input;
        if (role == OutputRole)
            return call.output;
        if (role == Qt::ToolTipRole)
            return QString(call.input.left(800) +
                           (call.output.isEmpty() ? QString() : u"\n→ "_s + call.output.left(800)));
        if (role != Qt::DisplayRole)
            return {};
        switch (Column(index.column())) {
        case What:
            return call.name.isEmpty() ? call.type : call.name;
        case Status:
            return call.answered ? QString() : tr("not answered");
        case Detail:
            return QString(call.input.left(200).simplified() +
                           (call.output.isEmpty() ? QString() : u" → "_s + call.output.left(200).simplified()));
        default:
            return {};
        }
    }
    }
    return {};
}

} // namespace bobbin
