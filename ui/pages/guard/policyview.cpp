// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/guard/policyview.h"

#include "models/core/clock.h"
#include "models/core/days.h"
#include "models/core/errortext.h"
#include "models/core/format.h"
#include "models/domain/names.h"
#include "models/guard/policyjson.h"
#include "models/guard/policytext.h"
#include "ui/dialogs/consentdialog.h"
#include "ui/pages/guard/ruleform.h"
#include "ui/pages/guard/wouldacts.h"
#include "ui/theme.h"
#include "ui/widgets/figuretable.h"
#include "ui/widgets/notice.h"
#include "ui/widgets/textlabel.h"

#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QInputDialog>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QSplitter>
#include <QTableWidget>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

enum Column { Rule, Limit, LimitFrom, Act, ActFrom, Times, Wrong, Spared };

constexpr auto gathered = std::chrono::milliseconds(250); // keys that are struck

} // namespace

PolicyView::PolicyView(QWidget *parent)
    : QWidget(parent), m_layers(new QComboBox), m_preset(new QComboBox), m_actsAnHour(new QSpinBox),
      m_metadata(new QPushButton(tr("For metadata…"))), m_silence(new QPushButton(tr("Clear this layer"))),
      m_import(new QPushButton(tr("Import…"))), m_export(new QPushButton(tr("Export…"))),
      m_revert(new QPushButton(tr("Revert"))), m_keep(new QPushButton(tr("Keep"))), m_summary(makeTextLabel()),
      m_state(new QLabel), m_notice(new Notice),
      m_table(makeFigureTable({tr("Rule"), tr("Limit"), tr("from"), tr("What happens"), tr("from"), tr("In 30 days"),
                               tr("False"), tr("Spared")},
                              tr("Rules of the policy"))),
      m_form(new RuleForm), m_acts(new WouldActsList),
      m_question(
          this,
          [this]() -> LedgerQuestion<Shown>::Compute {
              return [policy = m_draft](const Ledger &ledger, Reader &reader) -> Result<Shown> {
                  auto tried = tryHere(policy, ledger, reader, startOfLastDays(ConsentDialog::days, nowMs()));
                  auto assistants = reader.assistantNames();
                  if (!tried || !assistants)
                      return fail(!tried ? tried.error() : assistants.error());
                  return Shown{*std::move(tried), *std::move(assistants)};
              };
          },
          [this](const Shown &shown) { showTrial(shown); }, [this](const Error &error) { Q_EMIT failed(error); })
{
    for (const int column : {int(Limit), int(LimitFrom), int(Act), int(ActFrom)})
        m_table->horizontalHeaderItem(column)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setRowCount(int(guardRuleCount));
    m_table->setMinimumHeight(fontMetrics().height() * 8);
    auto *splitter = new QSplitter(Qt::Vertical); // what is chosen above is changed below, both in sight
    splitter->setObjectName(u"policyrules"_s);
    splitter->addWidget(m_table);
    splitter->addWidget(makeBelow());
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setChildrenCollapsible(false);
    auto *content = new QWidget;
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(16, 12, 16, 0);
    column->setSpacing(10);
    column->addWidget(makeAbove());
    column->addWidget(m_summary);
    column->addWidget(splitter, 1);
    auto *area = new QScrollArea; // in a low window nothing may lie over something else
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setAccessibleName(tr("Policy"));
    area->setWidget(content);
    auto *buttons = new QHBoxLayout;
    buttons->setContentsMargins(16, 8, 16, 8);
    for (QPushButton *button : {m_import, m_export})
        buttons->addWidget(button);
    buttons->addStretch(1);
    buttons->addWidget(m_state);
    for (QPushButton *button : {m_revert, m_keep})
        buttons->addWidget(button);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(area, 1);
    all->addWidget(m_notice);
    all->addLayout(buttons);
    m_notice->hide();
    m_soon.setSingleShot(true);
    m_soon.setInterval(gathered);
    connect(&m_soon, &QTimer::timeout, this, [this] { m_question.changed(); });
    connect(m_layers, &QComboBox::currentIndexChanged, this, &PolicyView::showRules);
    connect(m_table, &QTableWidget::currentCellChanged, this, [this](int row, int, int before) {
        if (row != before)
            showRule();
    });
    connect(m_preset, &QComboBox::activated, this, [this] {
        m_draft.preset = m_preset->currentData().toString();
        draftChanged();
        showRules();
    });
    connect(m_actsAnHour, &QSpinBox::valueChanged, this, [this](int value) {
        m_draft.actsAnHour = value;
        draftChanged();
    });
    connect(m_form, &RuleForm::changed, this, [this] {
        PolicyLayer said = layerOf(m_draft, layer());
        said[std::size_t(rule())] = m_form->said();
        setLayer(m_draft, layer(), said);
        draftChanged();
        showRules();
    });
    connect(m_silence, &QPushButton::clicked, this, [this] {
        setLayer(m_draft, layer(), {});
        draftChanged();
        showRules();
    });
    connect(m_metadata, &QPushButton::clicked, this, &PolicyView::askMetadata);
    connect(m_revert, &QPushButton::clicked, this, [this] {
        m_draft = m_kept;
        m_notice->hide();
        m_form->forget();
        draftChanged();
        showDraft();
    });
    connect(m_keep, &QPushButton::clicked, this, [this] { Q_EMIT keepWanted(withoutSilentLayers(m_draft)); });
    connect(m_import, &QPushButton::clicked, this, [this] {
        const QString file =
            QFileDialog::getOpenFileName(this, tr("Import a policy"), {}, tr("Policies (*.json);;All files (*)"));
        if (!file.isEmpty())
            importFrom(file);
    });
    connect(m_export, &QPushButton::clicked, this, [this] {
        const QString file = QFileDialog::getSaveFileName(this, tr("Export the policy"), u"policy.json"_s,
                                                          tr("Policies (*.json);;All files (*)"));
        if (!file.isEmpty())
            exportTo(file);
    });
    connect(m_acts, &WouldActsList::marked, this, [this](const QString &mark, bool isFalse) {
        if (!m_store)
            return;
        whenDone(markFalseAlarm(*m_store, mark, isFalse), this, [this](const Done &done) {
            if (!done)
                Q_EMIT failed(done.error());
            m_question.changed();
        });
    });
    connect(m_acts, &WouldActsList::wanted, this, [this](RowKey thread, RowKey run) {
        if (run != 0)
            Q_EMIT runWanted(run);
        else
            Q_EMIT threadWanted(thread);
    });
    showDraft();
    m_table->setCurrentCell(0, Rule);
}

QWidget *PolicyView::makeAbove()
{
    for (const PolicyPreset &preset : policyPresets())
        m_preset->addItem(QString::fromLatin1(preset.name), QString::fromLatin1(preset.name));
    m_layers->setAccessibleName(tr("What the rules are for"));
    m_layers->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_layers->setMinimumContentsLength(26);
    m_preset->setAccessibleName(tr("Preset"));
    m_preset->setToolTip(tr("Where nothing is said: general allows 5 tool steps a run, support 3, research 8"));
    m_actsAnHour->setRange(0, 10'000);
    m_actsAnHour->setAccessibleName(tr("Acts an hour at most"));
    m_actsAnHour->setToolTip(tr("Beyond this the guard asks instead of acting"));
    const auto labelled = [](const QString &text, QWidget *of) {
        auto *label = new QLabel(text);
        label->setBuddy(of);
        return label;
    };
    auto *above = new QWidget;
    auto *row = new QHBoxLayout(above);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(labelled(tr("Rules &for"), m_layers));
    row->addWidget(m_layers, 1);
    row->addWidget(m_metadata);
    row->addWidget(m_silence);
    row->addSpacing(16);
    row->addWidget(labelled(tr("&Preset"), m_preset));
    row->addWidget(m_preset);
    row->addSpacing(16);
    row->addWidget(labelled(tr("&Acts an hour"), m_actsAnHour));
    row->addWidget(m_actsAnHour);
    return above;
}

QWidget *PolicyView::makeBelow()
{
    auto *splitter = new QSplitter(Qt::Horizontal);
    splitter->setObjectName(u"policy"_s);
    splitter->addWidget(m_form);
    splitter->addWidget(m_acts);
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 3);
    splitter->setChildrenCollapsible(false);
    m_form->setMinimumHeight(fontMetrics().height() * 10);
    return splitter;
}

void PolicyView::setSource(std::shared_ptr<Store> store, Auditor *auditor)
{
    m_store = std::move(store);
    m_tried = {};
    m_assistants.clear();
    m_form->forget();
    m_summary->setText(m_store ? tr("Reading all runs, to say what it would have done…") : QString());
    showDraft();
    m_question.setAuditor(auditor);
}

void PolicyView::setPolicy(const GuardPolicy &policy, const std::vector<Error> &problems)
{
    m_kept = m_draft = policy;
    m_form->forget();
    if (problems.empty())
        m_notice->hide();
    else
        m_notice->show(tr("The policy's file is not used: %1 What you keep here takes its place; the file stays beside "
                          "it, with “.unread” at its end.")
                           .arg(errorText(problems.front()).line()),
                       Notice::Tone::Warning);
    draftChanged();
    showDraft();
}

void PolicyView::setKeepable(bool keepable)
{
    m_keepable = keepable;
    tellState();
}

void PolicyView::ledgerChanged()
{
    m_question.refresh();
}

void PolicyView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_question.seen();
}

LayerName PolicyView::layer() const
{
    const auto at = std::size_t(std::max(0, m_layers->currentIndex()));
    return at < m_layerNames.size() ? m_layerNames[at] : LayerName();
}

GuardRule PolicyView::rule() const
{
    return GuardRule(std::max(0, m_table->currentRow()));
}

void PolicyView::draftChanged()
{
    tellState();
    m_soon.start();
}

void PolicyView::tellState()
{
    m_state->setText(isChanged() ? tr("changed, and not kept") : QString());
    m_revert->setEnabled(isChanged());
    m_keep->setEnabled(isChanged() && m_keepable);
    m_keep->setToolTip(m_keepable ? tr("Holds from then on, also for the watch that runs")
                                  : tr("A connection that is open and saved has a policy; an archive has none"));
}

void PolicyView::showDraft()
{
    const QSignalBlocker quiet(m_actsAnHour);
    m_preset->setCurrentIndex(std::max(0, m_preset->findData(m_draft.preset)));
    m_actsAnHour->setValue(int(m_draft.actsAnHour));
    listLayers();
    showRules();
}

// What the layer says itself stands out.
void PolicyView::showRules()
{
    const PolicyNow now = policyIn(m_draft, layer());
    const PolicyLayer own = layerOf(m_draft, layer());
    for (const RuleInfo &info : guardRules()) {
        const int row = int(info.rule);
        const RuleNow &rule = now[std::size_t(info.rule)];
        const RuleSaid &said = own[std::size_t(info.rule)];
        setFigure(m_table, row, Rule, guardRuleTitle(info.rule), false);
        setFigure(m_table, row, Limit, limitText(info.rule, rule.limit), false);
        setFigure(m_table, row, LimitFrom, originText(rule.limitFrom), false);
        setFigure(m_table, row, Act, guardActName(rule.act), false);
        setFigure(m_table, row, ActFrom, originText(rule.actFrom), false);
        for (const int from : {int(LimitFrom), int(ActFrom)})
            m_table->item(row, from)->setForeground(colour(Hue::Quiet));
        QFont strong = m_table->font();
        strong.setWeight(QFont::DemiBold);
        if (said.limit)
            m_table->item(row, Limit)->setFont(strong);
        if (said.act)
            m_table->item(row, Act)->setFont(strong);
    }
    m_silence->setEnabled(own != PolicyLayer());
    showFigures();
    showRule();
}

void PolicyView::showFigures()
{
    for (const RuleInfo &info : guardRules()) {
        const int row = int(info.rule);
        const auto at = std::size_t(info.rule);
        const bool told = toldByRecord(info.rule);
        setFigure(m_table, row, Times, told ? format::count(m_tried.trial.times[at]) : u"–"_s, true);
        setFigure(m_table, row, Wrong, m_tried.falseTimes[at] > 0 ? format::count(m_tried.falseTimes[at]) : QString(),
                  true);
        setFigure(m_table, row, Spared, told ? format::money(m_tried.trial.spared[at]) : u"–"_s, true);
        if (!told)
            for (const int column : {int(Times), int(Spared)})
                m_table->item(row, column)->setToolTip(tr("The record does not tell how long runs waited"));
        else if (m_tried.trial.times[at] == 0 && m_tried.trial.spared[at].pico > 0)
            m_table->item(row, Spared)->setToolTip(tr("By what it would have done before these 30 days"));
    }
    m_table->resizeColumnsToContents();
    m_table->horizontalHeader()->setSectionResizeMode(Rule, QHeaderView::Stretch);
}

void PolicyView::showRule()
{
    GuardPolicy without = m_draft;
    PolicyLayer others = layerOf(m_draft, layer());
    const RuleSaid said = std::exchange(others[std::size_t(rule())], {});
    setLayer(without, layer(), others);
    m_form->show(layer(), rule(), said, policyIn(without, layer())[std::size_t(rule())]);
    m_acts->show(m_tried, rule());
}

// Only what it tells: somebody may be typing.
void PolicyView::showTrial(const Shown &shown)
{
    m_tried = shown.tried;
    m_summary->setText(trialSummary(m_tried, ConsentDialog::days));
    std::vector<std::pair<QString, QString>> assistants;
    assistants.reserve(shown.assistants.size());
    for (const NamedCost &one : shown.assistants)
        assistants.emplace_back(one.id, nameOf(one));
    if (m_assistants != assistants) {
        m_assistants = std::move(assistants);
        listLayers();
    }
    showFigures();
    m_acts->show(m_tried, rule());
}

// The connection, every assistant there is, and what else the policy speaks of.
void PolicyView::listLayers()
{
    const QSignalBlocker quiet(m_layers);
    const LayerName current = layer();
    m_layerNames.clear();
    m_layers->clear();
    const auto add = [this](const LayerName &name, const QString &words) {
        if (std::ranges::find(m_layerNames, name) != m_layerNames.end())
            return;
        m_layerNames.push_back(name);
        m_layers->addItem(words);
    };
    add({}, tr("the whole connection"));
    for (const auto &[id, name] : m_assistants)
        add({RuleOrigin::From::Assistant, id, {}}, tr("assistant %1").arg(format::visible(name)));
    for (const LayerName &name : layersOf(m_draft))
        add(name,
            name.from == RuleOrigin::From::Assistant
                ? tr("assistant %1").arg(format::visible(name.key))
                : tr("threads whose metadata “%1” is “%2”")
                      .arg(format::visible(name.key), format::visible(name.value)));
    const auto place = std::ranges::find(m_layerNames, current);
    m_layers->setCurrentIndex(place == m_layerNames.end() ? 0 : int(place - m_layerNames.begin()));
}

void PolicyView::addLayer(const LayerName &name)
{
    setLayer(m_draft, name, layerOf(m_draft, name));
    listLayers();
    m_layers->setCurrentIndex(int(std::ranges::find(m_layerNames, name) - m_layerNames.begin()));
}

void PolicyView::askMetadata()
{
    if (!m_store)
        return;
    whenDone(m_store->read([](Reader &reader) { return reader.metadataKeys(); }, Store::Lane::Scan), this,
             [this](const Result<QStringList> &keys) {
                 if (keys)
                     nameMetadata(*keys);
                 else
                     Q_EMIT failed(keys.error());
             });
}

void PolicyView::nameMetadata(const QStringList &keys)
{
    bool chosen = false;
    const QString key =
        QInputDialog::getItem(this, tr("Rules for metadata"), tr("Threads whose metadata key"), keys, 0, true, &chosen)
            .trimmed();
    if (!chosen || key.isEmpty())
        return;
    const QString value = QInputDialog::getText(this, tr("Rules for metadata"), tr("“%1” is").arg(format::visible(key)),
                                                QLineEdit::Normal, {}, &chosen)
                              .trimmed();
    if (chosen && !value.isEmpty())
        addLayer({RuleOrigin::From::MetadataValue, key, value});
}

void PolicyView::importFrom(const QString &file)
{
    const Result<PolicyRead> read = readPolicy(file);
    if (!read || !read->problems.empty()) {
        m_notice->show(read ? read->problems.front() : read.error());
        return;
    }
    m_notice->hide();
    m_draft = read->policy;
    m_form->forget();
    draftChanged();
    showDraft();
}

void PolicyView::exportTo(const QString &file)
{
    if (const Done written = writePolicy(file, withoutSilentLayers(m_draft)); !written)
        m_notice->show(written.error());
    else
        m_notice->show(tr("Written to %1").arg(file), Notice::Tone::Info);
}

} // namespace bobbin::ui
