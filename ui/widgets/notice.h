// SPDX-License-Identifier: GPL-3.0-or-later
// A line at the place where something happened: what, what to do, and one button. Hidden while there is nothing.
#pragma once

#include "models/core/error.h"

#include <QFrame>

class QLabel;
class QPushButton;

namespace bobbin::ui {

class Notice : public QFrame {
    Q_OBJECT
public:
    enum class Tone { Info, Warning, Danger };
    explicit Notice(QWidget *parent = nullptr);
    void show(const QString &text, Tone tone, const QString &action = {});
    void show(const Error &error, const QString &action = {});

Q_SIGNALS:
    void actionClicked();

private:
    QLabel *m_mark;
    QLabel *m_text;
    QPushButton *m_action;
};

} // namespace bobbin::ui
