// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/checklistview.h"

#include "models/checklist/checklisttext.h"
#include "models/core/clock.h"
#include "models/core/format.h"
#include "models/session/budgetcheck.h"
#include "ui/charts/stackchart.h"
#include "ui/theme.h"
#include "ui/widgets/evidencelist.h"
#include "ui/widgets/figuretable.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QTableWidget>
#include <QVBoxLayout>

#include <set>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

QString runsWritten(double value)
{
    return format::count(qint64(value));
}

QString mark(CheckState state)
{
    switch (state) {
    case CheckState::Met:
        return u"✓ "_s;
    case CheckState::NotMet:
        return u"✗ "_s;
    case CheckState::Unmeasured:
        break;
    }
    return u"? "_s;
}

Hue hueOf(CheckState state)
{
    switch (state) {
    case CheckState::Met:
        return Hue::Good;
    case CheckState::NotMet:
        return Hue::Danger;
    case CheckState::Unmeasured:
        break;
    }
    return Hue::Quiet;
}

} // namespace

ChecklistView::ChecklistView(QWidget *parent)
    : QWidget(parent), m_headline(new QLabel), m_steps(new QLabel),
      m_table(makeFigureTable({tr("State"), tr("Point"), tr("Measured"), QString()}, tr("Checklist"))),
      m_evidence(new EvidenceList), m_chart(new StackChart), m_recommended(new QPushButton),
      m_question(
          this,
          [this]() -> LedgerQuestion<Checklist>::Compute {
              return [assistant = m_assistant, limits = m_limits,
                      budgets = m_budgets](const Ledger &ledger, Reader &reader) -> Result<Checklist> {
                  return assistant ? read(ledger, reader, *assistant, limits, budgets) : Checklist();
              };
          },
          [this](const Checklist &list) { show(list); }, [this](const Error &error) { Q_EMIT failed(error); })
{
    m_headline->setWordWrap(true);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->horizontalHeader()->setSectionResizeMode(State, QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionResizeMode(Point, QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionResizeMode(Measured, QHeaderView::Stretch);
    m_table->horizontalHeader()->setSectionResizeMode(Help, QHeaderView::ResizeToContents);
    for (const int column : {int(Point), int(Measured)})
        m_table->horizontalHeaderItem(column)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    auto *below = new QSplitter(Qt::Horizontal);
    below->addWidget(m_evidence);
    below->addWidget(makeSteps());
    below->setSizes({440, 360});
    below->setChildrenCollapsible(false);
    auto *splitter = new QSplitter(Qt::Vertical);
    splitter->setObjectName(u"checklist"_s);
    splitter->addWidget(m_table);
    splitter->addWidget(below);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setChildrenCollapsible(false);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(12, 8, 12, 0);
    column->addWidget(m_headline);
    column->addWidget(splitter, 1);
    connect(m_table, &QTableWidget::currentCellChanged, this, &ChecklistView::showEvidence);
    connect(m_evidence, &EvidenceList::wanted, this, &ChecklistView::wanted);
    show({});
}

QWidget *ChecklistView::makeSteps()
{
    m_steps->setWordWrap(true);
    m_chart->setAccessibleName(tr("Runs by their tool steps"));
    m_chart->setMinimumHeight(110); // beside a list, not a page of its own
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(new QLabel(tr("Set its ceiling to")));
    buttons->addWidget(m_recommended);
    for (const CeilingPreset &preset : ceilingPresets) {
        auto *button =
            new QPushButton(u"%1 · %2"_s.arg(QCoreApplication::translate("Checklist", preset.name)).arg(preset.steps));
        button->setToolTip(tr("The usual ceiling of an assistant for this"));
        connect(button, &QPushButton::clicked, this, [this, steps = preset.steps] { choose(steps); });
        buttons->addWidget(button);
        m_presets.push_back(button);
    }
    buttons->addStretch(1);
    connect(m_recommended, &QPushButton::clicked, this, [this] {
        if (m_list.steps.recommended)
            choose(m_list.steps.recommended->steps);
    });
    auto *steps = new QWidget;
    auto *column = new QVBoxLayout(steps);
    column->setContentsMargins(8, 0, 0, 0);
    column->addWidget(m_steps);
    column->addLayout(buttons);
    column->addWidget(m_chart, 1);
    return steps;
}

void ChecklistView::setAuditor(Auditor *auditor)
{
    if (m_auditor)
        m_auditor->disconnect(this);
    m_auditor = auditor;
    m_assistant.reset();
    show({});
    m_question.setAuditor(auditor);
    if (!auditor)
        return;
    connect(auditor, &Auditor::audited, this, [this, first = true](const AuditReport &report) mutable {
        if (std::exchange(first, false) || report.judged > 0 || report.changed > 0)
            m_question.refresh();
    });
}

void ChecklistView::setAssistant(std::optional<RowKey> assistant)
{
    if (assistant == m_assistant)
        return;
    m_assistant = assistant;
    if (!assistant)
        show({});
    m_question.changed();
}

void ChecklistView::setLimits(const LimitSet &limits)
{
    m_limits = limits;
    m_question.changed();
}

void ChecklistView::setBudgets(const std::vector<Budget> &budgets)
{
    m_budgets = budgets;
    m_question.changed();
}

Result<Checklist> ChecklistView::read(const Ledger &ledger, Reader &reader, RowKey assistant, const LimitSet &limits,
                                      const std::vector<Budget> &budgets)
{
    const auto rows = reader.rows<AssistantRow>({assistant});
    auto findings = reader.findings();
    const auto states = readBudgets(ledger, reader, budgets);
    if (!rows || !findings || !states)
        return fail(!rows ? rows.error() : !findings ? findings.error() : states.error());
    std::erase_if(*findings, [](const Finding &finding) { return finding.state != Finding::State::Open; });
    Checklist list = checklistOf({ledger, limits, *findings, *states, nowMs()}, rows->front().id, rows->front().model);
    std::set<RowKey> keys; // the same thread may be evidence of several points
    for (const CheckItem &item : list.items)
        for (const Evidence &evidence : item.evidence)
            if (evidence.kind == SubjectKind::Thread)
                keys.insert(evidence.key);
    const std::vector<RowKey> threads(keys.begin(), keys.end());
    const auto named = reader.rows<ThreadRow>(threads);
    if (!named)
        return fail(named.error());
    for (CheckItem &item : list.items) {
        std::vector<Finding> runs(1); // whose evidence is named
        runs.front().evidence = std::move(item.evidence);
        if (const Done done = reader.nameEvidence(runs); !done)
            return fail(done.error());
        item.evidence = std::move(runs.front().evidence);
        for (Evidence &evidence : item.evidence)
            if (evidence.kind == SubjectKind::Thread) {
                const ThreadRow &row =
                    (*named)[std::size_t(std::ranges::lower_bound(threads, evidence.key) - threads.begin())];
                evidence.id = row.id;
                evidence.name = row.title;
            }
    }
    return list;
}

void ChecklistView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_question.seen();
}

void ChecklistView::show(Checklist list)
{
    const bool same = list.assistant == m_list.assistant && m_table->rowCount() > 0;
    m_list = std::move(list);
    // What is not met is looked at first.
    const auto open = std::ranges::find(m_list.items, CheckState::NotMet, &CheckItem::state);
    const int current = same         ? m_table->currentRow()
        : open != m_list.items.end() ? int(open - m_list.items.begin())
                                     : 0;
    m_headline->setText(m_list.items.empty() ? tr("No assistant is selected") : checklistText(m_list));
    m_table->clearContents();
    m_table->setRowCount(int(m_list.items.size()));
    for (int i = 0; i < m_table->rowCount(); ++i) {
        const CheckItem &item = m_list.items[std::size_t(i)];
        const QString title = checkTitle(item.check);
        setFigure(m_table, i, State, mark(item.state) + checkStateName(item.state), false);
        m_table->item(i, State)->setForeground(colour(hueOf(item.state)));
        setFigure(m_table, i, Point, title, false);
        setFigure(m_table, i, Measured, checkText(item), false);
        setFigure(m_table, i, Help, {}, false);
        if (const QString words = checkHelpText(item.help); !words.isEmpty()) {
            auto *button = rowButton();
            button->setText(words);
            button->setAccessibleName(tr("%1: %2").arg(title, words));
            connect(button, &QPushButton::clicked, this, [this, i] { help(m_list.items[std::size_t(i)]); });
            m_table->setCellWidget(i, Help, button);
        }
    }
    m_table->verticalHeader()->setDefaultSectionSize(std::max(27, QPushButton(u"x"_s).sizeHint().height()));
    if (m_table->rowCount() > 0)
        m_table->setCurrentCell(std::clamp(current, 0, m_table->rowCount() - 1), Point);
    showSteps();
    showEvidence();
}

void ChecklistView::showSteps()
{
    const StepDistribution &steps = m_list.steps;
    m_steps->setText(m_list.items.empty() ? QString() : stepsText(steps));
    const bool known = steps.recommended.has_value();
    m_recommended->setText(known ? tr("recommended · %1").arg(steps.recommended->steps) : tr("recommended"));
    m_recommended->setEnabled(known);
    for (QPushButton *preset : m_presets)
        preset->setEnabled(!m_list.items.empty());
    std::vector<StackColumn> columns;
    for (std::size_t i = 0; i < steps.runs.size(); ++i) {
        const bool more = i + 1 == steps.runs.size() && steps.most >= qint64(steps.runs.size());
        const QString number = format::count(qint64(i)) + (more ? u"+"_s : QString());
        columns.push_back({tr("%1 tool steps").arg(number), number, {double(steps.runs[i])}, {}});
    }
    m_chart->setColumns({tr("runs by tool steps")}, std::move(columns), runsWritten, QString(), u"runs"_s);
}

void ChecklistView::showEvidence()
{
    const auto row = std::size_t(std::max(0, m_table->currentRow()));
    m_evidence->setEvidence(
        row < m_list.items.size() ? m_list.items[row].evidence : std::vector<Evidence>(), [](const Evidence &evidence) {
            return evidence.amount && *evidence.amount > 0 ? format::count(*evidence.amount) : QString();
        });
}

void ChecklistView::help(const CheckItem &item)
{
    if (item.help != CheckHelp::Rotate) {
        Q_EMIT helpWanted(item.help, item.rule);
        return;
    }
    std::vector<RowKey> threads;
    threads.reserve(item.evidence.size());
    for (const Evidence &evidence : item.evidence)
        threads.push_back(evidence.key);
    Q_EMIT rotateWanted(threads);
}

void ChecklistView::choose(qint64 toolSteps)
{
    if (!m_list.assistant.isEmpty())
        Q_EMIT ceilingChosen(m_list.assistant, toolSteps);
}

} // namespace bobbin::ui
