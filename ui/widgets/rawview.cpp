// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/rawview.h"

#include <QFontDatabase>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QVBoxLayout>

namespace bobbin::ui {

RawView::RawView(QWidget *parent)
    : QWidget(parent), m_title(new QLabel), m_search(new QLineEdit), m_text(new QPlainTextEdit)
{
    m_text->setReadOnly(true);
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setAccessibleName(tr("Raw JSON"));
    m_title->setForegroundRole(QPalette::PlaceholderText);
    m_search->setPlaceholderText(tr("Find in JSON"));
    m_search->setAccessibleName(tr("Find in JSON"));
    m_search->setClearButtonEnabled(true);
    m_search->setMaximumWidth(240);
    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(12, 6, 12, 6);
    bar->addWidget(m_title, 1);
    bar->addWidget(m_search);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(bar);
    column->addWidget(m_text, 1);
    connect(m_search, &QLineEdit::textChanged, this, [this] { find(true); });
    connect(m_search, &QLineEdit::returnPressed, this, [this] { find(false); });
}

void RawView::setRaw(const QString &title, const QString &text)
{
    m_title->setText(title);
    m_text->setPlainText(text);
}

void RawView::find(bool fromStart)
{
    if (fromStart)
        m_text->moveCursor(QTextCursor::Start);
    if (!m_search->text().isEmpty() && !m_text->find(m_search->text()) && !fromStart) {
        m_text->moveCursor(QTextCursor::Start); // round again
        m_text->find(m_search->text());
    }
}

} // namespace bobbin::ui
