// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/plandialog.h"

#include "models/core/format.h"
#include "ui/theme.h"
#include "ui/widgets/notice.h"
#include "ui/widgets/paddeddelegate.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype mostWarnings = 6;

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
      m_run(new QPushButton)
{
    setWindowTitle(heading);
    resize(1060, 640);
    auto *title = wrapped(heading);
    QFont strong = title->font();
    strong.setPointSizeF(strong.pointSizeF() * 1.35);
    strong.setWeight(QFont::DemiBold);
    title->setFont(strong);
    auto *about = wrapped(explanation);
    about->setForegroundRole(QPalette::PlaceholderText);

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

    QPalette warning = m_warnings->palette();
    warning.setColor(QPalette::WindowText, colour(Hue::Warning));
    m_warnings->setPalette(warning);
    m_lost->setForegroundRole(QPalette::PlaceholderText);

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    buttons->addButton(m_run, QDialogButtonBox::AcceptRole);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    QPushButton *cancel = buttons->button(QDialogButtonBox::Cancel);
    cancel->setDefault(true);
    m_run->setAutoDefault(false);

    auto *column = new QVBoxLayout(this);
    column->addWidget(title);
    column->addWidget(about);
    column->addWidget(m_notice);
    column->addLayout(m_options);
    column->addWidget(m_summary);
    column->addWidget(m_table, 1);
    column->addWidget(m_warnings);
    column->addWidget(m_lost);
    column->addWidget(buttons);
    cancel->setFocus();
    connect(m_model, &PlanModel::chosenChanged, this, &PlanDialog::refreshTexts);
    setWaiting(tr("Looking at what there is…"));
}

void PlanDialog::setWaiting(const QString &text)
{
    m_summary->setText(text);
    m_run->setEnabled(false);
    m_run->setText(tr("Wait…"));
}

void PlanDialog::setFailed(const Error &error)
{
    m_notice->show(error);
    m_summary->clear();
    m_run->setEnabled(false);
}

void PlanDialog::setPlan(Plan plan)
{
    m_notice->hide();
    m_model->setPlan(std::move(plan));
    refreshTexts();
}

void PlanDialog::refreshTexts()
{
    const Plan &now = plan();
    const qint64 count = now.count();
    m_run->setText(runText(count));
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
    m_lost->setText(tr("An undo does not bring back: %1.").arg(now.cannotComeBack.join(u"; "_s)));
    m_lost->setVisible(!now.cannotComeBack.isEmpty());
}

QString PlanDialog::runText(qint64) const
{
    return plan().title;
}

QString PlanDialog::summary() const
{
    const qint64 kept = plan().keptBackCount();
    QString text = tr("%1 chosen").arg(format::count(plan().count()));
    if (kept > 0)
        text += u" · "_s + tr("%1 kept back").arg(format::count(kept));
    if (plan().savedPerDay)
        text += u" · "_s + tr("saves %1 a day").arg(format::money(*plan().savedPerDay));
    if (plan().savedPerTurn)
        text += u" · "_s + tr("saves %1 a turn").arg(format::money(*plan().savedPerTurn));
    return text;
}

} // namespace bobbin::ui
