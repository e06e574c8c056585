// SPDX-License-Identifier: GPL-3.0-or-later
// Whose details are shown: name, id to copy, assistant, state, cost, and where a rotation leads.
#pragma once

#include "models/domain/rows.h"

#include <QWidget>

class QLabel;
class QToolButton;

namespace bobbin::ui {

class ThreadHeader : public QWidget {
    Q_OBJECT
public:
    explicit ThreadHeader(QWidget *parent = nullptr);
    void show(const ThreadRow &thread);
    void clear();
    [[nodiscard]] QString id() const { return m_thread.id; }

Q_SIGNALS:
    void threadWanted(const QString &id);

private:
    ThreadRow m_thread;
    QLabel *m_title, *m_facts, *m_id, *m_link;
    QToolButton *m_copy, *m_open, *m_copyLink;

    [[nodiscard]] QString linked() const; // the thread that took over, or that it took over from
};

} // namespace bobbin::ui
