// SPDX-License-Identifier: GPL-3.0-or-later
// Answers that used what the measures would have cut: what they may cost in quality, as far as text can show it.
#pragma once

#include "models/session/whatifreads.h"
#include "ui/pages/costs/costsource.h"

#include <QWidget>

class QTreeWidget;

namespace bobbin::ui {

class ProgressButton;

class MissedView : public QWidget {
    Q_OBJECT
public:
    explicit MissedView(std::function<ReplayQuestion()> question, QWidget *parent = nullptr);
    void setSource(const CostSource &source);
    void clear(); // of something else from now on
    void setReady(bool ready);
    [[nodiscard]] QTreeWidget *list() const { return m_list; }
    [[nodiscard]] ProgressButton *button() const { return m_look; }

Q_SIGNALS:
    void threadWanted(bobbin::RowKey thread);
    void failed(const bobbin::Error &error);

private:
    std::function<ReplayQuestion()> m_question;
    CostSource m_source;
    QTreeWidget *m_list;
    ProgressButton *m_look;
    void look();
    void show(const MissedAnswers &found, bool cutsTokens);
};

} // namespace bobbin::ui
