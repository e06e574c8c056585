// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/guard/ruleform.h"

#include "models/core/money.h"
#include "models/guard/policytext.h"
#include "ui/widgets/textlabel.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>

#include <cmath>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

double shown(GuardRule rule, qint64 number)
{
    return isMoney(rule) ? Money{number}.dollars() : double(number);
}

double stepOf(GuardRule rule)
{
    switch (rule) {
    case GuardRule::ContextCeiling:
    case GuardRule::SessionTokens:
        return 1'000;
    case GuardRule::TokensADay:
    case GuardRule::TokensAMonth:
        return 100'000;
    default:
        return 1;
    }
}

QString unitOf(GuardRule rule)
{
    switch (rule) {
    case GuardRule::TurnCap:
        return RuleForm::tr(" turns");
    case GuardRule::ContextCeiling:
    case GuardRule::SessionTokens:
    case GuardRule::TokensADay:
    case GuardRule::TokensAMonth:
        return RuleForm::tr(" tokens");
    case GuardRule::ToolSteps:
        return RuleForm::tr(" steps");
    case GuardRule::IdenticalCalls:
        return RuleForm::tr(" calls again");
    case GuardRule::Retries:
        return RuleForm::tr(" times");
    case GuardRule::RequiresAction:
    case GuardRule::Cancelling:
        return RuleForm::tr(" minutes");
    case GuardRule::AttachedAgain:
        return RuleForm::tr(" messages");
    case GuardRule::Models:
    case GuardRule::MoneyADay:
    case GuardRule::MoneyAMonth:
        break;
    }
    return {};
}

} // namespace

QString guardRuleAbout(GuardRule rule)
{
    switch (rule) {
    case GuardRule::TurnCap:
        return RuleForm::tr("How many messages of the person a thread may have answered.");
    case GuardRule::ContextCeiling:
        return RuleForm::tr("What the first model call of a run may read.");
    case GuardRule::ToolSteps:
        return RuleForm::tr("How often a run may call tools and be called again.");
    case GuardRule::IdenticalCalls:
        return RuleForm::tr("How often a run may call the same tool with the same arguments again.");
    case GuardRule::Retries:
        return RuleForm::tr("How often a failed run may be tried again without a new message.");
    case GuardRule::SessionTokens:
        return RuleForm::tr("What all runs of a thread may take together.");
    case GuardRule::RequiresAction:
        return RuleForm::tr("How long a run may wait for tool outputs; its thread is locked meanwhile.");
    case GuardRule::Cancelling:
        return RuleForm::tr("How long a run may take to be cancelled.");
    case GuardRule::AttachedAgain:
        return RuleForm::tr("How many messages of a thread the same file may be attached to.");
    case GuardRule::Models:
        return RuleForm::tr("Which models may be used.");
    case GuardRule::MoneyADay:
    case GuardRule::MoneyAMonth:
        return RuleForm::tr("What the runs of this layer may cost together. From 80 % on it is told. UTC.");
    case GuardRule::TokensADay:
    case GuardRule::TokensAMonth:
        return RuleForm::tr("What the runs of this layer may take together. From 80 % on it is told. UTC.");
    }
    return {};
}

RuleForm::RuleForm(QWidget *parent)
    : QWidget(parent), m_title(new QLabel), m_about(makeTextLabel()), m_kind(new QComboBox), m_act(new QComboBox),
      m_amount(new QDoubleSpinBox), m_models(new QLineEdit), m_backOff(new QSpinBox), m_form(new QFormLayout)
{
    QFont strong = m_title->font();
    strong.setWeight(QFont::DemiBold);
    m_title->setFont(strong);
    m_about->setForegroundRole(QPalette::PlaceholderText);
    m_kind->setAccessibleName(tr("Limit"));
    m_act->setAccessibleName(tr("What happens"));
    m_amount->setAccessibleName(tr("Limit, own"));
    m_amount->setGroupSeparatorShown(true);
    m_models->setAccessibleName(tr("Allowed models"));
    m_models->setPlaceholderText(tr("gpt-4o, gpt-4o-mini"));
    m_models->setToolTip(tr("With commas between them"));
    m_backOff->setAccessibleName(tr("First wait before a retry"));
    m_backOff->setRange(0, 3'600);
    m_backOff->setSuffix(tr(" s, and doubling"));
    m_form->addRow(tr("Limit"), m_kind);
    m_form->addRow(QString(), m_amount);
    m_form->addRow(QString(), m_models);
    m_form->addRow(tr("Waits first"), m_backOff);
    m_form->addRow(tr("What happens"), m_act);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 8, 8, 0);
    column->addWidget(m_title);
    column->addWidget(m_about);
    column->addLayout(m_form);
    column->addStretch(1);
    connect(m_kind, &QComboBox::activated, this, [this] {
        fit();
        edited();
        (m_rule == GuardRule::Models ? static_cast<QWidget *>(m_models) : m_amount)->setFocus();
    });
    connect(m_act, &QComboBox::activated, this, &RuleForm::edited);
    connect(m_amount, &QDoubleSpinBox::valueChanged, this, &RuleForm::edited);
    connect(m_backOff, &QSpinBox::valueChanged, this, &RuleForm::edited);
    connect(m_models, &QLineEdit::textEdited, this, &RuleForm::edited);
}

void RuleForm::forget()
{
    m_layer.reset();
}

void RuleForm::tellOtherwise(const RuleNow &otherwise)
{
    const auto said = [](const QString &what, const RuleOrigin &from) {
        return tr("%1 (%2)").arg(what, originText(from));
    };
    m_kind->setItemText(
        0, isBudget(m_rule) ? tr("none of its own") : said(limitText(m_rule, otherwise.limit), otherwise.limitFrom));
    m_act->setItemText(
        0, isBudget(m_rule) ? guardActName(GuardAct::Notify) : said(guardActName(otherwise.act), otherwise.actFrom));
}

void RuleForm::show(const LayerName &layer, GuardRule rule, const RuleSaid &said, const RuleNow &otherwise)
{
    if (m_layer == layer && m_rule == rule && m_shown == said) {
        tellOtherwise(otherwise);
        return;
    }
    const QSignalBlocker quiet(m_amount), still(m_backOff);
    m_layer = layer;
    m_rule = rule;
    m_shown = said;
    const RuleInfo &info = infoOf(rule);
    m_title->setText(guardRuleTitle(rule));
    m_about->setText(guardRuleAbout(rule));
    m_kind->clear();
    m_kind->addItem(QString(), Inherited);
    if (!isBudget(rule))
        m_kind->addItem(tr("no limit"), NoLimit);
    m_kind->addItem(tr("its own:"), Own);
    m_kind->setCurrentIndex(m_kind->findData(!said.limit ? Inherited : said.limit->none ? NoLimit : Own));
    const RuleLimit &limit = said.limit && !said.limit->none ? *said.limit : otherwise.limit;
    const bool inCents = limit.number % (Money::perDollar / 100) == 0;
    m_amount->setDecimals(!isMoney(rule) ? 0 : inCents ? 2 : 6);
    m_amount->setPrefix(isMoney(rule) ? u"$"_s : QString());
    m_amount->setSuffix(unitOf(rule));
    m_amount->setRange(shown(rule, info.least), shown(rule, info.most));
    m_amount->setSingleStep(stepOf(rule));
    m_amount->setValue(shown(rule, limit.none ? info.least : limit.number));
    m_shownAmount = m_amount->value();
    m_models->setText(limit.models.join(u", "_s));
    m_backOff->setValue(int(limit.backOffSeconds));
    m_act->clear();
    m_act->addItem(QString(), -1);
    for (const GuardAct act : info.acts)
        if (!isBudget(rule) || act != GuardAct::Notify)
            m_act->addItem(guardActName(act), int(act));
    const int chosen = said.act ? m_act->findData(int(*said.act)) : 0;
    m_act->setCurrentIndex(std::max(0, chosen));
    tellOtherwise(otherwise);
    fit();
}

void RuleForm::fit()
{
    const bool own = m_kind->currentData() == Own;
    const bool models = m_rule == GuardRule::Models;
    m_amount->setVisible(own && !models);
    m_models->setVisible(own && models);
    m_backOff->setVisible(own && m_rule == GuardRule::Retries);
    m_form->labelForField(m_backOff)->setVisible(own && m_rule == GuardRule::Retries);
    m_act->setEnabled(!isBudget(m_rule) || own);
}

RuleSaid RuleForm::said() const
{
    RuleSaid said;
    if (m_kind->currentData() == NoLimit) {
        said.limit.emplace();
        said.limit->none = true;
    } else if (m_kind->currentData() == Own && m_rule == GuardRule::Models) {
        RuleLimit limit;
        for (const QString &name : m_models->text().split(u','))
            if (const QString model = name.trimmed(); !model.isEmpty() && !limit.models.contains(model))
                limit.models << model;
        said.limit = limit.models.isEmpty() ? m_shown.limit : limit; // nothing would be allowed: not said yet
    } else if (m_kind->currentData() == Own) {
        RuleLimit limit;
        if (m_amount->value() == m_shownAmount && m_shown.limit && !m_shown.limit->none)
            limit.number = m_shown.limit->number;
        else
            limit.number =
                isMoney(m_rule) ? Money::fromDollars(m_amount->value()).pico : std::llround(m_amount->value());
        if (m_rule == GuardRule::Retries)
            limit.backOffSeconds = m_backOff->value();
        said.limit = limit;
    }
    if (const int act = m_act->currentData().toInt(); act >= 0 && (!isBudget(m_rule) || said.limit))
        said.act = GuardAct(act);
    return said;
}

void RuleForm::edited()
{
    const RuleSaid now = said();
    if (now == m_shown)
        return;
    m_shown = now;
    m_shownAmount = m_amount->value();
    Q_EMIT changed();
}

} // namespace bobbin::ui
