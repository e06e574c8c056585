// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/toolcallform.h"

#include "models/core/format.h"
#include "ui/widgets/textlabel.h"

#include <QFontDatabase>
#include <QLabel>
#include <QPlainTextEdit>
#include <QVBoxLayout>

#include <algorithm>

namespace bobbin::ui {

namespace {

constexpr int outputRows = 3;

} // namespace

ToolCallForm::ToolCallForm(QWidget *parent) : QWidget(parent), m_column(new QVBoxLayout(this))
{
    m_column->setContentsMargins(0, 0, 0, 0);
}

void ToolCallForm::ask(const std::vector<ToolCall> &calls)
{
    fill(calls, false);
}

void ToolCallForm::show(const std::vector<ToolCall> &calls)
{
    fill(calls, true);
}

void ToolCallForm::fill(const std::vector<ToolCall> &calls, bool toRead)
{
    m_rows.clear();
    while (const QLayoutItem *item = m_column->takeAt(0)) {
        if (QWidget *widget = item->widget()) {
            widget->hide();
            widget->deleteLater();
        }
        delete item;
    }
    const QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    for (const ToolCall &call : calls) {
        const QString name = format::visible(call.name.isEmpty() ? call.type : call.name);
        auto *head = makeTextLabel();
        head->setText(toRead ? tr("%1 was called with").arg(name) : tr("%1 (%2) asks with").arg(name, call.id));
        auto *input = makeTextLabel();
        input->setText(format::visible(call.input));
        input->setFont(fixed);
        auto *output = new QPlainTextEdit;
        output->setFont(fixed);
        output->setReadOnly(toRead);
        output->setPlainText(format::visible(call.output));
        output->setPlaceholderText(toRead ? tr("Nobody answered it")
                                          : tr("The output to submit; empty is an answer too"));
        output->setAccessibleName(tr("Output for %1").arg(name));
        output->setFixedHeight(fontMetrics().lineSpacing() * (outputRows + 1));
        output->setTabChangesFocus(true);
        auto *note = makeTextLabel();
        note->hide();
        for (QWidget *one : std::initializer_list<QWidget *>{head, input, output, note})
            m_column->addWidget(one);
        m_rows.push_back({call.id, output, note});
    }
}

void ToolCallForm::say(const QString &callId, const QString &text)
{
    const auto row = std::ranges::find(m_rows, callId, &Row::id);
    if (row == m_rows.end())
        return;
    row->note->setText(format::visible(text));
    row->note->setVisible(!text.isEmpty());
}

void ToolCallForm::setOutput(const QString &callId, const QString &output)
{
    const auto row = std::ranges::find(m_rows, callId, &Row::id);
    if (row != m_rows.end()) {
        row->output->setPlainText(format::visible(output));
        row->output->setReadOnly(true);
        row->note->hide();
    }
}

std::vector<ToolOutput> ToolCallForm::outputs() const
{
    std::vector<ToolOutput> all;
    all.reserve(m_rows.size());
    for (const Row &row : m_rows)
        all.push_back({row.id, row.output->toPlainText()});
    return all;
}

void ToolCallForm::focusFirst()
{
    if (!m_rows.empty())
        m_rows.front().output->setFocus();
}

} // namespace bobbin::ui
