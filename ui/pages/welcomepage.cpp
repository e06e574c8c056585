// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/welcomepage.h"

#include <QCommandLinkButton>
#include <QLabel>
#include <QListWidget>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

WelcomePage::WelcomePage(QWidget *parent) : QWidget(parent), m_list(new QListWidget), m_known(new QWidget)
{
    auto *inner = new QWidget;
    inner->setMaximumWidth(560);
    auto *column = new QVBoxLayout(inner);
    column->setSpacing(10);
    auto *title = new QLabel(tr("Bobbin"));
    QFont big = title->font();
    big.setPointSizeF(big.pointSizeF() * 2);
    big.setWeight(QFont::DemiBold);
    title->setFont(big);
    auto *text =
        new QLabel(tr("See what your assistants keep on the server: threads, runs, vector stores and files, and "
                      "what each of them costs."));
    text->setWordWrap(true);
    column->addWidget(title);
    column->addWidget(text);
    const auto link = [&](const QString &name, const QString &description, void (WelcomePage::*signal)()) {
        auto *button = new QCommandLinkButton(name, description);
        connect(button, &QCommandLinkButton::clicked, this, signal);
        column->addWidget(button);
        return button;
    };
    link(tr("Open the demo workspace"),
         tr("A small company's half year on a server of Bobbin's own; nothing leaves this computer."),
         &WelcomePage::demoWanted)
        ->setDefault(true);
    link(tr("New connection…"), tr("An Assistants v2 server: base URL and key. The key goes to the keychain."),
         &WelcomePage::connectionWanted);
    link(tr("Open ids…"), tr("Paste or drop any text, log, CSV, JSON or SQL dump; Bobbin finds the thread ids in it."),
         &WelcomePage::idsWanted);
    auto *known = new QVBoxLayout(m_known);
    known->setContentsMargins(0, 12, 0, 0);
    auto *heading = new QLabel(tr("Connections"));
    heading->setForegroundRole(QPalette::PlaceholderText);
    known->addWidget(heading);
    m_list->setMaximumHeight(180);
    m_list->setAccessibleName(tr("Connections"));
    known->addWidget(m_list);
    column->addWidget(m_known);
    auto *row = new QHBoxLayout;
    row->addStretch(1);
    row->addWidget(inner, 8);
    row->addStretch(1);
    auto *all = new QVBoxLayout(this);
    all->addStretch(1);
    all->addLayout(row);
    all->addStretch(2);
    connect(m_list, &QListWidget::itemActivated, this,
            [this](QListWidgetItem *item) { Q_EMIT connectionChosen(item->data(Qt::UserRole).toString()); });
    setConnections({});
}

void WelcomePage::setConnections(const std::vector<Connection> &connections)
{
    m_list->clear();
    for (const Connection &c : connections) {
        auto *item = new QListWidgetItem(c.name + u"  ·  "_s + c.baseUrl, m_list);
        item->setData(Qt::UserRole, c.id);
    }
    m_known->setVisible(!connections.empty());
}

} // namespace bobbin::ui
