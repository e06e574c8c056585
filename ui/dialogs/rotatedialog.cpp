// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/rotatedialog.h"

#include "models/core/format.h"
#include "models/store/whendone.h"
#include "ui/theme.h"
#include "ui/widgets/notice.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTextBrowser>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int typingMs = 400;
enum Source { Extract, LastAnswer, Model };

} // namespace

RotateDialog::RotateDialog(Operations &operations, const QString &thread, std::shared_ptr<const PriceTable> prices,
                           QWidget *parent)
    : QDialog(parent), m_operations(operations), m_thread(thread), m_prices(std::move(prices)), m_notice(new Notice),
      m_title(new QLabel), m_figures(new QLabel), m_carried(new QLabel), m_found(new QLabel), m_source(new QComboBox),
      m_model(new QComboBox), m_write(new QPushButton), m_last(new QSpinBox), m_summary(new QPlainTextEdit),
      m_keepsakes(new QTextBrowser), m_delete(new QCheckBox(tr("Delete the old thread after archiving"))),
      m_run(new QPushButton(tr("Rotate thread")))
{
    setWindowTitle(tr("Rotate with summary"));
    resizeWithin(*this, {1040, 620});
    QFont strong = m_title->font();
    strong.setPointSizeF(strong.pointSizeF() * 1.35);
    strong.setWeight(QFont::DemiBold);
    m_title->setFont(strong);
    m_title->setTextFormat(Qt::PlainText);
    auto *about =
        new QLabel(tr("A new thread takes over, seeded with the summary below. The old one stays on the server, "
                      "is archived here, and is marked as rotated."));
    about->setWordWrap(true);
    about->setForegroundRole(QPalette::PlaceholderText);
    m_figures->setWordWrap(true);
    m_carried->setWordWrap(true);
    m_source->addItem(tr("Older turns extracted + last messages · free"));
    m_source->addItem(tr("Last answer · free"));
    m_source->addItem(tr("A model"));
    m_source->setAccessibleName(tr("Where the summary comes from"));
    m_model->setEditable(true);
    m_model->setAccessibleName(tr("Model that writes the summary"));
    for (const ModelPrices &model : m_prices->models())
        if (!model.shutdown.isValid())
            m_model->addItem(model.id);
    m_model->setCurrentText(u"gpt-4o-mini"_s);
    m_model->setVisible(false);
    m_write->setVisible(false);
    m_write->setAutoDefault(false);
    m_last->setRange(0, 100);
    m_last->setValue(5);
    m_last->setAccessibleName(tr("Messages carried word for word"));
    auto *sourceRow = new QHBoxLayout;
    sourceRow->addWidget(new QLabel(tr("Summary from")));
    for (QWidget *widget : std::initializer_list<QWidget *>{m_source, m_model, m_write})
        sourceRow->addWidget(widget);
    sourceRow->addStretch();
    sourceRow->addWidget(new QLabel(tr("Last messages, word for word")));
    sourceRow->addWidget(m_last);
    m_summary->setAccessibleName(tr("Summary, editable"));
    m_keepsakes->setAccessibleName(tr("What the new thread keeps and forgets"));
    m_keepsakes->setOpenLinks(false);
    auto *left = new QVBoxLayout;
    left->addWidget(new QLabel(tr("Summary (editable)")));
    left->addWidget(m_summary);
    auto *right = new QVBoxLayout;
    right->addWidget(m_found);
    right->addWidget(m_keepsakes);
    auto *texts = new QHBoxLayout;
    texts->addLayout(left, 1);
    texts->addLayout(right, 1);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    buttons->addButton(m_run, QDialogButtonBox::AcceptRole);
    auto *bottom = new QHBoxLayout;
    bottom->addWidget(m_delete);
    bottom->addWidget(buttons);
    auto *column = new QVBoxLayout(this);
    column->addWidget(m_title);
    column->addWidget(about);
    column->addWidget(m_notice);
    column->addWidget(m_figures);
    column->addWidget(m_carried);
    column->addLayout(sourceRow);
    column->addLayout(texts, 1);
    column->addLayout(bottom);
    m_run->setEnabled(false);
    if (const QString why = operations.whyNot(Feature::WriteSummary); !why.isEmpty()) {
        m_write->setEnabled(false);
        m_write->setToolTip(why);
    }
    m_typing.setSingleShot(true);
    m_typing.setInterval(typingMs);

    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(&m_typing, &QTimer::timeout, this, [this] { redraft(); });
    connect(m_summary, &QPlainTextEdit::textChanged, this, [this] {
        if (m_filling)
            return;
        m_edited = true;
        outdated();
        m_typing.start();
    });
    connect(m_source, &QComboBox::activated, this, [this](int source) {
        m_model->setVisible(source == Model);
        m_write->setVisible(source == Model);
        m_last->setEnabled(source != LastAnswer);
        if (source == Model) {
            askPrice();
            return;
        }
        m_edited = false;
        m_writingCost.reset();
        redraft();
    });
    connect(m_model, &QComboBox::currentTextChanged, this, &RotateDialog::askPrice);
    connect(m_write, &QPushButton::clicked, this, &RotateDialog::write);
    connect(m_last, &QSpinBox::valueChanged, this, [this] { redraft(); });
    connect(m_delete, &QCheckBox::toggled, this, [this] { redraft(); });
    // A missing one is added to the summary by a click.
    connect(m_keepsakes, &QTextBrowser::anchorClicked, this, [this](const QUrl &link) {
        const std::size_t at = link.fragment().toULongLong();
        if (at < m_draft.keepsakes.size())
            m_summary->appendPlainText(m_draft.keepsakes[at].text);
    });
    redraft(true);
}

RotateOptions RotateDialog::options() const
{
    RotateOptions options;
    options.lastMessages = m_last->value();
    options.deleteOld = m_delete->isChecked();
    options.writingCost = m_writingCost;
    if (m_edited || m_source->currentIndex() == Model) {
        options.source = RotateOptions::Source::Written;
        options.text = m_summary->toPlainText();
        if (m_source->currentIndex() == LastAnswer)
            options.lastMessages = 0;
    } else if (m_source->currentIndex() == LastAnswer) {
        options.source = RotateOptions::Source::LastAnswer;
    }
    return options;
}

void RotateDialog::outdated()
{
    m_run->setEnabled(false);
    ++m_asked; // an answer that is still on its way is of the options before
}

void RotateDialog::redraft(bool first)
{
    outdated();
    const int asked = m_asked;
    if (first) {
        m_title->setText(tr("Reading the thread…"));
        whenDone(m_operations.draftRotations({m_thread}, options()), this,
                 [this, asked](const Result<std::vector<RotateDraft>> &drafts) {
                     m_read = true;
                     if (!drafts)
                         m_notice->show(drafts.error());
                     else if (asked == m_asked)
                         show(drafts->front());
                     else
                         redraft(); // the options were turned meanwhile
                 });
        return;
    }
    if (!m_read)
        return; // nothing is rotated before it was looked at
    whenDone(m_operations.redraft(m_thread, options()), this, [this, asked](const Result<RotateDraft> &draft) {
        if (asked != m_asked)
            return;
        if (!draft)
            m_notice->show(draft.error());
        else
            show(*draft);
    });
}

void RotateDialog::show(const RotateDraft &draft)
{
    m_draft = draft;
    m_title->setText(tr("Rotate “%1”").arg(draft.target.label));
    if (!m_edited && m_source->currentIndex() != Model) {
        m_filling = true;
        m_summary->setPlainText(draft.summary);
        m_filling = false;
    }
    const QString now = draft.contextNow ? format::count(*draft.contextNow) : format::unknown();
    QStringList figures{tr("Prompt per turn %1 → about %2 tokens").arg(now, format::count(draft.contextAfter))};
    if (draft.turnNow && draft.turnAfter)
        figures << tr("%1 → %2 a turn (%3)")
                       .arg(format::money(*draft.turnNow), format::money(*draft.turnAfter), draft.model);
    if (draft.breakEvenTurns)
        figures << (*draft.breakEvenTurns <= 1 ? tr("pays for itself at the next turn")
                                               : tr("pays for itself after %1 turns").arg(*draft.breakEvenTurns));
    m_figures->setText(figures.join(u" · "_s));
    QStringList carried{tr("%n last message(s)", nullptr, int(draft.verbatim))};
    if (!draft.target.goesWith.isEmpty())
        carried << draft.target.goesWith;
    carried << tr("metadata");
    m_carried->setText(tr("Carried over: %1").arg(carried.join(u", "_s)));
    QString kept;
    QString missing;
    int keptCount = 0;
    for (std::size_t i = 0; i < draft.keepsakes.size(); ++i) {
        const Keepsake &one = draft.keepsakes[i];
        keptCount += one.kept ? 1 : 0;
        if (one.kept)
            kept += u"✓ %1 &nbsp; "_s.arg(one.text.toHtmlEscaped());
        else
            missing += u"✗ <a style=\"color:%1\" href=\"#%2\">%3</a> &nbsp; "_s.arg(colour(Hue::Warning).name())
                           .arg(i)
                           .arg(one.text.toHtmlEscaped());
    }
    m_found->setText(tr("Found in the old thread · %1 kept, %2 missing (click one to add it)")
                         .arg(keptCount)
                         .arg(qsizetype(draft.keepsakes.size()) - keptCount));
    m_keepsakes->setHtml(u"<p>%1</p><p style=\"color:%2\">%3</p>"_s.arg(missing, colour(Hue::Good).name(), kept));
    if (!draft.target.keptBack.isEmpty())
        m_notice->show(tr("It cannot be rotated: %1.").arg(draft.target.keptBack), Notice::Tone::Warning);
    else if (!draft.warnings.isEmpty())
        m_notice->show(draft.warnings.join(u' '), Notice::Tone::Warning);
    else
        m_notice->hide();
    m_run->setEnabled(draft.target.keptBack.isEmpty());
    m_run->setText(m_delete->isChecked() ? tr("Rotate and delete the old thread") : tr("Rotate thread"));
}

void RotateDialog::askPrice()
{
    m_write->setText(tr("Write it"));
    const QString model = m_model->currentText();
    whenDone(m_operations.priceOfSummary(m_thread, model), this,
             [this, model](const Result<std::optional<Money>> &price) {
                 if (price && model == m_model->currentText())
                     m_write->setText(tr("Write it · about %1").arg(format::money(*price)));
             });
}

void RotateDialog::write()
{
    m_write->setEnabled(false);
    m_write->setText(tr("Writing…"));
    const QString model = m_model->currentText();
    whenDone(m_operations.writeSummary(m_thread, model), this, [this, model](const Result<Completion> &written) {
        m_write->setEnabled(true);
        askPrice();
        if (!written) {
            m_notice->show(written.error());
            return;
        }
        m_writingCost = m_prices->cost(model, QDateTime::currentMSecsSinceEpoch(), written->usage);
        m_edited = true;
        m_filling = true;
        m_summary->setPlainText(written->text);
        m_filling = false;
        redraft();
    });
}

Plan RotateDialog::plan() const
{
    RotateDraft draft = m_draft;
    draft.target.chosen = true; // by opening this dialog, whatever warns of it
    return planRotation({draft}, options());
}

} // namespace bobbin::ui
