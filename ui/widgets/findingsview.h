// SPDX-License-Identifier: GPL-3.0-or-later
// What stands out about a thread, in sentences, each with what can be done about it.
#pragma once

#include "models/audit/threadfindings.h"

#include <QWidget>

class QListWidget;
class QPushButton;

namespace bobbin::ui {

class FindingsView : public QWidget {
    Q_OBJECT
public:
    explicit FindingsView(QWidget *parent = nullptr);

    void setFindings(std::vector<Finding> findings, const Limits &limits);
    void clear(); // no thread
    [[nodiscard]] QListWidget *list() const { return m_list; }
    [[nodiscard]] QPushButton *actButton() const { return m_act; }

    static QString sentence(const Finding &finding, const Limits &limits);
    static QString actText(Finding::Kind kind); // what can be done about it; empty: nothing here

Q_SIGNALS:
    void runWanted(bobbin::RowKey run);
    void actWanted(bobbin::Finding::Kind kind);

private:
    QListWidget *m_list;
    QPushButton *m_act, *m_show;
    std::vector<Finding> m_findings;

    [[nodiscard]] const Finding *current() const;
    void refresh();
};

} // namespace bobbin::ui
