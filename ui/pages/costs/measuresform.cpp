// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/costs/measuresform.h"

#include "models/core/format.h"
#include "models/whatif/measuresjson.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSlider>
#include <QSpinBox>

#include <cmath>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

enum Column { On, Slide, Number, Saved };
constexpr int sliderSteps = 200; // even in the logarithm: from ten turns to a hundred as far as from a hundred on

int toSlider(int value, int least, int most)
{
    return int(std::lround(std::log(double(value) / least) / std::log(double(most) / least) * sliderSteps));
}
int fromSlider(int step, int least, int most)
{
    const double value = least * std::pow(double(most) / least, double(step) / sliderSteps);
    const double unit = std::pow(10.0, std::max(0.0, std::floor(std::log10(value)) - 1)); // two digits are enough
    return int(std::clamp(std::round(value / unit) * unit, double(least), double(most)));
}

} // namespace

MeasuresForm::MeasuresForm(QWidget *parent)
    : QWidget(parent), m_summary(new QSpinBox), m_byModel(new QCheckBox(tr("written by the model"))),
      m_unmatched(new QCheckBox(tr("all others are simple too"))), m_simple(new QLineEdit), m_complex(new QLineEdit)
{
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(10);
    grid->setVerticalSpacing(5);
    grid->setColumnStretch(Slide, 1);
    addLine(grid, Measure::TurnCap, 2, 500, 30, tr(" turns"));
    addLine(grid, Measure::ContextCeiling, 1'000, 1'000'000, 40'000, tr(" tokens"));
    m_summary->setRange(1, 100'000);
    m_summary->setValue(500);
    m_summary->setGroupSeparatorShown(true);
    m_summary->setSuffix(tr(" tokens"));
    m_summary->setAccessibleName(tr("Length of a summary"));
    auto *label = new QLabel(tr("    summary of"));
    label->setForegroundRole(QPalette::PlaceholderText);
    grid->addWidget(label, grid->rowCount(), On);
    grid->addWidget(m_byModel, grid->rowCount() - 1, Slide);
    grid->addWidget(m_summary, grid->rowCount() - 1, Number);
    addLine(grid, Measure::LastMessages, 1, 500, 20, tr(" messages"));
    addLine(grid, Measure::MaxPromptTokens, 500, 5'000'000, 100'000, tr(" tokens"));
    addLine(grid, Measure::ToolSteps, 1, 100, 5, tr(" steps"));
    addLine(grid, Measure::Retries, 1, 20, 3, tr(" retries"));
    begin(grid, Measure::Caching);
    addModel(grid, Measure::Model, u"gpt-4o-mini"_s);
    addModel(grid, Measure::Routing, u"gpt-4o-mini"_s);
    const WordingRule preset;
    m_simple->setText(preset.simple.join(u", "_s));
    m_complex->setText(preset.complex.join(u", "_s));
    m_unmatched->setChecked(preset.unmatchedIsSimple);
    const std::pair<QLineEdit *, QString> fields[] = {{m_simple, tr("    simple with")},
                                                      {m_complex, tr("    complex with")}};
    for (const auto &[field, words] : fields) {
        auto *name = new QLabel(words);
        name->setForegroundRole(QPalette::PlaceholderText);
        field->setAccessibleName(words.trimmed());
        field->setToolTip(tr("Words or beginnings of sentences, with commas between. A question that holds words of "
                             "both kinds is complex."));
        const int row = grid->rowCount();
        grid->addWidget(name, row, On);
        grid->addWidget(field, row, Slide, 1, 2);
        connect(field, &QLineEdit::editingFinished, this, &MeasuresForm::wordingChanged);
    }
    grid->addWidget(m_unmatched, grid->rowCount(), Slide, 1, 2);
    connect(m_unmatched, &QCheckBox::toggled, this, &MeasuresForm::wordingChanged);
    begin(grid, Measure::Batch);
    begin(grid, Measure::OneStore);
    addLine(grid, Measure::AttachOnce, 1, 1'000, 10, tr(" ¢ / 1M"));
    connect(m_summary, &QSpinBox::valueChanged, this, &MeasuresForm::told);
    connect(m_byModel, &QCheckBox::toggled, this, &MeasuresForm::told);
}

MeasuresForm::Line &MeasuresForm::begin(QGridLayout *grid, Measure measure)
{
    Line &line = m_lines[std::size_t(measure)];
    line.on = new QCheckBox(measureTitle(measure));
    line.on->setToolTip(measureNote(measure));
    line.saved = new QLabel;
    line.saved->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    line.saved->setMinimumWidth(fontMetrics().horizontalAdvance(u"−$1,000.00"_s));
    const int row = grid->rowCount();
    grid->addWidget(line.on, row, On);
    grid->addWidget(line.saved, row, Saved);
    connect(line.on, &QCheckBox::toggled, this, &MeasuresForm::told);
    return line;
}

void MeasuresForm::addLine(QGridLayout *grid, Measure measure, int least, int most, int usual, const QString &suffix)
{
    Line &line = begin(grid, measure);
    const int row = grid->rowCount() - 1;
    line.slider = new QSlider(Qt::Horizontal);
    line.slider->setRange(0, sliderSteps);
    line.slider->setAccessibleName(measureTitle(measure));
    line.slider->setMinimumWidth(60);
    line.slider->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    line.number = new QSpinBox;
    line.number->setRange(least, most);
    line.number->setGroupSeparatorShown(true);
    line.number->setSuffix(suffix);
    line.number->setAccessibleName(measureTitle(measure));
    line.number->setValue(usual);
    line.slider->setValue(toSlider(usual, least, most));
    grid->addWidget(line.slider, row, Slide);
    grid->addWidget(line.number, row, Number);
    connect(line.slider, &QSlider::valueChanged, this, [this, &line, least, most](int step) {
        if (toSlider(line.number->value(), least, most) == step)
            return; // it follows the number
        line.on->setChecked(true);
        line.number->setValue(fromSlider(step, least, most));
    });
    connect(line.number, &QSpinBox::valueChanged, this, [this, &line, least, most](int value) {
        line.slider->setValue(toSlider(value, least, most));
        told();
    });
}

void MeasuresForm::addModel(QGridLayout *grid, Measure measure, const QString &usual)
{
    Line &line = begin(grid, measure);
    line.model = new QComboBox;
    line.model->addItem(usual);
    line.model->setAccessibleName(measureTitle(measure));
    line.model->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon); // long names make no wide form
    line.model->setMinimumContentsLength(12);
    grid->addWidget(line.model, grid->rowCount() - 1, Slide, 1, 2);
    connect(line.model, &QComboBox::currentIndexChanged, this, &MeasuresForm::told);
}

void MeasuresForm::setModels(const QStringList &models)
{
    for (const Measure measure : {Measure::Model, Measure::Routing}) {
        QComboBox *box = m_lines[std::size_t(measure)].model;
        const QString chosen = box->currentText();
        const QSignalBlocker quiet(box);
        box->clear();
        box->addItems(models);
        box->setCurrentIndex(std::max(0, box->findText(chosen)));
    }
}

void MeasuresForm::told()
{
    if (!m_setting)
        Q_EMIT changed();
}

void MeasuresForm::setMeasures(const Measures &measures)
{
    m_setting = true;
    const auto set = [&](Measure measure, const std::optional<qint64> &value) {
        const Line &line = m_lines[std::size_t(measure)];
        line.on->setChecked(value.has_value());
        if (value)
            line.number->setValue(int(std::min<qint64>(*value, std::numeric_limits<int>::max())));
    };
    set(Measure::Retries, measures.retries);
    set(Measure::ToolSteps, measures.toolSteps);
    set(Measure::TurnCap, measures.turnCap);
    set(Measure::ContextCeiling, measures.contextCeiling);
    set(Measure::LastMessages, measures.lastMessages);
    set(Measure::MaxPromptTokens, measures.maxPromptTokens);
    set(Measure::AttachOnce, measures.attachOnce);
    for (const auto &[measure, model] :
         {std::pair(Measure::Model, measures.model), std::pair(Measure::Routing, measures.routeTo)}) {
        const Line &line = m_lines[std::size_t(measure)];
        line.on->setChecked(!model.isEmpty());
        if (const int place = line.model->findText(model); place >= 0)
            line.model->setCurrentIndex(place);
    }
    box(Measure::Caching)->setChecked(measures.perfectCaching);
    box(Measure::Batch)->setChecked(measures.batch);
    box(Measure::OneStore)->setChecked(measures.oneStore);
    m_summary->setValue(int(measures.summaryTokens));
    m_byModel->setChecked(measures.summaryByModel);
    m_setting = false;
    told();
}

Measures MeasuresForm::measures() const
{
    Measures measures;
    const auto get = [&](Measure measure) {
        const Line &line = m_lines[std::size_t(measure)];
        return line.on->isChecked() ? std::optional<qint64>(line.number->value()) : std::nullopt;
    };
    measures.retries = get(Measure::Retries);
    measures.toolSteps = get(Measure::ToolSteps);
    measures.turnCap = get(Measure::TurnCap);
    measures.contextCeiling = get(Measure::ContextCeiling);
    measures.lastMessages = get(Measure::LastMessages);
    measures.maxPromptTokens = get(Measure::MaxPromptTokens);
    measures.attachOnce = get(Measure::AttachOnce);
    const auto model = [&](Measure measure) {
        const Line &line = m_lines[std::size_t(measure)];
        return line.on->isChecked() ? line.model->currentText() : QString();
    };
    measures.model = model(Measure::Model);
    measures.routeTo = model(Measure::Routing);
    measures.perfectCaching = box(Measure::Caching)->isChecked();
    measures.batch = box(Measure::Batch)->isChecked();
    measures.oneStore = box(Measure::OneStore)->isChecked();
    measures.summaryTokens = m_summary->value();
    measures.summaryByModel = m_byModel->isChecked();
    return measures;
}

WordingRule MeasuresForm::wording() const
{
    const auto words = [](const QLineEdit *field) {
        QStringList all;
        for (const QString &word : field->text().split(u','))
            if (!word.trimmed().isEmpty())
                all << word.trimmed();
        return all;
    };
    return {words(m_simple), words(m_complex), m_unmatched->isChecked()};
}

void MeasuresForm::showSaved(const Replay &replayed)
{
    const Measures chosen = measures();
    for (std::size_t m = 0; m < measureCount; ++m) {
        QLabel *label = m_lines[m].saved;
        const Money saved = replayed.saved[m];
        if (!chosen.has(Measure(m)))
            label->clear();
        else if (saved.pico < 0)
            label->setText(u"−"_s + format::money(Money{-saved.pico}));
        else
            label->setText(format::money(saved));
        label->setToolTip(chosen.has(Measure(m)) ? tr("Saved, after what stands above it in the order of effect")
                                                 : QString());
    }
}

} // namespace bobbin::ui
