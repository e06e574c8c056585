// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/toolsdialog.h"

#include "ui/theme.h"
#include "ui/widgets/notice.h"
#include "ui/widgets/textlabel.h"

#include <QDialogButtonBox>
#include <QFontDatabase>
#include <QFormLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSpinBox>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int longestPatience = 3'600; // s

} // namespace

ToolsDialog::ToolsDialog(const std::vector<ToolCommand> &commands, QWidget *parent)
    : QDialog(parent), m_commands(commands), m_lines(new QPlainTextEdit), m_seconds(new QSpinBox), m_notice(new Notice)
{
    setWindowTitle(tr("Commands that answer tool calls"));
    resizeWithin(*this, {640, 360});
    auto *about = makeTextLabel();
    about->setText(tr("A line each: function=program and its arguments, or *=… for any function. The call's arguments "
                      "are its standard input, as JSON; what it prints is the output. No shell is in between, and "
                      "Bobbin's keys are not in its environment."));
    m_lines->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_lines->setAccessibleName(tr("Commands"));
    m_lines->setPlaceholderText(u"get_weather=python3 weather.py"_s);
    m_lines->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_lines->setTabChangesFocus(true);
    QStringList lines;
    for (const ToolCommand &one : commands)
        lines << toolCommandText(one);
    m_lines->setPlainText(lines.join(u'\n'));
    m_seconds->setRange(1, longestPatience);
    m_seconds->setSuffix(tr(" s"));
    m_seconds->setAccessibleName(tr("Time that each may take"));
    m_seconds->setValue(int((commands.empty() ? ToolCommand() : commands.front()).patience.count()));
    auto *form = new QFormLayout;
    form->addRow(tr("Each may take"), m_seconds);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    connect(buttons, &QDialogButtonBox::accepted, this, &ToolsDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto *column = new QVBoxLayout(this);
    column->addWidget(about);
    column->addWidget(m_lines, 1);
    column->addLayout(form);
    column->addWidget(m_notice);
    column->addWidget(buttons);
}

void ToolsDialog::accept()
{
    std::vector<ToolCommand> commands;
    int number = 0;
    for (const QString &line : m_lines->toPlainText().split(u'\n')) {
        ++number;
        if (line.trimmed().isEmpty())
            continue;
        auto command = toolCommandOf(line, std::chrono::seconds(m_seconds->value()));
        if (!command) {
            m_notice->show(tr("Line %1: %2").arg(number).arg(command.error().message), Notice::Tone::Danger);
            return;
        }
        commands.push_back(*std::move(command));
    }
    m_commands = std::move(commands);
    QDialog::accept();
}

} // namespace bobbin::ui
