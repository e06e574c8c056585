// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/costs/budgetsview.h"

#include "models/core/clock.h"
#include "models/core/format.h"
#include "models/costs/budgettext.h"
#include "models/session/budgetcheck.h"
#include "ui/dialogs/budgetdialog.h"
#include "ui/theme.h"
#include "ui/widgets/figuretable.h"
#include "ui/widgets/textlabel.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include <cmath>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

QString projectionText(const Projection &projection)
{
    const QString month = projection.month.toString(u"yyyy-MM"_s);
    if (projection.weeks == 0)
        return BudgetsView::tr("%1: %2 so far. Nothing ran in the four weeks before, so nothing is projected.")
            .arg(month, format::money(projection.soFar));
    return BudgetsView::tr("%1 will come to about %2 (%3 to %4: as each of the last four weeks went, weekday by "
                           "weekday). %5 so far, %n day(s) left after today.",
                           nullptr, projection.daysLeft)
        .arg(month, format::money(projection.likely), format::money(projection.low), format::money(projection.high),
             format::money(projection.soFar));
}

BudgetsView::BudgetsView(QWidget *parent)
    : QWidget(parent), m_projection(makeTextLabel()), m_none(new QLabel(tr("No budget yet."))),
      m_table(makeFigureTable(
          {tr("Budget of"), tr("Time"), tr("Money"), tr("Spent"), tr("Share"), tr("Tokens"), QString(), QString()},
          tr("Budgets"))),
      m_add(new QPushButton(tr("Add a budget…"))),
      m_question(
          this,
          [this]() -> LedgerQuestion<Shown>::Compute {
              return
                  [budgets = m_budgets](const Ledger &ledger, Reader &reader) { return read(ledger, reader, budgets); };
          },
          [this](const Shown &shown) { show(shown); }, [this](const Error &error) { Q_EMIT failed(error); })
{
    m_none->setForegroundRole(QPalette::PlaceholderText);
    showShares(m_table, ShareOf);
    m_table->horizontalHeaderItem(Time)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_add);
    buttons->addWidget(m_none);
    buttons->addStretch(1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(20, 16, 20, 20);
    column->setSpacing(14);
    column->addWidget(m_projection);
    column->addWidget(m_table);
    column->addLayout(buttons);
    column->addStretch(1);
    connect(m_add, &QPushButton::clicked, this, [this] { edit(std::nullopt); });
}

void BudgetsView::setSource(const CostSource &source)
{
    m_source = source;
    show({});
    m_question.setAuditor(source.auditor);
}

void BudgetsView::setBudgets(const std::vector<Budget> &budgets)
{
    m_budgets = budgets;
    m_question.changed();
}

Result<BudgetsView::Shown> BudgetsView::read(const Ledger &ledger, Reader &reader, const std::vector<Budget> &budgets)
{
    Shown shown;
    auto states = readBudgets(ledger, reader, budgets);
    auto keys = reader.metadataKeys();
    auto assistants = reader.assistantNames();
    if (!states || !keys || !assistants)
        return fail(!states ? states.error() : !keys ? keys.error() : assistants.error());
    shown.states = *std::move(states);
    shown.metadataKeys = *std::move(keys);
    shown.assistants = *std::move(assistants);
    shown.projection = projectionOf(ledger, nowMs());
    return shown;
}

void BudgetsView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_question.seen();
}

void BudgetsView::show(const Shown &shown)
{
    m_add->setEnabled(m_source.ready());
    m_assistants = shown.assistants;
    m_metadataKeys = shown.metadataKeys;
    m_projection->setText(shown.projection.month.isValid() ? projectionText(shown.projection) : QString());
    m_none->setVisible(shown.states.empty() && m_source.ready());
    m_table->setVisible(!shown.states.empty());
    m_table->clearContents();
    m_table->setRowCount(int(shown.states.size()));
    for (int i = 0; i < m_table->rowCount(); ++i) {
        const BudgetState &state = shown.states[std::size_t(i)];
        const Budget &budget = state.budget;
        const QString name = format::visible(budgetSubject(budget, shown.assistants));
        setFigure(m_table, i, Of, name, false);
        setFigure(m_table, i, Time, budget.per == Budget::Per::Day ? tr("today") : tr("this month"), false);
        setFigure(m_table, i, Most, budget.money ? format::money(*budget.money) : u"–"_s, true);
        setFigure(m_table, i, Spent, format::money(state.spent), true);
        const bool known = state.share > 0 || state.spent.pricedRuns > 0 || state.spent.unknownRuns == 0;
        setFigure(m_table, i, ShareOf, known ? tr("%1 %").arg(std::llround(state.share * 100)) : u"–"_s, true);
        m_table->item(i, ShareOf)->setData(shareRole, state.share);
        setFigure(m_table, i, Tokens,
                  budget.tokens ? tr("%1 of %2").arg(format::count(state.tokens), format::count(*budget.tokens))
                                : format::count(state.tokens),
                  true);
        if (state.level != BudgetState::Level::Within) {
            const Hue hue = state.level == BudgetState::Level::Over ? Hue::Danger : Hue::Warning;
            for (const int column : {int(Of), int(Spent)})
                m_table->item(i, column)->setForeground(colour(hue));
            m_table->item(i, Of)->setText(name + u" — "_s + budgetLevelText(state.level));
        }
        for (const int column : {int(Edit), int(Remove)}) {
            setFigure(m_table, i, column, {}, false);
            auto *button = rowButton();
            button->setText(column == Edit ? tr("Change…") : tr("Remove"));
            button->setAccessibleName(tr("%1: %2").arg(name, button->text()));
            m_table->setCellWidget(i, column, button);
            connect(button, &QPushButton::clicked, this, [this, column, place = std::size_t(i)] {
                if (column == Edit) {
                    edit(place);
                } else if (place < m_budgets.size()) {
                    std::vector<Budget> rest = m_budgets;
                    rest.erase(rest.begin() + qsizetype(place));
                    Q_EMIT budgetsChanged(rest);
                }
            });
        }
    }
    m_table->verticalHeader()->setDefaultSectionSize(std::max(27, QPushButton(u"x"_s).sizeHint().height()));
    fitFigures(m_table);
}

void BudgetsView::edit(std::optional<std::size_t> place)
{
    if (place && *place >= m_budgets.size())
        return;
    BudgetDialog dialog(m_assistants, m_metadataKeys, place ? m_budgets[*place] : Budget(), this);
    if (dialog.exec() != QDialog::Accepted)
        return;
    std::vector<Budget> all = m_budgets;
    const Budget made = dialog.budget();
    // There is one of each kind: a second one takes the place of the first.
    if (place)
        all.erase(all.begin() + qsizetype(*place));
    std::erase_if(all, [&](const Budget &other) { return other.isThatOf(made); });
    all.insert(place ? all.begin() + qsizetype(std::min(*place, all.size())) : all.end(), made);
    Q_EMIT budgetsChanged(all);
}

} // namespace bobbin::ui
