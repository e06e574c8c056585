// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/guardrowsview.h"

#include "models/core/format.h"
#include "models/guard/policytext.h"
#include "models/guard/sight.h"
#include "models/store/whendone.h"
#include "ui/guarddesk.h"
#include "ui/widgets/textlabel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

GuardRowsView::GuardRowsView(QWidget *parent)
    : QWidget(parent), m_view(new BrowseView(u"guarded"_s, makeGuardModel().release())), m_details(makeTextLabel()),
      m_allow(new QPushButton(tr("Do it"))), m_leave(new QPushButton(tr("Leave it"))),
      m_open(new QPushButton(tr("Show the thread"))), m_operation(new QPushButton(tr("Show the operation")))
{
    m_view->setPlaceholder(tr("Filter what the guard saw"),
                           tr("The guard has seen nothing yet.\n\nTurn the watch on under Guard: where runs go beyond "
                              "the policy it is listed here, with the figures that led to it."));
    std::vector<BrowseView::Choice> choices{{tr("any"), {}}};
    for (const auto &[states, text] :
         {std::pair(QStringList{u"asked"_s}, tr("asks")),
          std::pair(QStringList{u"acting"_s, u"allowed"_s}, tr("being done")),
          std::pair(QStringList{u"acted"_s}, tr("done")), std::pair(QStringList{u"failed"_s}, tr("failed")),
          std::pair(QStringList{u"told"_s}, tr("only told"))}) {
        RowFilter filter;
        filter.states = states;
        choices.push_back({text, filter});
    }
    m_view->addChoices(tr("State"), choices);
    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(12, 6, 12, 6);
    bar->setSpacing(8);
    bar->addWidget(m_details, 1);
    for (QPushButton *button : {m_allow, m_leave, m_open, m_operation})
        bar->addWidget(button);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_view, 1);
    column->addLayout(bar);
    connect(m_view, &BrowseView::currentChanged, this, [this](std::optional<RowKey> key) {
        // What is asked of one row must not be answered for another.
        if (!key || !m_shown || m_shown->key != *key)
            clear();
        if (key)
            read(*key);
    });
    connect(m_view, &BrowseView::activated, this, [this] { m_open->click(); });
    connect(m_allow, &QPushButton::clicked, this, [this] { Q_EMIT answered(*m_shown, true); });
    connect(m_leave, &QPushButton::clicked, this, [this] { Q_EMIT answered(*m_shown, false); });
    connect(m_open, &QPushButton::clicked, this, [this] { Q_EMIT threadWanted(m_shown->thread, m_shown->run); });
    connect(m_operation, &QPushButton::clicked, this, [this] { Q_EMIT operationWanted(m_shown->operation); });
    tell();
}

void GuardRowsView::show(RowKey row)
{
    m_view->clearFilter();
    m_view->setCurrent(row);
    read(row);
}

void GuardRowsView::storeChanged(const Changes &changes)
{
    m_view->model()->storeChanged(changes);
    if (m_shown && changes.kinds.testFlag(Changed::Operations))
        read(m_shown->key);
}

void GuardRowsView::clear()
{
    ++m_generation;
    m_shown.reset();
    tell();
}

void GuardRowsView::read(RowKey key)
{
    const auto store = m_view->model()->store();
    if (!store)
        return;
    whenDone(store->read([key](Reader &reader) { return reader.guardRow(key); }), this,
             [this, generation = ++m_generation](const Result<std::optional<GuardRow>> &row) {
                 if (!row || generation != m_generation)
                     return;
                 m_shown = *row;
                 tell();
             });
}

void GuardRowsView::tell()
{
    QString said;
    if (m_shown) {
        said = guardSentence(*m_shown) + u'.';
        if (!m_shown->from.isEmpty())
            said += u' ' + tr("The policy says so for: %1.").arg(format::visible(m_shown->from));
        if (!m_shown->note.isEmpty())
            said += u' ' + format::visible(m_shown->note);
    }
    m_details->setText(said);
    const bool asks = m_shown && m_shown->state == GuardState::Asked;
    m_allow->setVisible(asks);
    m_leave->setVisible(asks);
    if (asks) {
        const RuleInfo *rule = ruleOfWord(m_shown->rule);
        const auto act = actOfWord(m_shown->act);
        const GuardAct what = act && isActing(*act) ? *act : rule ? actIfAllowed(rule->rule) : GuardAct::Notify;
        m_allow->setEnabled(isActing(what) && !m_shown->thread.isEmpty());
        m_allow->setToolTip(m_allow->isEnabled() ? guardActName(what)
                                                 : tr("There is nothing that can be done about it from outside"));
    }
    m_open->setEnabled(m_shown && !m_shown->thread.isEmpty());
    m_operation->setVisible(m_shown && m_shown->operation != 0);
}

} // namespace bobbin::ui
