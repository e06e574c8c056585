// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cli.h"

#include "models/audit/findingjson.h"
#include "models/audit/findingtext.h"
#include "models/core/format.h"
#include "models/settings/settings.h"
#include "models/store/whendone.h"

namespace bobbin::cli {

using namespace Qt::Literals::StringLiterals;

void Cli::audited(const std::function<void()> &go)
{
    Auditor *auditor = m_session.auditor();
    const QSettings settings(settingsFile(), QSettings::IniFormat);
    auditor->setLimits(limitsOf(settings, m_session.connection().id));
    connect(auditor, &Auditor::failed, this, [this](const Error &error) { refuse(error, Failed); });
    connect(auditor, &Auditor::audited, this, [this, auditor, go] {
        if (!auditor->ready())
            return; // the sync's last changes, or other limits: it looks again
        auditor->disconnect(this);
        go();
    });
    auditor->start();
}

void Cli::audit()
{
    audited([this] {
        whenDone(m_store->read([](Reader &reader) -> Result<std::vector<Finding>> {
            auto findings = reader.findings();
            if (!findings)
                return fail(findings.error());
            if (Done named = reader.nameEvidence(*findings); !named)
                return fail(named.error());
            return findings;
        }),
                 this, [this](const Result<std::vector<Finding>> &findings) {
                     if (findings)
                         showFindings(*findings);
                     else
                         refuse(findings.error(), Failed);
                 });
    });
}

void Cli::showFindings(const std::vector<Finding> &findings)
{
    const auto asked = [this](const Finding &f) {
        return (m_options.all || f.state == Finding::State::Open) &&
            (m_options.rules.isEmpty() || m_options.rules.contains(QString::fromLatin1(f.rule)));
    };
    std::optional<Severity> worst;
    QJsonArray rows;
    Output output(m_options.form,
                  {{u"severity"_s, u"Severity"_s, false},
                   {u"rule"_s, u"Rule"_s, false},
                   {u"id"_s, u"Id"_s, false},
                   {u"name"_s, u"About"_s, false},
                   {u"spentUsd"_s, u"Spent"_s, true},
                   {u"monthlyUsd"_s, u"A month"_s, true},
                   {u"confidence"_s, u"Confidence"_s, false},
                   {u"sentence"_s, u"What"_s, false}});
    int shown = 0;
    for (const Finding &f : findings) {
        if (!asked(f))
            continue;
        if (f.state == Finding::State::Open)
            worst = std::max(worst.value_or(f.severity), f.severity);
        if (m_options.limit > 0 && shown++ >= m_options.limit)
            continue;
        if (m_options.form == Form::Json) {
            rows << toJson(f);
            continue;
        }
        const auto money = [](const std::optional<Money> &m) {
            return Cell{m ? format::money(*m) : u"-"_s, m ? QVariant(m->dollars()) : QVariant()};
        };
        const QString severity = QString::fromLatin1(severityWord(f.severity));
        const QString rule = QString::fromLatin1(f.rule);
        const QString confidence = f.estimated ? u"estimated"_s : u"measured"_s;
        const QString sentence = findingText(f).sentence;
        output.add({{severity, severity},
                    {rule, rule},
                    {f.id, f.id},
                    {f.name, f.name},
                    money(f.spent),
                    money(f.monthly),
                    {confidence, confidence},
                    {sentence, sentence}});
    }
    if (m_options.form == Form::Json)
        printJson({{u"findings"_s, rows},
                   {u"worst"_s, worst ? QJsonValue(QLatin1StringView(severityWord(*worst))) : QJsonValue()}});
    else
        output.finish();
    end(worst && *worst >= m_options.failOn ? int(FoundNote) + int(*worst) : int(AllDone));
}

} // namespace bobbin::cli
