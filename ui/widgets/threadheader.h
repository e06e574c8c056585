// SPDX-License-Identifier: GPL-3.0-or-later
// A thread's header, with the thread that it became or came from: by a rotation, or by being restored.
#pragma once

#include "models/domain/rows.h"

#include "ui/widgets/objectheader.h"

namespace bobbin::ui {

class ThreadHeader final : public ObjectHeader {
    Q_OBJECT
public:
    explicit ThreadHeader(QWidget *parent = nullptr);
    void showThread(const ThreadRow &thread, const QString &cause); // in a sentence; empty: unknown
    void clear() override;

Q_SIGNALS:
    void threadWanted(const QString &id);

private:
    QLabel *m_link;
    QToolButton *m_open, *m_copyLink;
    QString m_linked;

    void link(const QString &text, const QString &thread);
};

} // namespace bobbin::ui
