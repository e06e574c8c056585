// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/rawview.h"

#include "ui/widgets/foldingtext.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>
#include <QVBoxLayout>
#include <climits>

namespace bobbin::ui {

RawView::RawView(QWidget *parent)
    : QWidget(parent), m_title(new QLabel), m_search(new QLineEdit), m_text(new FoldingText)
{
    m_text->setAccessibleName(tr("Raw JSON"));
    m_title->setForegroundRole(QPalette::PlaceholderText);
    m_search->setPlaceholderText(tr("Find in JSON"));
    m_search->setAccessibleName(tr("Find in JSON"));
    m_search->setClearButtonEnabled(true);
    m_search->setMaximumWidth(240);
    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(12, 6, 12, 6);
    bar->addWidget(m_title, 1);
    const auto foldButton = [&](const QString &text, const QString &tip, int depth) {
        auto *button = new QToolButton;
        button->setText(text);
        button->setToolTip(tip);
        button->setAutoRaise(true);
        connect(button, &QToolButton::clicked, m_text, [this, depth] { m_text->foldBelow(depth); });
        bar->addWidget(button);
    };
    foldButton(tr("Fold"), tr("Fold everything below the first level; Left and Right fold the line of the cursor"), 1);
    foldButton(tr("Unfold"), tr("Unfold everything"), INT_MAX);
    bar->addWidget(m_search);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(bar);
    column->addWidget(m_text, 1);
    connect(m_search, &QLineEdit::textChanged, this, [this] { m_text->findNext(m_search->text(), true); });
    connect(m_search, &QLineEdit::returnPressed, this, [this] { m_text->findNext(m_search->text(), false); });
}

void RawView::setRaw(const QString &title, const QString &text)
{
    m_title->setText(title);
    m_text->setText(text);
}

} // namespace bobbin::ui
