// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/costs/othermodelsview.h"

#include "models/core/clock.h"
#include "models/core/days.h"
#include "models/core/format.h"
#include "models/domain/names.h"
#include "ui/widgets/figuretable.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QTableWidget>
#include <QVBoxLayout>

#include <cmath>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

OtherModelsView::OtherModelsView(QWidget *parent)
    : QWidget(parent), m_range(new QComboBox), m_assistant(new QComboBox), m_sum(new QLabel),
      m_table(makeFigureTable(
          {tr("Model"), tr("Cost"), tr("Difference"), tr("As batches"), tr("Does not fit"), tr("Switched off")},
          tr("The same work on other models"))),
      m_question(
          this, [this] { return ask(); }, [this](const Shown &shown) { show(shown); },
          [this](const Error &error) { Q_EMIT failed(error); })
{
    for (const auto &[words, days] :
         {std::pair(tr("last 28 days"), 28), std::pair(tr("last 90 days"), 90), std::pair(tr("everything"), 0)})
        m_range->addItem(words, days);
    m_range->setAccessibleName(tr("Time"));
    m_assistant->addItem(tr("Assistant: any"));
    m_assistant->setAccessibleName(tr("Assistant"));
    m_sum->setWordWrap(true);
    m_table->setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    auto *bar = new QHBoxLayout;
    bar->addWidget(m_range);
    bar->addWidget(m_assistant);
    bar->addStretch(1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(12, 8, 12, 8);
    column->addLayout(bar);
    column->addWidget(m_sum);
    column->addWidget(m_table, 1);
    for (const QComboBox *box : {m_range, m_assistant})
        connect(box, &QComboBox::currentIndexChanged, this, [this] { m_question.changed(); });
}

void OtherModelsView::setSource(const CostSource &source)
{
    m_source = source;
    show({});
    m_question.setAuditor(source.auditor);
}

LedgerQuestion<OtherModelsView::Shown>::Compute OtherModelsView::ask() const
{
    return [days = m_range->currentData().toInt(),
            assistant = m_assistant->currentData().toString()](const Ledger &ledger, Reader &reader) -> Result<Shown> {
        const qint64 now = nowMs();
        std::optional<qint32> number;
        if (!assistant.isEmpty()) // one that never ran has none
            number = ledger.names.assistants.find(assistant.toStdString()).value_or(-1);
        auto names = reader.assistantNames();
        if (!names)
            return fail(names.error());
        return Shown{sameWorkOn(ledger, days > 0 ? startOfLastDays(days, now) : 0, number, now), *std::move(names)};
    };
}

void OtherModelsView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_question.seen();
}

void OtherModelsView::show(const Shown &shown)
{
    const QString chosen = m_assistant->currentData().toString();
    {
        const QSignalBlocker quiet(m_assistant);
        while (m_assistant->count() > 1)
            m_assistant->removeItem(1);
        for (const NamedCost &assistant : shown.assistants)
            m_assistant->addItem(format::visible(nameOf(assistant)), assistant.id);
        m_assistant->setCurrentIndex(std::max(0, m_assistant->findData(chosen)));
    }
    const SameWork &work = shown.work;
    QString said;
    if (work.runs > 0) {
        said = tr("%1 runs with %2 prompt tokens (%3 of them cached) and %4 completion tokens cost %5. Each model is "
                  "taken to need as many tokens and to cache as much.")
                   .arg(format::count(work.runs), format::count(work.prompt), format::count(work.cached),
                        format::count(work.completion), format::money(work.actual));
        if (work.unknownRuns > 0)
            said += u' ' + tr("%n run(s) without usage or price are left out.", nullptr, int(work.unknownRuns));
    } else if (m_source.ready()) {
        said = tr("No run with a known cost in this time.");
    }
    m_sum->setText(said);
    m_table->clearContents();
    m_table->setRowCount(int(work.models.size()));
    for (int i = 0; i < m_table->rowCount(); ++i) {
        const ModelCost &model = work.models[std::size_t(i)];
        QString name = model.model;
        if (model.own)
            name += tr(" (your price)");
        if (model.used)
            name += tr(" — in use");
        setFigure(m_table, i, Model, name, false);
        setFigure(m_table, i, Cost, format::money(model.cost), true);
        m_table->item(i, Cost)->setToolTip(model.price);
        const auto before = double(std::max<qint64>(1, work.actual.pico));
        const qint64 percent = std::llround((double(model.cost.pico) / before - 1) * 100);
        setFigure(m_table, i, Change,
                  tr("%1 %").arg((percent > 0       ? u"+"_s
                                      : percent < 0 ? u"−"_s
                                                    : u"±"_s) +
                                 format::count(std::abs(percent))),
                  true);
        setFigure(m_table, i, Batch, model.batch ? format::money(*model.batch) : u"–"_s, true);
        setFigure(m_table, i, TooLarge, model.tooLarge > 0 ? tr("%n run(s)", nullptr, int(model.tooLarge)) : u"–"_s,
                  true);
        setFigure(m_table, i, Shutdown, model.shutdown.isValid() ? model.shutdown.toString(Qt::ISODate) : u"–"_s, true);
        if (model.used) {
            QFont strong = m_table->font();
            strong.setWeight(QFont::DemiBold);
            m_table->item(i, Model)->setFont(strong);
        }
    }
    m_table->resizeColumnsToContents();
    m_table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
}

} // namespace bobbin::ui
