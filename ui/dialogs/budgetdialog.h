// SPDX-License-Identifier: GPL-3.0-or-later
// One budget: of what, by day or month, in money, tokens, or both.
#pragma once

#include "models/costs/budget.h"

#include <QDialog>

class QComboBox;
class QDialogButtonBox;
class QDoubleSpinBox;
class QLineEdit;

namespace bobbin::ui {

class BudgetDialog : public QDialog {
    Q_OBJECT
public:
    BudgetDialog(const std::vector<NamedCost> &assistants, const QStringList &metadataKeys, const Budget &budget,
                 QWidget *parent = nullptr);
    [[nodiscard]] Budget budget() const;

private:
    QComboBox *m_scope, *m_per;
    QLineEdit *m_value;
    QDoubleSpinBox *m_money, *m_tokens;
    QDialogButtonBox *m_buttons;
    void check();
};

} // namespace bobbin::ui
