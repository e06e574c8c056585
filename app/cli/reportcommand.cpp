// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cli.h"

#include "models/core/clock.h"
#include "models/items/reportexport.h"
#include "models/session/reportread.h"
#include "models/settings/settings.h"
#include "models/store/whendone.h"

#include <QFile>

namespace bobbin::cli {

using namespace Qt::Literals::StringLiterals;

void Cli::report()
{
    const QSettings settings(settingsFile(), QSettings::IniFormat);
    ReportOptions options;
    options.connection = m_session.connection().name;
    options.texts = m_options.texts;
    options.budgets = budgetsOf(settings, m_session.connection().id);
    options.limits = limitsOf(settings, m_session.connection().id);
    options.now = nowMs();
    audited([this, options] {
        whenDone(m_session.auditor()->withLedger(
                     [options](const Ledger &ledger, Reader &reader) { return readReport(ledger, reader, options); }),
                 this, [this](const Result<Report> &report) {
                     if (report)
                         writeReport(*report);
                     else
                         refuse(report.error(), Failed);
                 });
    });
}

void Cli::writeReport(const Report &report)
{
    if (!m_options.toFile.isEmpty()) {
        const Done done = bobbin::writeReport(report, m_options.toFile);
        if (done)
            end(AllDone);
        else
            refuse(done.error(), Failed);
        return;
    }
    const ReportForm form = m_options.form == Form::Json ? ReportForm::Json
        : m_options.form == Form::Csv                    ? ReportForm::Csv
                                                         : ReportForm::Html;
    const QByteArray bytes = reportBytes(report, form);
    QFile out;
    if (!out.open(stdout, QIODevice::WriteOnly) || out.write(bytes) != bytes.size() || !out.flush()) {
        Error error;
        error.kind = Error::Kind::Storage;
        error.message = out.errorString();
        error.place = u"standard output"_s;
        refuse(error, Failed);
        return;
    }
    end(AllDone);
}

} // namespace bobbin::cli
