// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/plandialog.h"

#include "models/core/format.h"
#include "models/operations/acts/acttext.h"
#include "ui/theme.h"
#include "ui/widgets/notice.h"
#include "ui/widgets/paddeddelegate.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSplitter>
#include <QTableView>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype mostWarnings = 6;
constexpr std::size_t mostSteps = 500; // shown

QLabel *wrapped(const QString &text)
{
    auto *label = new QLabel(text);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    return label;
}

bool destroys(const Plan &plan)
{
    return plan.kind == OperationKind::Cleanup || plan.kind == OperationKind::Consolidate;
}

} // namespace

PlanDialog::PlanDialog(const QString &heading, const QString &explanation, QWidget *parent)
    : QDialog(parent), m_model(new PlanModel(this)), m_summary(wrapped({})), m_warnings(wrapped({})),
      m_lost(wrapped({})), m_notice(new Notice), m_options(new QVBoxLayout), m_table(new QTableView),
      m_run(new QPushButton), m_filter(new QLineEdit), m_show(new QComboBox), m_about(new QLabel),
      m_steps(new QTreeWidget), m_targetOptions(new QHBoxLayout)
{
    setWindowTitle(heading);
    resizeWithin(*this, {1060, 640});
    auto *title = wrapped(heading);
    QFont strong = title->font();
    strong.setPointSizeF(strong.pointSizeF() * 1.35);
    strong.setWeight(QFont::DemiBold);
    title->setFont(strong);
    auto *about = wrapped(explanation);
    about->setForegroundRole(QPalette::PlaceholderText);

    makeTable();

    tint(*m_warnings, QPalette::WindowText, Hue::Warning);
    m_lost->setForegroundRole(QPalette::PlaceholderText);

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    buttons->addButton(m_run, QDialogButtonBox::AcceptRole);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    QPushButton *cancel = buttons->button(QDialogButtonBox::Cancel);
    m_run->setAutoDefault(false);

    auto *column = new QVBoxLayout(this);
    column->addWidget(title);
    column->addWidget(about);
    column->addWidget(m_notice);
    column->addLayout(m_options);
    column->addLayout(makeFilter());
    auto *splitter = new QSplitter(Qt::Vertical);
    splitter->addWidget(m_table);
    splitter->addWidget(makeDetails());
    splitter->setStretchFactor(0, 1);
    splitter->setChildrenCollapsible(false);
    splitter->setSizes({height(), 7 * fontMetrics().lineSpacing()});
    column->addWidget(splitter, 1);
    column->addWidget(m_warnings);
    column->addWidget(m_lost);
    column->addWidget(buttons);
    cancel->setDefault(true);
    cancel->setFocus();
    connect(m_model, &PlanModel::chosenChanged, this, &PlanDialog::refreshTexts);
    setWaiting(tr("Looking at what there is…"));
}

// Enter presses the button that has the focus and nothing else: in a field of the rule it must neither start the
// operation nor throw away what was chosen.
void PlanDialog::keyPressEvent(QKeyEvent *event)
{
    if (event->key() != Qt::Key_Return && event->key() != Qt::Key_Enter) {
        QDialog::keyPressEvent(event);
        return;
    }
    if (auto *button = qobject_cast<QPushButton *>(focusWidget()))
        button->click();
}

void PlanDialog::makeTable()
{
    m_table->setModel(m_model);
    m_table->setItemDelegate(new PaddedDelegate(8, m_table));
    PaddedHeaderStyle::applyTo(m_table->horizontalHeader(), 8);
    m_table->verticalHeader()->hide();
    m_table->setShowGrid(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setAccessibleName(tr("What would be done"));
    m_table->setTabKeyNavigation(false);
    m_table->setWordWrap(false);
    const int em = fontMetrics().averageCharWidth();
    const int widths[] = {34, 44, 11, 14, 14, 10};
    for (int c = 0; c < PlanModel::ColumnCount; ++c)
        m_table->setColumnWidth(c, widths[c] * em);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    m_table->horizontalHeader()->setSortIndicatorClearable(true);
    m_table->setSortingEnabled(true);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_table->installEventFilter(this);
    connect(m_table, &QWidget::customContextMenuRequested, this, &PlanDialog::offerChoice);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &PlanDialog::fillSteps);
    // Planned anew, sorted or filtered: the current target stays, or the first one is it.
    connect(m_model, &QAbstractItemModel::modelReset, this, [this] {
        if (m_model->rowCount() > 0)
            m_table->selectRow(std::max(0, m_model->rowOf(m_current)));
        else
            fillSteps();
    });
}

QHBoxLayout *PlanDialog::makeFilter()
{
    m_filter->setPlaceholderText(tr("Filter"));
    m_filter->setAccessibleName(tr("Filter the plan"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setMaximumWidth(28 * fontMetrics().averageCharWidth());
    m_show->addItem(tr("Everything"), int(PlanModel::Show::All));
    m_show->addItem(tr("Chosen"), int(PlanModel::Show::Chosen));
    m_show->addItem(tr("Left out"), int(PlanModel::Show::LeftOut));
    m_show->addItem(tr("Kept back"), int(PlanModel::Show::KeptBack));
    m_show->setAccessibleName(tr("Which targets are shown"));
    const auto apply = [this] {
        m_model->setFilter(m_filter->text().trimmed(), PlanModel::Show(m_show->currentData().toInt()));
    };
    connect(m_filter, &QLineEdit::textChanged, this, apply);
    connect(m_show, &QComboBox::currentIndexChanged, this, apply);
    auto *row = new QHBoxLayout;
    row->addWidget(m_summary, 1);
    row->addWidget(m_filter);
    row->addWidget(m_show);
    return row;
}

QWidget *PlanDialog::makeDetails()
{
    m_about->setTextFormat(Qt::PlainText);
    m_steps->setHeaderHidden(true);
    m_steps->setColumnCount(2);
    m_steps->setRootIsDecorated(false);
    m_steps->setAccessibleName(tr("Steps for the current target"));
    m_steps->setTabKeyNavigation(false);
    m_steps->setSelectionMode(QAbstractItemView::NoSelection);
    m_steps->setMinimumHeight(4 * fontMetrics().lineSpacing());
    auto *panel = new QWidget;
    auto *column = new QVBoxLayout(panel);
    column->setContentsMargins(0, 0, 0, 0);
    auto *head = new QHBoxLayout;
    head->addWidget(m_about, 1);
    head->addLayout(m_targetOptions);
    column->addLayout(head);
    column->addWidget(m_steps);
    return panel;
}

const PlanTarget *PlanDialog::currentTarget() const
{
    const QModelIndex current = m_table->currentIndex();
    return current.isValid() ? &m_model->target(current.row()) : nullptr;
}

void PlanDialog::fillSteps()
{
    m_steps->clear();
    const PlanTarget *target = currentTarget();
    m_about->setText(target ? tr("Steps for “%1”").arg(target->label) : tr("Select a row to see its steps"));
    if (target) {
        m_current = target->id;
        const std::vector<Step> steps = stepsOf(plan().kind, *target);
        QList<QTreeWidgetItem *> items;
        for (std::size_t i = 0; i < std::min(steps.size(), mostSteps); ++i)
            items << new QTreeWidgetItem(
                {tr("%1. %2").arg(i + 1).arg(actText(steps[i])),
                 steps[i].object == target->id && actDetail(steps[i]) == target->id ? QString() : actDetail(steps[i])});
        if (steps.size() > mostSteps)
            items << new QTreeWidgetItem({tr("… and %1 more").arg(format::count(qint64(steps.size() - mostSteps)))});
        m_steps->addTopLevelItems(items);
        m_steps->resizeColumnToContents(0);
    }
    targetChanged();
}

void PlanDialog::offerChoice(const QPoint &at)
{
    const auto count = int(m_table->selectionModel()->selectedRows().size());
    // The plan may be another by the time the person has decided: the rows are asked for then.
    const auto choose = [this](bool chosen) { m_model->choose(m_table->selectionModel()->selectedRows(), chosen); };
    QMenu menu(this);
    menu.addAction(tr("Choose %n row(s)", nullptr, count), this, [choose] { choose(true); });
    menu.addAction(tr("Leave %n row(s) out", nullptr, count), this, [choose] { choose(false); });
    for (QAction *action : menu.actions())
        action->setEnabled(count > 0);
    menu.exec(m_table->viewport()->mapToGlobal(at));
}

bool PlanDialog::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_table && event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent *>(event)->key() == Qt::Key_Space) {
        const PlanTarget *current = currentTarget();
        if (current)
            m_model->choose(m_table->selectionModel()->selectedRows(), !current->chosen);
        return true;
    }
    return QDialog::eventFilter(watched, event);
}

void PlanDialog::accept()
{
    if (m_ready)
        QDialog::accept();
}

void PlanDialog::setWaiting(const QString &text)
{
    m_ready = false;
    m_summary->setText(text);
    m_run->setEnabled(false);
    m_run->setText(tr("Wait…"));
}

void PlanDialog::setFailed(const Error &error)
{
    m_ready = false;
    m_notice->show(error);
    m_summary->clear();
    m_run->setEnabled(false);
}

void PlanDialog::setPlan(Plan plan)
{
    m_notice->hide();
    m_ready = true;
    m_model->setPlan(std::move(plan));
    refreshTexts();
}

void PlanDialog::refreshTexts()
{
    if (!m_ready)
        return;
    const Plan &now = plan();
    const qint64 count = now.count();
    m_run->setText(titleOf(now));
    m_run->setEnabled(count > 0);
    m_run->setToolTip(count > 0 ? QString() : tr("Nothing is chosen"));
    QPalette p = m_run->palette();
    p.setColor(QPalette::ButtonText,
               destroys(now) && count > 0 ? colour(Hue::Danger) : palette().color(QPalette::ButtonText));
    m_run->setPalette(p);
    m_summary->setText(summary());
    QStringList warnings = now.warnings.mid(0, mostWarnings);
    if (now.warnings.size() > mostWarnings)
        warnings << tr("… and %1 more").arg(now.warnings.size() - mostWarnings);
    m_warnings->setText(warnings.isEmpty() ? QString() : u"▲ "_s + warnings.join(u"\n▲ "_s));
    m_warnings->setVisible(!warnings.isEmpty());
    QStringList small = now.smallPrint;
    if (!now.cannotComeBack.isEmpty())
        small.prepend(tr("An undo does not bring back: %1.").arg(now.cannotComeBack.join(u"; "_s)));
    m_lost->setText(small.join(u'\n'));
    m_lost->setVisible(!small.isEmpty());
}

QString PlanDialog::summary() const
{
    const qint64 kept = plan().keptBackCount();
    QString text = tr("%1 chosen").arg(format::count(plan().count()));
    if (kept > 0)
        text += u" · "_s + tr("%1 kept back").arg(format::count(kept));
    if (const CostSum saved = plan().savedPerDay(); saved.pricedRuns > 0)
        text += u" · "_s + tr("saves %1 a day at the list price").arg(format::money(saved));
    if (const auto saved = plan().savedPerTurn())
        text += u" · "_s + tr("saves %1 a turn").arg(format::money(*saved));
    return text;
}

} // namespace bobbin::ui
