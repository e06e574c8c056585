// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/telemetry/metrics.h"

#include "models/guard/policytext.h"

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

using Labels = std::vector<std::pair<const char *, QString>>;

QByteArray quoted(QString value)
{
    value.replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s).replace(u'\n', u"\\n"_s);
    return '"' + value.toUtf8() + '"';
}

class Text {
public:
    void family(const char *name, const char *type, const char *help)
    {
        m_name = name;
        m_text += QByteArray("# HELP ") + name + ' ' + help + "\n# TYPE " + name + ' ' + type + '\n';
    }
    void sample(const Labels &labels, double value)
    {
        m_text += m_name;
        QByteArrayList said;
        for (const auto &[name, label] : labels)
            said << QByteArray(name) + '=' + quoted(label);
        if (!said.isEmpty())
            m_text += '{' + said.join(',') + '}';
        m_text += ' ' + QByteArray::number(value, 'g', 15) + '\n';
    }
    void one(const char *name, const char *type, const char *help, double value)
    {
        family(name, type, help);
        sample({}, value);
    }
    [[nodiscard]] QByteArray text() const { return m_text; }

private:
    QByteArray m_name, m_text;
};

void addLine(Text &text, const GuardMetrics::Line &line)
{
    text.one("bobbin_gateway_connections", "gauge", "Connections of callers at this moment.", double(line.connections));
    text.one("bobbin_gateway_running_requests", "gauge", "Requests under way.", double(line.running));
    text.one("bobbin_gateway_requests_total", "counter", "Requests of callers.", double(line.requests));
    text.family("bobbin_gateway_answers_total", "counter", "What callers were answered, by whom.");
    text.sample({{"by", u"server"_s}}, double(line.answered));
    text.sample({{"by", u"gateway"_s}}, double(line.refused));
    text.sample({{"by", u"nobody"_s}}, double(line.unanswered));
    text.family("bobbin_gateway_body_bytes_total", "counter", "Bytes of bodies.");
    text.sample({{"way", u"to_server"_s}}, double(line.bytesUp));
    text.sample({{"way", u"to_caller"_s}}, double(line.bytesDown));
}

void addSpent(Text &text, const GuardMetrics &metrics)
{
    const std::pair<QString, const GuardMetrics::Spent *> periods[] = {
        {u"day"_s, metrics.day ? &*metrics.day : nullptr}, {u"month"_s, metrics.month ? &*metrics.month : nullptr}};
    text.family("bobbin_spent_usd", "gauge", "Cost of the runs of the running day and month (UTC), where it is known.");
    for (const auto &[period, spent] : periods)
        if (spent)
            text.sample({{"period", period}}, spent->cost.known.dollars());
    text.family("bobbin_spent_tokens", "gauge", "Prompt and completion tokens of these runs.");
    for (const auto &[period, spent] : periods)
        if (spent)
            text.sample({{"period", period}}, double(spent->tokens));
    text.family("bobbin_runs_of_unknown_cost", "gauge",
                "Of these runs those whose cost is not known; they are not in it.");
    for (const auto &[period, spent] : periods)
        if (spent)
            text.sample({{"period", period}}, double(spent->cost.unknownRuns));
}

void addBudgets(Text &text, const std::vector<BudgetUse> &budgets)
{
    text.family("bobbin_budget_used_ratio", "gauge", "How much of a budget of the policy is used; 1: all of it.");
    for (const BudgetUse &use : budgets) {
        const qint64 limit = use.budget.limit.number;
        text.sample({{"budget", QString::fromLatin1(infoOf(use.rule).word)}, {"of", originText(use.budget.limitFrom)}},
                    double(use.used) / double(std::max<qint64>(1, limit)));
    }
}

} // namespace

QByteArray prometheusText(const GuardMetrics &metrics)
{
    Text text;
    text.one("bobbin_watching", "gauge", "Whether it watches.", metrics.watches ? 1 : 0);
    text.one("bobbin_watch_sees", "gauge", "Whether its last look succeeded; where not, it does nothing.",
             metrics.sees ? 1 : 0);
    text.one("bobbin_guard_stopped", "gauge", "Whether all guarding is stopped.", metrics.stopped ? 1 : 0);
    text.one("bobbin_watch_rounds_total", "counter", "Looks at all that is followed.", double(metrics.rounds));
    text.one("bobbin_watch_requests_total", "counter", "Requests that it took.", double(metrics.requests));
    text.family("bobbin_guard_seen_total", "counter", "What the guard saw and did, at each change of its state.");
    for (const auto &[what, times] : metrics.seen)
        text.sample({{"rule", std::get<0>(what)}, {"act", std::get<1>(what)}, {"state", std::get<2>(what)}},
                    double(times));
    text.family("bobbin_guard_refused_total", "counter", "Requests that were refused by a rule.");
    for (const auto &[rule, times] : metrics.refused)
        text.sample({{"rule", rule}}, double(times));
    if (metrics.line)
        addLine(text, *metrics.line);
    addSpent(text, metrics);
    if (metrics.activeRuns)
        text.one("bobbin_active_runs", "gauge", "Runs that have not ended, as far as they are known.",
                 double(*metrics.activeRuns));
    addBudgets(text, metrics.budgets);
    return text.text();
}

} // namespace bobbin
