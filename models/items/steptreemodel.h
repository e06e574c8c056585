// SPDX-License-Identifier: GPL-3.0-or-later
// One thread as a tree: run → step → tool call. Runs come a few hundred at a time, steps when a run is opened.
#pragma once

#include "models/store/store.h"

#include <QAbstractItemModel>

namespace bobbin {

class StepTreeModel final : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column { What, Status, Tokens, Cost, Duration, Detail, ColumnCount };
    enum Role { RunKeyRole = Qt::UserRole + 1, IdRole, StatusRole, InputRole, OutputRole };

    explicit StepTreeModel(QObject *parent = nullptr);
    ~StepTreeModel() override;

    void setThread(std::shared_ptr<Store> store, RowKey thread); // 0: none
    [[nodiscard]] QModelIndex indexOfRun(RowKey run) const; // invalid: not loaded

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex &child) const override;
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] bool hasChildren(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;

Q_SIGNALS:
    void failed(const bobbin::Error &error);

private:
    struct Node;
    static QString toolsOf(const Node &step);
    std::shared_ptr<Store> m_store;
    RowKey m_thread = 0;
    std::unique_ptr<Node> m_root;
    int m_generation = 0;

    [[nodiscard]] Node *node(const QModelIndex &index) const;
    void append(Node *to, std::vector<std::unique_ptr<Node>> nodes);
};

} // namespace bobbin
