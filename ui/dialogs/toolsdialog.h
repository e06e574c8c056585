// SPDX-License-Identifier: GPL-3.0-or-later
// The commands that answer tool calls, a line each.
#pragma once

#include "models/settings/toolcommands.h"

#include <QDialog>

class QPlainTextEdit;
class QSpinBox;

namespace bobbin::ui {

class Notice;

class ToolsDialog : public QDialog {
    Q_OBJECT
public:
    ToolsDialog(const std::vector<ToolCommand> &commands, QWidget *parent);
    [[nodiscard]] const std::vector<ToolCommand> &commands() const { return m_commands; }
    [[nodiscard]] QPlainTextEdit *lines() const { return m_lines; }
    void accept() override; // stays open where a line cannot be read

private:
    std::vector<ToolCommand> m_commands;
    QPlainTextEdit *m_lines;
    QSpinBox *m_seconds;
    Notice *m_notice;
};

} // namespace bobbin::ui
