// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/costs/reconcileview.h"

#include "models/core/clock.h"
#include "models/core/days.h"
#include "models/core/errortext.h"
#include "models/core/format.h"
#include "models/reconcile/reconciletext.h"
#include "ui/theme.h"
#include "ui/widgets/figuretable.h"
#include "ui/widgets/textlabel.h"

#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

enum class Range { Last30, ThisMonth, LastMonth, Last90 };

} // namespace

ReconcileView::ReconcileView(QWidget *parent)
    : QWidget(parent), m_range(new QComboBox), m_project(new QComboBox), m_by(new QComboBox),
      m_read(new QPushButton(tr("Read from the provider"))), m_files(new QPushButton(tr("Read CSV files…"))),
      m_key(new QPushButton(tr("Admin key…"))), m_sum(makeTextLabel()), m_none(makeTextLabel()),
      m_gaps(
          makeFigureTable({tr("What makes the difference"), tr("Amount"), tr("Why")}, tr("What makes the difference"))),
      m_rows(makeFigureTable(
          {QString(), tr("Billed"), tr("Here"), tr("Difference"), tr("Prompt there"), tr("Prompt here"), tr("Mostly")},
          tr("Billed and recorded"))),
      m_question(
          this,
          [this]() -> LedgerQuestion<Reconciliation>::Compute {
              return [query = query()](const Ledger &ledger, Reader &reader) {
                  return readReconciliation(ledger, reader, query);
              };
          },
          [this](const Reconciliation &all) {
              m_answered = true;
              show(all);
          },
          [this](const Error &error) { Q_EMIT failed(error); })
{
    for (const auto &[words, range] :
         {std::pair(tr("last 30 days"), Range::Last30), std::pair(tr("this month"), Range::ThisMonth),
          std::pair(tr("last month"), Range::LastMonth), std::pair(tr("last 90 days"), Range::Last90)})
        m_range->addItem(words, int(range));
    m_range->setAccessibleName(tr("Time"));
    m_project->setAccessibleName(tr("Project of this workspace"));
    m_project->setToolTip(tr("Which of the organization's projects this workspace is. What is billed to the others is "
                             "named as theirs."));
    m_by->addItem(tr("by model"));
    m_by->addItem(tr("by day"));
    m_by->setAccessibleName(tr("Group by"));
    m_key->setToolTip(tr("What a provider billed is told to administrators only: to a key of its own, which is kept "
                         "in the keychain like the other."));
    m_none->setAlignment(Qt::AlignTop | Qt::AlignLeft); // it has the room of the tables that are not there
    m_gaps->horizontalHeader()->setSectionResizeMode(Cause, QHeaderView::ResizeToContents);
    m_gaps->horizontalHeaderItem(Why)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_rows->horizontalHeaderItem(Mostly)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    for (const int column : {int(PromptThere), int(PromptHere)})
        m_rows->horizontalHeaderItem(column)->setToolTip(tr("Prompt tokens"));
    auto *bar = new QHBoxLayout;
    for (QComboBox *box : {m_range, m_project, m_by}) {
        bar->addWidget(box);
        connect(box, &QComboBox::currentIndexChanged, this, [this, box] {
            if (box == m_by)
                showRows();
            else
                askAnew();
        });
    }
    bar->addStretch(1);
    auto *reading = new QHBoxLayout; // a row of its own: beside the boxes it would make the window wide
    reading->addWidget(m_sum, 1);
    for (QPushButton *button : {m_key, m_files, m_read})
        reading->addWidget(button);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(12, 8, 12, 8);
    column->setSpacing(10);
    column->addLayout(bar);
    column->addLayout(reading);
    column->addWidget(m_none);
    column->addWidget(m_gaps);
    column->addWidget(m_rows, 1);
    connect(m_read, &QPushButton::clicked, this, [this] {
        if (m_billing && m_billing->busy()) {
            m_billing->cancel();
            return;
        }
        const ReconcileQuery asked = query();
        Q_EMIT readWanted(asked.from, asked.until);
    });
    connect(m_files, &QPushButton::clicked, this, &ReconcileView::chooseFiles);
    connect(m_key, &QPushButton::clicked, this, &ReconcileView::keyWanted);
    showProjects({});
    show({});
}

void ReconcileView::setSource(const CostSource &source, Billing *billing, const QString &project)
{
    if (m_billing)
        m_billing->disconnect(this);
    m_billing = billing;
    m_ownProject = project;
    {
        const QSignalBlocker quiet(m_project);
        m_project->clear();
    }
    showProjects({});
    if (m_billing) {
        connect(m_billing, &Billing::began, this, &ReconcileView::tellBusy);
        connect(m_billing, &Billing::progressed, this,
                [this](int pages) { m_read->setText(tr("Stop reading (%n page(s))", nullptr, pages)); });
        connect(m_billing, &Billing::ended, this, &ReconcileView::ended);
    }
    m_answered = false;
    show({});
    m_question.setAuditor(source.auditor);
}

// Of something else: its figures are not those that are shown.
void ReconcileView::askAnew()
{
    m_answered = false;
    show({});
    m_question.changed();
}

QString ReconcileView::summary() const
{
    return m_sum->text();
}

void ReconcileView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_question.seen();
}

ReconcileQuery ReconcileView::query() const
{
    const qint64 today = nowMs() / dayMs;
    const QDate month = dateOf(today).addDays(1 - dateOf(today).day());
    ReconcileQuery query;
    query.until = today + 1;
    query.project = m_project->currentData().toString();
    switch (Range(m_range->currentData().toInt())) {
    case Range::Last30:
        query.from = query.until - 30;
        break;
    case Range::Last90:
        query.from = query.until - 90;
        break;
    case Range::ThisMonth:
        query.from = dayNumber(month);
        break;
    case Range::LastMonth:
        query.from = dayNumber(month.addMonths(-1));
        query.until = dayNumber(month);
        break;
    }
    return query;
}

// The one that was chosen stays, else the connection's own, else all.
void ReconcileView::showProjects(const QStringList &projects)
{
    QStringList all = projects;
    if (!m_ownProject.isEmpty() && !all.contains(m_ownProject))
        all << m_ownProject;
    const bool first = m_project->count() == 0;
    const QString chosen = first ? m_ownProject : m_project->currentData().toString();
    if (!chosen.isEmpty() && !all.contains(chosen))
        all << chosen;
    const QSignalBlocker quiet(m_project);
    m_project->clear();
    m_project->addItem(tr("Project: all"), QString());
    for (const QString &project : std::as_const(all))
        m_project->addItem(format::visible(project), project);
    m_project->setCurrentIndex(std::max(0, m_project->findData(chosen)));
    m_project->setVisible(!all.isEmpty());
}

void ReconcileView::show(const Reconciliation &all)
{
    m_shown = all;
    if (m_answered)
        showProjects(all.projects);
    const bool any = all.days > 0;
    m_gaps->setVisible(any);
    m_rows->setVisible(any);
    m_none->setVisible(!any);
    const QString why = m_billing ? m_billing->whyNot() : QString();
    m_none->setText(!m_answered ? QString()
                                : tr("What the provider itself counted and billed is not known of this time. ") +
                            (why.isEmpty()
                                 ? tr("Read it with an admin key, or from the CSV files that its usage page exports "
                                      "(costs by line item, usage by model).")
                                 : why + u' ' + tr("CSV files of costs or usage can be read.")));
    const Compared &sum = all.sum;
    QString said = tr("Billed %1, recorded here %2: %3.")
                       .arg(format::money(sum.billed), format::money(sum.here), differenceText(sum));
    if (sum.atOurPrices)
        said += u' ' + tr("Where only tokens are told, they are taken at your prices.");
    if (sum.uncompared > 0)
        said += u' ' + tr("%n figure(s) of models without a price are left out.", nullptr, int(sum.uncompared));
    if (all.daysWithout > 0)
        said += u' ' + tr("Of %n day(s) with runs nothing was read.", nullptr, int(all.daysWithout));
    m_sum->setText(any ? said : QString());
    showGaps();
    showRows();
    tellBusy();
}

void ReconcileView::showGaps()
{
    std::vector<Gap> causes;
    for (std::size_t i = 0; i < gapCount; ++i)
        if (m_shown.sum.gaps.of[i].pico != 0)
            causes.push_back(Gap(i));
    std::ranges::stable_sort(causes, std::ranges::greater(),
                             [this](Gap gap) { return std::abs(m_shown.sum.gaps[gap].pico); });
    m_gaps->clearContents();
    m_gaps->setRowCount(int(causes.size()));
    for (int i = 0; i < m_gaps->rowCount(); ++i) {
        const Gap gap = causes[std::size_t(i)];
        const Money amount = m_shown.sum.gaps[gap];
        setFigure(m_gaps, i, Cause, gapText(gap), false);
        setFigure(m_gaps, i, Amount, (amount.pico > 0 ? u"+"_s : u"−"_s) + format::money(Money{std::abs(amount.pico)}),
                  true);
        setFigure(m_gaps, i, Why, gapWhy(gap), false);
        m_gaps->item(i, Why)->setForeground(palette().color(QPalette::PlaceholderText));
    }
    fitFigures(m_gaps);
    m_gaps->horizontalHeader()->setSectionResizeMode(Cause, QHeaderView::ResizeToContents);
    m_gaps->horizontalHeader()->setSectionResizeMode(Why, QHeaderView::Stretch);
    m_gaps->setVisible(!causes.empty());
}

void ReconcileView::showRows()
{
    const bool byDay = m_by->currentIndex() == 1;
    std::vector<ComparedRow> rows = byDay ? m_shown.byDay() : m_shown.byName();
    if (byDay)
        std::ranges::reverse(rows); // the newest first
    m_rows->horizontalHeaderItem(Name)->setText(byDay ? tr("Day") : tr("Model or item"));
    m_rows->clearContents();
    m_rows->setRowCount(int(rows.size()));
    for (int i = 0; i < m_rows->rowCount(); ++i) {
        const ComparedRow &row = rows[std::size_t(i)];
        const Compared &figures = row.figures;
        const auto largest = figures.gaps.largest();
        setFigure(m_rows, i, Name, byDay ? dateOf(row.day).toString(Qt::ISODate) : rowName(row), false);
        setFigure(m_rows, i, Theirs, format::money(figures.billed), true);
        if (figures.atOurPrices)
            m_rows->item(i, Theirs)->setToolTip(tr("The tokens it counted, at your prices"));
        setFigure(m_rows, i, Ours, figures.ran() ? format::money(figures.here) : u"–"_s, true);
        setFigure(m_rows, i, Difference, differenceText(figures), true);
        setFigure(m_rows, i, PromptThere, figures.counted ? format::count(figures.counted->prompt) : u"–"_s, true);
        if (figures.counted)
            m_rows->item(i, PromptThere)
                ->setToolTip(tr("%1 of them cached; %2 completion tokens, %3 requests")
                                 .arg(format::count(figures.counted->cached),
                                      format::count(figures.counted->completion), format::count(figures.requests)));
        setFigure(m_rows, i, PromptHere, figures.ran() ? format::count(figures.recorded.prompt) : u"–"_s, true);
        setFigure(m_rows, i, Mostly, largest ? gapText(*largest) : u"–"_s, false);
    }
    m_rows->resizeColumnsToContents();
    m_rows->horizontalHeader()->setSectionResizeMode(Name, QHeaderView::Stretch);
}

void ReconcileView::chooseFiles()
{
    const QStringList files = QFileDialog::getOpenFileNames(this, tr("CSV files of costs or usage"), {},
                                                            tr("CSV files (*.csv *.tsv);;All files (*)"));
    if (m_billing && !files.isEmpty())
        m_billing->import(files);
}

void ReconcileView::tellBusy()
{
    const bool busy = m_billing && m_billing->busy();
    const bool asks = m_billing && m_billing->whyNot().isEmpty();
    m_read->setText(busy ? tr("Stop reading") : tr("Read from the provider"));
    m_read->setEnabled(asks || busy);
    m_key->setVisible(asks);
    m_files->setEnabled(m_billing && !busy);
}

void ReconcileView::ended(const Result<BilledRead> &result)
{
    tellBusy();
    if (!result) {
        if (result.error().kind != Error::Kind::Cancelled)
            Q_EMIT failed(result.error());
        return;
    }
    askAnew();
    if (result->problems.empty())
        return;
    Error told = result->problems.front();
    const auto more = qint64(result->problems.size()) - 1;
    if (more > 0)
        told.message += u' ' + tr("(and %n more)", nullptr, int(more));
    Q_EMIT failed(told);
}

} // namespace bobbin::ui
