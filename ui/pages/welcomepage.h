// SPDX-License-Identifier: GPL-3.0-or-later
// What a new user sees: three ways in, and the connections there are.
#pragma once

#include "models/providers/provider.h"

#include <QWidget>

class QListWidget;

namespace bobbin::ui {

class WelcomePage : public QWidget {
    Q_OBJECT
public:
    explicit WelcomePage(QWidget *parent = nullptr);
    void setConnections(const std::vector<Connection> &connections);

Q_SIGNALS:
    void demoWanted();
    void connectionWanted();
    void idsWanted();
    void connectionChosen(const QString &id);

private:
    QListWidget *m_list;
    QWidget *m_known;
};

} // namespace bobbin::ui
