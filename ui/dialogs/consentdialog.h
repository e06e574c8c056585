// SPDX-License-Identifier: GPL-3.0-or-later
// Before a policy that acts does so for the first time: what it would have done lately.
#pragma once

#include "models/watch/policyreads.h"

#include <QDialog>

class QPushButton;

namespace bobbin::ui {

class ConsentDialog : public QDialog {
    Q_OBJECT
public:
    static constexpr qint64 days = 30; // that `tried` looks back
    ConsentDialog(const GuardPolicy &policy, const TriedPolicy &tried, QWidget *parent = nullptr);
    [[nodiscard]] std::optional<Consent> choice() const { return m_choice; } // none: it was cancelled
    [[nodiscard]] QPushButton *actButton() const { return m_act; }
    [[nodiscard]] QPushButton *tellButton() const { return m_tell; }

private:
    QPushButton *m_act, *m_tell;
    std::optional<Consent> m_choice;
};

QString trialSummary(const TriedPolicy &tried, qint64 days);

} // namespace bobbin::ui
