// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/cleanupdialog.h"

#include "models/core/format.h"
#include "models/store/whendone.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QSpinBox>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

// "$1.00", and more digits where there are more.
class MoneyBox final : public QDoubleSpinBox {
public:
    MoneyBox()
    {
        setDecimals(4);
        setPrefix(u"$"_s);
    }
    [[nodiscard]] QString textFromValue(double value) const override
    {
        QString text = QDoubleSpinBox::textFromValue(value);
        for (int spare = decimals() - 2; spare > 0 && text.endsWith(u'0'); --spare)
            text.chop(1);
        return text;
    }
};

constexpr int settleMs = 250;

// "tier = gold, env, !trial": equals, has, lacks.
std::vector<MetadataTest> testsOf(const QString &text)
{
    std::vector<MetadataTest> tests;
    for (const QString &part : text.split(u',', Qt::SkipEmptyParts)) {
        const QString one = part.trimmed();
        if (one.startsWith(u'!'))
            tests.push_back({MetadataTest::How::Lacks, one.mid(1).trimmed(), {}});
        else if (one.contains(u'='))
            tests.push_back(
                {MetadataTest::How::Equals, one.section(u'=', 0, 0).trimmed(), one.section(u'=', 1).trimmed()});
        else if (!one.isEmpty())
            tests.push_back({MetadataTest::How::Has, one, {}});
    }
    return tests;
}

QString textOf(const std::vector<MetadataTest> &tests)
{
    QStringList parts;
    for (const MetadataTest &test : tests)
        parts << (test.how == MetadataTest::How::Lacks        ? u"!"_s + test.key
                      : test.how == MetadataTest::How::Equals ? test.key + u" = "_s + test.value
                                                              : test.key);
    return parts.join(u", "_s);
}

} // namespace

CleanupDialog::CleanupDialog(Operations &operations, const std::vector<NamedCost> &assistants, QWidget *parent)
    : PlanDialog(
          tr("Clean up stale threads"),
          tr("Nothing is deleted before you press the button below. Each thread is looked at once more, archived, "
             "and its archive verified first; one that woke up is spared."),
          parent),
      m_operations(operations), m_names(new QComboBox), m_idle(new QCheckBox(tr("No activity for"))),
      m_days(new QSpinBox), m_neverUsed(new QCheckBox(tr("never used"))),
      m_assistantGone(new QCheckBox(tr("assistant gone"))), m_rotated(new QCheckBox(tr("rotated away"))),
      m_storage(new QCheckBox(tr("stores and files nothing else uses"))), m_metadata(new QLineEdit),
      m_keep(new QLineEdit), m_assistant(new QComboBox), m_cheap(new QCheckBox(tr("cost below"))),
      m_below(new MoneyBox), m_protected(new QPushButton), m_remove(new QPushButton(tr("Remove"))),
      m_protectedMenu(new QMenu(this)), m_grace(new QSpinBox),
      m_recentStores(new QCheckBox(tr("even stores used within 7 days")))
{
    makeRuleEditor();
    fillAssistants(assistants);
    m_settle.setSingleShot(true);
    m_settle.setInterval(settleMs);
    connect(&m_settle, &QTimer::timeout, this, &CleanupDialog::replan);
    CleanupRule usual;
    usual.idleDays = 60;
    usual.neverUsed = true;
    usual.rotatedAway = true;
    setRule(usual);
    readRules();
}

void CleanupDialog::makeRuleEditor()
{
    m_days->setRange(1, 3650);
    m_days->setSuffix(tr(" days"));
    m_days->setAccessibleName(tr("Days without activity"));
    m_grace->setRange(0, 3650);
    m_grace->setSuffix(tr(" days"));
    m_grace->setAccessibleName(tr("Days since a thread was rotated"));
    m_grace->setToolTip(tr("A thread that was rotated lately is kept back: somebody may still want to look"));
    m_recentStores->setEnabled(false);
    m_recentStores->setToolTip(tr("Where the server does not list threads, such stores are kept back: a thread that "
                                  "Bobbin does not know may point to them"));
    m_idle->setToolTip(tr("Since the newest message or run, not since the thread was created"));
    m_neverUsed->setToolTip(tr("No message and no run, and older than a day"));
    m_rotated->setToolTip(tr("Another thread took over"));
    m_metadata->setPlaceholderText(tr("metadata, such as env = test, !customer"));
    m_metadata->setAccessibleName(tr("Only threads with this metadata"));
    m_metadata->setToolTip(tr("key = value: equals; key: has it; !key: lacks it. All of them must hold."));
    m_assistant->setAccessibleName(tr("Only threads of this assistant"));
    m_below->setRange(0.0001, 1e6);
    m_below->setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
    m_below->setValue(1);
    m_below->setEnabled(false);
    m_below->setAccessibleName(tr("Cost to date, in dollars"));
    m_cheap->setToolTip(tr("Threads whose cost is not known stay"));
    m_keep->setPlaceholderText(tr("metadata, such as tier = gold"));
    m_keep->setAccessibleName(tr("Keep threads with this metadata"));
    m_keep->setToolTip(tr("Threads with any of these are kept back, as are pinned ones and those with an active run"));
    m_protected->setMenu(m_protectedMenu);
    m_protected->setAutoDefault(false);
    m_protected->setToolTip(tr("Threads of these assistants are kept back"));
    m_names->setAccessibleName(tr("Saved rules"));
    m_names->setMinimumContentsLength(16);
    m_remove->setAutoDefault(false);
    m_remove->setEnabled(false);
    m_remove->setToolTip(tr("Forget the saved rule that is shown"));
    auto *save = new QPushButton(tr("Save rule…"));
    save->setAutoDefault(false);

    auto *grid = new QGridLayout;
    int at = 0;
    const auto row = [&](const QString &name, std::initializer_list<QWidget *> widgets) {
        auto *box = new QHBoxLayout;
        for (QWidget *widget : widgets)
            box->addWidget(widget, qobject_cast<QLineEdit *>(widget) ? 1 : 0);
        if (!qobject_cast<QLineEdit *>(*(widgets.end() - 1)))
            box->addStretch();
        auto *label = new QLabel(name);
        label->setForegroundRole(QPalette::PlaceholderText);
        grid->addWidget(label, at, 0);
        grid->addLayout(box, at++, 1);
        return box;
    };
    auto *first = row(tr("Stale"), {m_idle, m_days, m_neverUsed, m_assistantGone, m_rotated});
    for (QWidget *widget : std::initializer_list<QWidget *>{m_names, save, m_remove})
        first->addWidget(widget);
    row(tr("Only"), {m_assistant, m_cheap, m_below, m_metadata});
    row(tr("Keep back"), {m_protected, new QLabel(tr("rotated within")), m_grace, m_keep});
    row(tr("Also"), {m_storage, m_recentStores});
    options()->addLayout(grid);
    const auto changed = [this] { settle(); };
    for (QCheckBox *box : {m_idle, m_neverUsed, m_assistantGone, m_rotated, m_storage, m_cheap, m_recentStores})
        connect(box, &QCheckBox::toggled, this, changed);
    connect(m_idle, &QCheckBox::toggled, m_days, &QWidget::setEnabled);
    connect(m_cheap, &QCheckBox::toggled, m_below, &QWidget::setEnabled);
    connect(m_days, &QSpinBox::valueChanged, this, changed);
    connect(m_grace, &QSpinBox::valueChanged, this, changed);
    connect(m_storage, &QCheckBox::toggled, m_recentStores, &QWidget::setEnabled);
    connect(m_below, &QDoubleSpinBox::valueChanged, this, changed);
    connect(m_assistant, &QComboBox::currentIndexChanged, this, changed);
    connect(m_metadata, &QLineEdit::textChanged, this, changed);
    connect(m_keep, &QLineEdit::textChanged, this, changed);
    connect(save, &QPushButton::clicked, this, &CleanupDialog::saveRule);
    connect(m_remove, &QPushButton::clicked, this, &CleanupDialog::removeRule);
    connect(m_names, &QComboBox::currentIndexChanged, this, [this](int index) { m_remove->setEnabled(index > 0); });
    connect(m_names, &QComboBox::activated, this, [this](int index) {
        if (index > 0)
            setRule(m_rules[std::size_t(index) - 1].second);
    });
}

void CleanupDialog::fillAssistants(const std::vector<NamedCost> &assistants)
{
    m_assistant->addItem(tr("any assistant"), QString());
    for (const NamedCost &assistant : assistants) {
        const QString name = assistant.name.isEmpty() ? assistant.id : assistant.name;
        m_assistant->addItem(name, assistant.id);
        addProtected(assistant.id, name);
    }
    m_protected->setEnabled(!assistants.empty());
    showProtected();
}

void CleanupDialog::addProtected(const QString &id, QString name)
{
    QAction *action = m_protectedMenu->addAction(name.replace(u'&', u"&&"_s));
    action->setCheckable(true);
    action->setData(id);
    connect(action, &QAction::toggled, this, [this] {
        showProtected();
        settle();
    });
    m_protected->setEnabled(true);
}

void CleanupDialog::showProtected()
{
    const auto actions = m_protectedMenu->actions();
    const auto count = std::ranges::count_if(actions, &QAction::isChecked);
    m_protected->setText(count == 0 ? tr("threads of no assistant")
                                    : tr("threads of %n assistant(s)", nullptr, int(count)));
}

void CleanupDialog::setRule(const CleanupRule &rule)
{
    m_idle->setChecked(rule.idleDays.has_value());
    m_days->setEnabled(rule.idleDays.has_value());
    m_days->setValue(rule.idleDays.value_or(60));
    m_neverUsed->setChecked(rule.neverUsed);
    m_assistantGone->setChecked(rule.assistantGone);
    m_rotated->setChecked(rule.rotatedAway);
    m_storage->setChecked(rule.storage);
    m_recentStores->setChecked(rule.recentStores);
    m_grace->setValue(rule.rotatedGraceDays);
    m_metadata->setText(textOf(rule.metadata));
    m_keep->setText(textOf(rule.keepMetadata));
    // A saved rule may name an assistant that is gone since: it stays in the rule.
    if (m_assistant->findData(rule.assistantId) < 0)
        m_assistant->addItem(rule.assistantId, rule.assistantId);
    m_assistant->setCurrentIndex(m_assistant->findData(rule.assistantId));
    m_cheap->setChecked(rule.costBelow.has_value());
    if (rule.costBelow)
        m_below->setValue(rule.costBelow->dollars());
    for (const QString &id : rule.keepAssistants)
        if (std::ranges::none_of(m_protectedMenu->actions(), [&](const QAction *a) { return a->data() == id; }))
            addProtected(id, id);
    for (QAction *action : m_protectedMenu->actions())
        action->setChecked(rule.keepAssistants.contains(action->data().toString()));
    settle();
}

CleanupRule CleanupDialog::rule() const
{
    CleanupRule rule;
    rule.idleDays.reset();
    if (m_idle->isChecked())
        rule.idleDays = m_days->value();
    rule.neverUsed = m_neverUsed->isChecked();
    rule.assistantGone = m_assistantGone->isChecked();
    rule.rotatedAway = m_rotated->isChecked();
    rule.storage = m_storage->isChecked();
    rule.recentStores = m_recentStores->isChecked();
    rule.rotatedGraceDays = m_grace->value();
    rule.metadata = testsOf(m_metadata->text());
    rule.keepMetadata = testsOf(m_keep->text());
    rule.assistantId = m_assistant->currentData().toString();
    if (m_cheap->isChecked())
        rule.costBelow = Money::fromDollars(m_below->value());
    for (const QAction *action : m_protectedMenu->actions())
        if (action->isChecked())
            rule.keepAssistants << action->data().toString();
    return rule;
}

void CleanupDialog::settle()
{
    ++m_asked; // an answer that is still on its way is of the rule before
    setWaiting(tr("Looking at every thread…"));
    m_settle.start();
}

void CleanupDialog::replan()
{
    whenDone(m_operations.planCleanup(rule()), this, [this, asked = ++m_asked](const Result<CleanupPlan> &made) {
        if (asked != m_asked)
            return;
        if (!made) {
            setFailed(made.error());
            return;
        }
        m_made = *made;
        setPlan(std::exchange(m_made.plan, {})); // the table holds it from here
    });
}

QString CleanupDialog::summary() const
{
    QString text = PlanDialog::summary();
    text += u" · "_s + tr("archive of about %1, before compression").arg(format::bytes(m_made.archiveBytes));
    QStringList along;
    if (!m_made.storesAlong.empty())
        along << tr("%n store(s)", nullptr, int(m_made.storesAlong.size())) + u" ("_s +
                tr("%1 a day").arg(format::money(m_made.storagePerDay)) + u')';
    if (!m_made.filesAlong.empty())
        along << tr("%n file(s)", nullptr, int(m_made.filesAlong.size()));
    if (!along.isEmpty())
        text += u" · "_s + tr("only they use: %1").arg(along.join(u", "_s));
    return text;
}

void CleanupDialog::readRules(const QString &select)
{
    whenDone(m_operations.rules(), this,
             [this, select](const Result<std::vector<std::pair<QString, CleanupRule>>> &rules) {
                 m_names->clear();
                 m_names->addItem(tr("Saved rules"));
                 if (!rules) {
                     setFailed(rules.error());
                     return;
                 }
                 m_rules = *rules;
                 for (const auto &[name, rule] : m_rules)
                     m_names->addItem(name);
                 m_names->setEnabled(!m_rules.empty());
                 m_names->setCurrentText(select.isEmpty() ? m_names->itemText(0) : select);
             });
}

void CleanupDialog::removeRule()
{
    const QString name = m_names->currentText();
    if (m_names->currentIndex() <= 0 ||
        QMessageBox::question(this, tr("Remove rule"), tr("Remove the saved rule “%1”?").arg(name)) != QMessageBox::Yes)
        return;
    whenDone(m_operations.removeRule(name), this, [this](const Done &done) {
        if (!done)
            setFailed(done.error());
        else
            readRules();
    });
}

void CleanupDialog::saveRule()
{
    if (const Done done = rule().check(); !done) {
        setFailed(done.error());
        return;
    }
    const QString name = QInputDialog::getText(this, tr("Save rule"), tr("Name of the rule")).trimmed();
    if (name.isEmpty())
        return;
    whenDone(m_operations.saveRule(name, rule()), this, [this, name](const Done &done) {
        if (!done)
            setFailed(done.error());
        else
            readRules(name);
    });
}

} // namespace bobbin::ui
