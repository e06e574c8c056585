// SPDX-License-Identifier: GPL-3.0-or-later
// What one layer of a policy says about one rule.
#pragma once

#include "models/guard/policyedit.h"

#include <QWidget>

class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QSpinBox;

namespace bobbin::ui {

class RuleForm : public QWidget {
    Q_OBJECT
public:
    explicit RuleForm(QWidget *parent = nullptr);
    // `otherwise`: what holds where this layer says nothing. What is just being typed stays as it is.
    void show(const LayerName &layer, GuardRule rule, const RuleSaid &said, const RuleNow &otherwise);
    void forget(); // what is being typed
    [[nodiscard]] RuleSaid said() const;
    [[nodiscard]] QComboBox *kind() const { return m_kind; }
    [[nodiscard]] QDoubleSpinBox *amount() const { return m_amount; }
    [[nodiscard]] QLineEdit *models() const { return m_models; }
    [[nodiscard]] QComboBox *act() const { return m_act; }

Q_SIGNALS:
    void changed(); // by the person

private:
    enum Kind { Inherited, NoLimit, Own };
    GuardRule m_rule = GuardRule::TurnCap;
    std::optional<LayerName> m_layer; // none: nothing is shown yet
    RuleSaid m_shown; // as it was last told, or shown
    double m_shownAmount = 0; // the box rounds
    QLabel *m_title, *m_about;
    QComboBox *m_kind, *m_act;
    QDoubleSpinBox *m_amount;
    QLineEdit *m_models;
    QSpinBox *m_backOff;
    QFormLayout *m_form;

    void tellOtherwise(const RuleNow &otherwise);
    void fit(); // to what is chosen
    void edited();
};

QString guardRuleAbout(GuardRule rule); // what it counts, in a sentence

} // namespace bobbin::ui
