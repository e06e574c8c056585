// SPDX-License-Identifier: GPL-3.0-or-later
// Starts something long, and while that runs says how far it is and stops it.
#pragma once

#include "models/session/whatifreads.h"

#include <QPushButton>
#include <QTimer>

namespace bobbin::ui {

class ProgressButton : public QPushButton {
    Q_OBJECT
public:
    explicit ProgressButton(const QString &text, QWidget *parent = nullptr);
    ~ProgressButton() override; // what runs is stopped
    [[nodiscard]] std::shared_ptr<ReadProgress> begin(); // what ran before is stopped
    [[nodiscard]] bool isOf(const std::shared_ptr<ReadProgress> &progress) const { return progress == m_progress; }
    void end(); // it has come to its end, or is given up

Q_SIGNALS:
    void started(); // by the person

private:
    QString m_text;
    std::shared_ptr<ReadProgress> m_progress; // null: nothing runs
    QTimer m_tick;
    void tell();
};

} // namespace bobbin::ui
