// SPDX-License-Identifier: GPL-3.0-or-later
// The guard: whether it watches, whether it stands in the line, the stop of all guarding, and what it holds bots to.
#pragma once

#include "models/watch/guardsummary.h"
#include "ui/guarddesk.h"
#include "ui/ledgerquestion.h"

#include <QWidget>

class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace bobbin::ui {

class PolicyView;

class GuardPage : public QWidget {
    Q_OBJECT
public:
    explicit GuardPage(GuardDesk &desk, QWidget *parent = nullptr);
    [[nodiscard]] PolicyView *policy() const { return m_policy; }
    [[nodiscard]] QCheckBox *watchBox() const { return m_watch; }
    [[nodiscard]] QCheckBox *gatewayBox() const { return m_gateway; }
    [[nodiscard]] QPushButton *stopButton() const { return m_stop; }
    [[nodiscard]] QLabel *watchState() const { return m_watchState; }
    [[nodiscard]] QLineEdit *address() const { return m_address; }
    [[nodiscard]] QCheckBox *ownKey() const { return m_ownKey; }
    void tell(); // how it stands
    void policyChanged(); // another is kept
    void setAuditor(Auditor *auditor); // null: nothing is open
    void ledgerChanged();
    [[nodiscard]] QLabel *today() const { return m_today; }

protected:
    void showEvent(QShowEvent *event) override;

private:
    GuardDesk &m_desk;
    QCheckBox *m_watch, *m_gateway, *m_ownKey;
    QLabel *m_watchState, *m_gatewayState, *m_stopState;
    QLineEdit *m_address;
    QPushButton *m_stop, *m_copyAddress, *m_copyToken;
    QSpinBox *m_port;
    PolicyView *m_policy;
    QLabel *m_today;
    LedgerQuestion<GuardSummary> m_question; // about today

    QWidget *makeStrip();
    [[nodiscard]] QString watchWords(const GuardDesk::State &state) const;
};

} // namespace bobbin::ui
