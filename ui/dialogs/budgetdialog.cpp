// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/budgetdialog.h"

#include "models/core/format.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <cmath>

namespace bobbin::ui {

namespace {

constexpr int scopeRole = Qt::UserRole + 1;

QDoubleSpinBox *box(const QString &name, const QString &prefix, int decimals, double most, double step)
{
    auto *box = new QDoubleSpinBox;
    box->setPrefix(prefix);
    box->setDecimals(decimals);
    box->setRange(0, most);
    box->setSingleStep(step);
    box->setGroupSeparatorShown(true);
    box->setSpecialValueText(BudgetDialog::tr("no limit"));
    box->setAccessibleName(name);
    return box;
}

} // namespace

BudgetDialog::BudgetDialog(const std::vector<NamedCost> &assistants, const QStringList &metadataKeys,
                           const Budget &budget, QWidget *parent)
    : QDialog(parent), m_scope(new QComboBox), m_per(new QComboBox), m_value(new QLineEdit),
      m_money(box(tr("Money"), QStringLiteral("$"), 2, 1e6, 10)), m_tokens(box(tr("Tokens"), {}, 0, 1e12, 100'000)),
      m_buttons(new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel))
{
    setWindowTitle(tr("Budget"));
    const auto add = [this](const QString &words, Budget::Scope scope, const QString &id) {
        m_scope->addItem(words, id);
        m_scope->setItemData(m_scope->count() - 1, int(scope), scopeRole);
    };
    add(tr("the whole connection"), Budget::Scope::Connection, {});
    for (const NamedCost &assistant : assistants)
        add(tr("assistant %1").arg(format::visible(assistant.name.isEmpty() ? assistant.id : assistant.name)),
            Budget::Scope::Assistant, assistant.id);
    for (const QString &key : metadataKeys)
        add(tr("threads whose metadata “%1” is").arg(format::visible(key)), Budget::Scope::MetadataValue, key);
    // What it is of may have gone, or be too rare to be in the list.
    const auto its = [&](int i) {
        return m_scope->itemData(i, scopeRole).toInt() == int(budget.scope) && m_scope->itemData(i) == budget.id;
    };
    bool listed = false;
    for (int i = 0; i < m_scope->count(); ++i)
        listed = listed || its(i);
    if (!listed)
        add(budget.scope == Budget::Scope::Assistant
                ? tr("assistant %1").arg(format::visible(budget.id))
                : tr("threads whose metadata “%1” is").arg(format::visible(budget.id)),
            budget.scope, budget.id);
    for (int i = 0; i < m_scope->count(); ++i)
        if (its(i))
            m_scope->setCurrentIndex(i);
    m_scope->setAccessibleName(tr("Of"));
    m_per->addItem(tr("a month"), int(Budget::Per::Month));
    m_per->addItem(tr("a day"), int(Budget::Per::Day));
    m_per->setCurrentIndex(m_per->findData(int(budget.per)));
    m_per->setAccessibleName(tr("Time"));
    m_value->setText(budget.value);
    m_value->setAccessibleName(tr("Value of the metadata"));
    m_money->setValue(budget.money ? budget.money->dollars() : 0);
    m_tokens->setValue(budget.tokens ? double(*budget.tokens) : 0);
    auto *about = new QLabel(tr("Days and months are those of UTC. From 80 % on it is told, and again from 100 % on."));
    about->setWordWrap(true);
    auto *form = new QFormLayout;
    form->addRow(tr("Of"), m_scope);
    form->addRow(tr("Value"), m_value);
    form->addRow(tr("Time"), m_per);
    form->addRow(tr("Money"), m_money);
    form->addRow(tr("Tokens, prompt and completion"), m_tokens);
    auto *column = new QVBoxLayout(this);
    column->addWidget(about);
    column->addLayout(form);
    column->addWidget(m_buttons);
    connect(m_buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_scope, &QComboBox::currentIndexChanged, this, &BudgetDialog::check);
    connect(m_value, &QLineEdit::textChanged, this, &BudgetDialog::check);
    for (QDoubleSpinBox *amount : {m_money, m_tokens})
        connect(amount, &QDoubleSpinBox::valueChanged, this, &BudgetDialog::check);
    check();
}

void BudgetDialog::check()
{
    const bool ofMetadata = m_scope->currentData(scopeRole).toInt() == int(Budget::Scope::MetadataValue);
    m_value->setEnabled(ofMetadata);
    const bool whole = (m_money->value() > 0 || m_tokens->value() > 0) && (!ofMetadata || !m_value->text().isEmpty());
    m_buttons->button(QDialogButtonBox::Ok)->setEnabled(whole);
}

Budget BudgetDialog::budget() const
{
    Budget budget;
    budget.scope = Budget::Scope(m_scope->currentData(scopeRole).toInt());
    budget.id = m_scope->currentData().toString();
    if (budget.scope == Budget::Scope::MetadataValue)
        budget.value = m_value->text();
    budget.per = Budget::Per(m_per->currentData().toInt());
    if (m_money->value() > 0)
        budget.money = Money::fromDollars(m_money->value());
    if (m_tokens->value() > 0)
        budget.tokens = std::llround(m_tokens->value());
    return budget;
}

} // namespace bobbin::ui
