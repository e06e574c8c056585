// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/consentdialog.h"

#include "models/core/format.h"
#include "models/guard/policyedit.h"
#include "models/guard/policytext.h"
#include "ui/widgets/figuretable.h"
#include "ui/widgets/textlabel.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include <numeric>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

QString trialSummary(const TriedPolicy &tried, qint64 days)
{
    const PolicyTrial &trial = tried.trial;
    if (trial.runs + trial.unknownRuns == 0)
        return ConsentDialog::tr("There was no run in the last %1 days to try it on.").arg(days);
    const qint64 times = std::accumulate(trial.times.begin(), trial.times.end(), qint64(0));
    QString said = ConsentDialog::tr("In the last %1 days it would have found something %2 times: %3 of %4 spared.")
                       .arg(days)
                       .arg(format::count(times), format::money(trial.allSpared()), format::money(trial.actual));
    if (const qsizetype wrong = tried.falseAlarms.size(); wrong > 0)
        said += u' ' + ConsentDialog::tr("Of these %1 are false alarms, by your marks.").arg(format::count(wrong));
    if (trial.unknownRuns > 0)
        said += u' ' + ConsentDialog::tr("The cost of %n more run(s) is not known.", nullptr, int(trial.unknownRuns));
    return said;
}

ConsentDialog::ConsentDialog(const GuardPolicy &policy, const TriedPolicy &tried, QWidget *parent)
    : QDialog(parent), m_act(new QPushButton(tr("Let it act"))), m_tell(new QPushButton(tr("Only tell")))
{
    setWindowTitle(tr("A policy that acts"));
    setObjectName(u"consent"_s);
    QLabel *about = makeTextLabel();
    about->setText(tr("From now on this policy cancels runs, rotates threads or refuses requests by itself, at most %n "
                      "time(s) an hour; beyond that it asks. “Stop all guarding” ends it at once.",
                      nullptr, int(policy.actsAnHour)));
    QLabel *summary = makeTextLabel();
    summary->setText(trialSummary(tried, days));
    QFont strong = summary->font();
    strong.setWeight(QFont::DemiBold);
    summary->setFont(strong);
    auto *table = makeFigureTable({tr("Rule"), tr("Act"), tr("Times"), tr("Spared")}, tr("What it would have done"));
    table->horizontalHeaderItem(1)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    const std::vector<LayerName> layers = layersOf(policy);
    for (const RuleInfo &info : guardRules()) {
        const auto rule = std::size_t(info.rule);
        // All that is allowed from now on, whether or not it was met lately.
        QStringList acts;
        for (const LayerName &layer : layers)
            if (const auto act = layerOf(policy, layer)[rule].act;
                act && *act != GuardAct::Notify && !acts.contains(guardActName(*act)))
                acts << guardActName(*act);
        if (acts.isEmpty() && tried.trial.times[rule] == 0)
            continue;
        if (acts.isEmpty())
            acts << guardActName(GuardAct::Notify);
        const int row = table->rowCount();
        table->insertRow(row);
        setFigure(table, row, 0, guardRuleTitle(info.rule), false);
        setFigure(table, row, 1, acts.join(u", "_s), false);
        setFigure(table, row, 2, toldByRecord(info.rule) ? format::count(tried.trial.times[rule]) : u"–"_s, true);
        setFigure(table, row, 3, toldByRecord(info.rule) ? format::money(tried.trial.spared[rule]) : u"–"_s, true);
    }
    fitFigures(table);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    buttons->addButton(m_act, QDialogButtonBox::AcceptRole);
    buttons->addButton(m_tell, QDialogButtonBox::AcceptRole);
    m_tell->setDefault(true);
    auto *column = new QVBoxLayout(this);
    column->setSpacing(12);
    column->addWidget(about);
    column->addWidget(summary);
    column->addWidget(table);
    column->addStretch(1);
    column->addWidget(buttons);
    setMinimumWidth(fontMetrics().averageCharWidth() * 80);
    connect(m_act, &QPushButton::clicked, this, [this] {
        m_choice = Consent::Act;
        accept();
    });
    connect(m_tell, &QPushButton::clicked, this, [this] {
        m_choice = Consent::OnlyTell;
        accept();
    });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
}

} // namespace bobbin::ui
