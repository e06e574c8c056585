// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/reportdialog.h"

#include "models/core/clock.h"
#include "models/core/errortext.h"
#include "models/items/reportexport.h"
#include "models/store/whendone.h"
#include "ui/reportpdf.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

ReportDialog::ReportDialog(const CostSource &source, ReportOptions options, QWidget *parent)
    : QDialog(parent), m_source(source), m_options(std::move(options)),
      m_texts(new QCheckBox(tr("Name threads without a title by their first message"))), m_state(new QLabel)
{
    setWindowTitle(tr("Report"));
    auto *about =
        new QLabel(tr("One page to give to others: what it costs and why, what to do in which order, findings "
                      "with their evidence, prices with their dates, what is not known. It holds no message's "
                      "text unless you ask for it."));
    about->setWordWrap(true);
    m_state->setWordWrap(true);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    m_save = buttons->addButton(tr("Save as…"), QDialogButtonBox::ActionRole);
    auto *column = new QVBoxLayout(this);
    column->addWidget(about);
    column->addWidget(m_texts);
    column->addWidget(m_state);
    column->addWidget(buttons);
    m_save->setDefault(true); // not before it is in the dialog, which else chooses another
    connect(m_save, &QPushButton::clicked, this, &ReportDialog::choose);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(this, &ReportDialog::saved, this, [this](const QString &path) {
        m_save->setEnabled(true);
        m_state->setText(tr("Saved to %1").arg(path));
    });
    connect(this, &ReportDialog::failed, this, [this](const Error &error) {
        m_save->setEnabled(true);
        m_state->setText(errorText(error).line());
    });
}

void ReportDialog::choose()
{
    const QString path = QFileDialog::getSaveFileName(
        this, tr("Save the report"), u"report.html"_s,
        tr("Page (*.html);;PDF (*.pdf);;JSON, for programs (*.json);;CSV, cost by week and assistant (*.csv)"));
    if (!path.isEmpty())
        save(path);
}

void ReportDialog::save(const QString &path)
{
    if (!m_source.ready())
        return; // the connection was closed, or is being read
    m_save->setEnabled(false);
    m_state->setText(tr("Writing…"));
    ReportOptions options = m_options;
    options.texts = m_texts->isChecked();
    options.now = nowMs();
    whenDone(m_source.auditor->withLedger(
                 [options](const Ledger &ledger, Reader &reader) { return readReport(ledger, reader, options); }),
             this, [this, path](const Result<Report> &report) {
                 if (report && m_source.store)
                     write(*report, path);
                 else if (!report)
                     Q_EMIT failed(report.error());
             });
}

// On a reading thread, without the ledger: pages of thousands of findings take long to be laid out.
void ReportDialog::write(const Report &report, const QString &path)
{
    const bool pdf = path.endsWith(".pdf"_L1, Qt::CaseInsensitive);
    whenDone(m_source.store->read(
                 [report, path, pdf](Reader &) -> Done {
                     if (!pdf)
                         return writeReport(report, path);
                     const Result<int> charts = writePdf(QString::fromUtf8(reportHtml(report)), path);
                     return charts ? Done() : fail(charts.error());
                 },
                 Store::Lane::Scan),
             this, [this, path](const Done &done) {
                 if (done)
                     Q_EMIT saved(path);
                 else
                     Q_EMIT failed(done.error());
             });
}

} // namespace bobbin::ui
