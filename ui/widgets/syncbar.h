// SPDX-License-Identifier: GPL-3.0-or-later
// How far a sync is, with a count and Cancel. Hidden while none runs.
#pragma once

#include "models/sync/syncservice.h"

#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;

namespace bobbin::ui {

class SyncBar : public QWidget {
    Q_OBJECT
public:
    explicit SyncBar(QWidget *parent = nullptr);
    void show(const SyncProgress &progress);

Q_SIGNALS:
    void cancelled();

private:
    QLabel *m_text;
    QProgressBar *m_bar;
    QPushButton *m_cancel;
};

} // namespace bobbin::ui
