// SPDX-License-Identifier: GPL-3.0-or-later
// Rules of models: without a price, switched off, or soon to be.
#include "models/audit/rules/judging.h"

#include <map>

namespace bobbin::rules {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Sums {
    qint64 recent = 0, unpriced = 0;
    std::vector<Evidence> some;
};

class Models final : public RunsRule {
public:
    explicit Models(const AuditInput &input) : m_input(input) { }

    void look(const ThreadFact &thread) override
    {
        for (const RunFact &run : thread.runs)
            if (!isActive(run.status))
                add(of(run.model), run);
    }

    void judge(const WorkspaceFacts &facts, std::vector<Finding> &found) override
    {
        const RateBook &rates = m_input.ledger.rates;
        std::map<QString, QStringList> users; // model -> assistants that are set to it
        for (const AssistantFact &assistant : facts.assistants)
            if (!assistant.gone && !assistant.model.isEmpty())
                users[assistant.model] << (assistant.name.isEmpty() ? assistant.id : assistant.name);
        for (auto &[number, sums] : m_all) {
            const QString name = rates.name(number);
            if (sums.unpriced == 0)
                continue;
            Finding finding;
            finding.rule = "unknown-price";
            finding.severity = Severity::Warning;
            finding.subject = SubjectKind::Model;
            finding.id = finding.name = name;
            finding.remedy = Remedy::Prices;
            finding.facts = {{u"runs"_s, sums.unpriced}, {u"known"_s, rates.model(number) != nullptr}};
            setEvidence(finding, std::move(sums.some));
            finding.evidenceCount = sums.unpriced;
            found.push_back(std::move(finding));
        }
        std::map<QString, const Sums *> byName;
        for (const auto &[number, sums] : m_all)
            byName[rates.name(number)] = &sums;
        for (const auto &[name, assistants] : users)
            byName.try_emplace(name, nullptr);
        for (const auto &[name, sums] : byName) {
            const ModelPrices *model = rates.prices() ? rates.prices()->find(name) : nullptr;
            const auto used = users.find(name);
            if (!model || !model->shutdown.isValid() || (used == users.end() && (!sums || sums->recent == 0)))
                continue;
            const QDate today = QDateTime::fromMSecsSinceEpoch(m_input.now, Qt::UTC).date();
            const qint64 left = today.daysTo(model->shutdown);
            if (left > m_input.limits.usual.retireDays)
                continue;
            Finding finding;
            finding.rule = "model-switched-off";
            finding.severity = left <= 30 ? Severity::Serious : Severity::Warning;
            finding.subject = SubjectKind::Model;
            finding.id = finding.name = name;
            finding.facts = {{u"shutdown"_s, model->shutdown.toString(Qt::ISODate)},
                             {u"past"_s, left <= 0},
                             {u"recentRuns"_s, sums ? sums->recent : 0},
                             {u"assistants"_s, used == users.end() ? QString() : used->second.join(u", "_s)}};
            found.push_back(std::move(finding));
        }
    }

private:
    const AuditInput &m_input;
    std::map<qint32, Sums> m_all;
    qint32 m_last = -1; // none has this number; runs of one model mostly follow each other
    Sums *m_ofLast = nullptr;

    Sums &of(qint32 model)
    {
        if (model != m_last) {
            m_ofLast = &m_all.try_emplace(model).first->second;
            m_last = model;
        }
        return *m_ofLast;
    }
    void add(Sums &sums, const RunFact &run) const
    {
        sums.recent += run.created >= m_input.now - recentDays * dayMs ? 1 : 0;
        if (!run.money() && run.hasUsage() && ++sums.unpriced <= qint64(Finding::mostEvidence))
            sums.some.push_back(ofRun(run, run.prompt));
    }
};

} // namespace

std::unique_ptr<RunsRule> ofModels(const AuditInput &input)
{
    return std::make_unique<Models>(input);
}

} // namespace bobbin::rules
