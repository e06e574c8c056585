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

ReportDialog::ReportDialog(Auditor *auditor, ReportOptions options, QWidget *parent)
    : QDialog(parent), m_auditor(auditor), m_options(std::move(options)),
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
    m_save->setDefault(true);
    auto *column = new QVBoxLayout(this);
    column->addWidget(about);
    column->addWidget(m_texts);
    column->addWidget(m_state);
    column->addWidget(buttons);
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
    if (!m_auditor)
        return; // the connection was closed
    m_save->setEnabled(false);
    m_state->setText(tr("Writing…"));
    ReportOptions options = m_options;
    options.texts = m_texts->isChecked();
    options.now = nowMs();
    const bool pdf = path.endsWith(".pdf"_L1, Qt::CaseInsensitive);
    // Made and written where it is read; pages are laid out here.
    whenDone(m_auditor->withLedger([options, path, pdf](const Ledger &ledger, Reader &reader) -> Result<QString> {
        const Result<Report> report = readReport(ledger, reader, options);
        if (!report)
            return fail(report.error());
        if (pdf)
            return QString::fromUtf8(reportHtml(*report));
        if (const Done done = writeReport(*report, path); !done)
            return fail(done.error());
        return QString();
    }),
             this, [this, path, pdf](const Result<QString> &page) {
                 if (!page) {
                     Q_EMIT failed(page.error());
                     return;
                 }
                 if (pdf)
                     if (const Done done = writePdf(*page, path); !done) {
                         Q_EMIT failed(done.error());
                         return;
                     }
                 Q_EMIT saved(path);
             });
}

} // namespace bobbin::ui
