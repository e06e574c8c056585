// SPDX-License-Identifier: GPL-3.0-or-later
// Where a text stands in the messages of all threads, newest first. Searches the store a stretch at a time; a new
// text or leaving the page stops the old search.
#pragma once

#include "models/store/store.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QLineEdit;
class QPushButton;
class QTreeView;

namespace bobbin::ui {

class MessageHitModel;
class PaddedDelegate;

class SearchPage : public QWidget {
    Q_OBJECT
public:
    explicit SearchPage(QWidget *parent = nullptr);
    void setStore(std::shared_ptr<Store> store);
    void search(const QString &text); // in titles, ids, metadata and messages
    void searchSoon(const QString &text); // when the person rests
    [[nodiscard]] bool searching() const { return m_searching; }
    [[nodiscard]] QTreeView *list() const { return m_list; }

Q_SIGNALS:
    void chosen(const bobbin::MessageHit &hit);

private:
    std::shared_ptr<Store> m_store;
    QLineEdit *m_text;
    QLabel *m_count;
    QPushButton *m_stop;
    QTreeView *m_list;
    MessageHitModel *m_model;
    PaddedDelegate *m_delegate = nullptr;
    QLabel *m_none; // instead of the list, where there is nothing
    QTimer m_typing;
    QString m_searched;
    int m_generation = 0;
    bool m_searching = false;
    qint64 m_looked = 0;
    std::optional<qint64> m_all;

    void append(std::vector<MessageHit> hits);
    void searchThreads(const QString &text, int generation);
    void next(const QString &text, RowKey before, int generation);
    void stop();
    void tell();
};

} // namespace bobbin::ui
