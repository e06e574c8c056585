// SPDX-License-Identifier: GPL-3.0-or-later
// What stands out about a thread, in sentences, each with what can be done about it.
#pragma once

#include "models/audit/finding.h"

#include <QWidget>

class QListWidget;
class QPushButton;

namespace bobbin::ui {

class FindingsView : public QWidget {
    Q_OBJECT
public:
    explicit FindingsView(QWidget *parent = nullptr);

    void setFindings(std::vector<Finding> findings, bool judged); // judged: there are no others
    void clear(); // no thread
    [[nodiscard]] QListWidget *list() const { return m_list; }
    [[nodiscard]] QPushButton *actButton() const { return m_act; }

Q_SIGNALS:
    void runWanted(bobbin::RowKey run);
    void actWanted(const bobbin::Finding &finding);

private:
    QListWidget *m_list;
    QPushButton *m_act, *m_show;
    std::vector<Finding> m_findings;

    [[nodiscard]] const Finding *current() const;
    [[nodiscard]] static RowKey runOf(const Finding &finding); // 0: it rests on none
    void refresh();
};

} // namespace bobbin::ui
