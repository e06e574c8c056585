// SPDX-License-Identifier: GPL-3.0-or-later
// Tool calls, each with its arguments, and where its output is written or can be read.
#pragma once

#include "models/domain/change.h"

#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QVBoxLayout;

namespace bobbin::ui {

class ToolCallForm : public QWidget {
    Q_OBJECT
public:
    explicit ToolCallForm(QWidget *parent = nullptr);
    void ask(const std::vector<ToolCall> &calls); // for their outputs
    void show(const std::vector<ToolCall> &calls); // with the outputs that they have
    void say(const QString &callId, const QString &text); // beside its output
    void setOutput(const QString &callId, const QString &output); // to be read only
    [[nodiscard]] std::vector<ToolOutput> outputs() const; // one a call, in their order; may be empty texts
    [[nodiscard]] bool isEmpty() const { return m_rows.empty(); }
    void focusFirst();

private:
    struct Row {
        QString id;
        QPlainTextEdit *output;
        QLabel *note;
    };
    QVBoxLayout *m_column;
    std::vector<Row> m_rows;

    void fill(const std::vector<ToolCall> &calls, bool toRead);
};

} // namespace bobbin::ui
