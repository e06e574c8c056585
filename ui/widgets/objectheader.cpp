// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/objectheader.h"

#include "models/core/format.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

namespace bobbin::ui {

QLabel *ObjectHeader::plainLabel()
{
    auto *label = new QLabel;
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    label->setFocusPolicy(Qt::NoFocus);
    label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // gives way in a narrow window
    return label;
}

QToolButton *ObjectHeader::plainButton(const QString &text, const QString &tip)
{
    auto *made = new QToolButton;
    made->setText(text);
    made->setToolTip(tip);
    made->setAccessibleName(tip);
    made->setAutoRaise(true);
    return made;
}

ObjectHeader::ObjectHeader(const QString &nothing, QWidget *parent)
    : QWidget(parent), m_nothing(nothing), m_titleLabel(plainLabel()), m_idLabel(plainLabel()),
      m_factsLabel(plainLabel()), m_copy(plainButton(tr("Copy id"), tr("Copy its id"))), m_second(new QHBoxLayout)
{
    QFont strong = m_titleLabel->font();
    strong.setWeight(QFont::DemiBold);
    m_titleLabel->setFont(strong);
    m_factsLabel->setForegroundRole(QPalette::PlaceholderText);
    m_idLabel->setForegroundRole(QPalette::PlaceholderText);
    m_idLabel->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    auto *first = new QHBoxLayout;
    first->addWidget(m_titleLabel, 3);
    first->addWidget(m_idLabel, 2);
    first->addWidget(m_copy);
    m_second->addWidget(m_factsLabel, 3);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(12, 6, 12, 2);
    column->setSpacing(2);
    column->addLayout(first);
    column->addLayout(m_second);
    connect(m_copy, &QToolButton::clicked, this, [this] { QApplication::clipboard()->setText(m_id); });
    ObjectHeader::clear();
}

void ObjectHeader::clear()
{
    show(m_nothing, {}, {});
}

void ObjectHeader::show(const QString &title, const QString &id, const QString &facts)
{
    m_id = id;
    m_titleLabel->setText(format::visible(title));
    m_idLabel->setText(format::visible(id));
    m_factsLabel->setText(format::visible(facts));
    m_copy->setVisible(!id.isEmpty());
}

} // namespace bobbin::ui
