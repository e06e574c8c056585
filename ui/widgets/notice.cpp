// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/notice.h"

#include "models/core/errortext.h"
#include "ui/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

Notice::Notice(QWidget *parent) : QFrame(parent), m_mark(new QLabel), m_text(new QLabel), m_action(new QPushButton)
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(10, 6, 6, 6);
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_action->setAutoDefault(false); // else Enter in a dialog would press it, hidden or not
    auto *close = new QToolButton;
    close->setText(u"✕"_s);
    close->setAutoRaise(true);
    close->setAccessibleName(tr("Close this message"));
    row->addWidget(m_mark);
    row->addWidget(m_text, 1);
    row->addWidget(m_action);
    row->addWidget(close);
    connect(close, &QToolButton::clicked, this, &QWidget::hide);
    connect(m_action, &QPushButton::clicked, this, &Notice::actionClicked);
    setAutoFillBackground(true);
    hide();
}

void Notice::show(const QString &text, Tone tone, const QString &action)
{
    const Hue hue = tone == Tone::Danger ? Hue::Danger : tone == Tone::Warning ? Hue::Warning : Hue::Accent;
    tint(*this, QPalette::Window, hue, 28);
    tint(*m_mark, QPalette::WindowText, hue);
    m_mark->setText(tone == Tone::Info ? u"●"_s : u"▲"_s);
    m_text->setText(text);
    m_text->setAccessibleName(text);
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    QFrame::show();
}

void Notice::show(const Error &error, const QString &action)
{
    show(errorText(error).line(), Tone::Danger, action);
}

} // namespace bobbin::ui
