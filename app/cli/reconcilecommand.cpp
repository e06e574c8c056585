// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cli.h"

#include "models/core/clock.h"
#include "models/core/days.h"
#include "models/core/errortext.h"
#include "models/core/format.h"
#include "models/reconcile/reconciletext.h"
#include "models/store/whendone.h"

namespace bobbin::cli {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 usualDays = 30;

QVariant dollars(const std::optional<Money> &money)
{
    return money ? QVariant(money->dollars()) : QVariant();
}

Cell moneyCell(const std::optional<Money> &money)
{
    return {money ? format::money(*money) : u"-"_s, dollars(money)};
}

} // namespace

ReconcileQuery Cli::reconcileQuery() const
{
    const qint64 today = nowMs() / dayMs;
    ReconcileQuery query;
    query.until = m_options.filter.activeUntil ? *m_options.filter.activeUntil / dayMs : today + 1;
    query.from = m_options.filter.activeFrom ? *m_options.filter.activeFrom / dayMs
                                             : std::min(today, query.until - 1) + 1 - usualDays;
    query.project = m_options.ofProject;
    return query;
}

// Files that were given; else the provider, where there is a key for it; else what is kept.
void Cli::reconcile()
{
    const ReconcileQuery query = reconcileQuery();
    Billing *billing = m_session.billing();
    connect(billing, &Billing::ended, this, [this, query](const Result<BilledRead> &read) {
        m_patience.end();
        if (!read) {
            refuse(read.error(), read.error().kind == Error::Kind::Unauthorized ? NotConnected : Failed);
            return;
        }
        for (const Error &problem : read->problems) {
            complain(errorText(problem).line());
            m_partFailed = true;
        }
        compare(query);
    });
    if (!m_options.arguments.isEmpty()) {
        billing->import(m_options.arguments);
        return;
    }
    const auto kept = [this, query](const QString &why) {
        complain(why + u" Comparing with what was read before."_s);
        compare(query);
    };
    if (const QString why = billing->whyNot(); !why.isEmpty()) {
        kept(why);
        return;
    }
    connect(&m_patience, &Patience::timedOut, billing, [this, billing] {
        billing->disconnect(this);
        giveUp(u"what was read before is kept"_s);
    });
    connect(billing, &Billing::progressed, this, [this](int pages) {
        m_patience.moved();
        m_patience.progress(u"%1 pages of what was billed"_s.arg(pages));
    });
    adminKey([this, query, billing, kept](const Result<QByteArray> &key) {
        if (!key) {
            kept(errorText(key.error()).line());
        } else if (key->isEmpty()) {
            kept(u"There is no admin key: OPENAI_ADMIN_KEY, or connections edit NAME --admin-key."_s);
        } else {
            m_patience.begin(u"what was billed"_s);
            billing->fetch(*key, query.from, query.until);
        }
    });
}

// Empty: there is none.
void Cli::adminKey(const SecretStore::KeyAnswer &answer)
{
    const QByteArray fromEnvironment = qgetenv("OPENAI_ADMIN_KEY");
    if (m_options.demo)
        answer(QByteArray("sk-admin-demo")); // a real one is not for this server
    else if (!fromEnvironment.isEmpty() || !m_options.baseUrl.isEmpty())
        answer(fromEnvironment);
    else
        m_secrets.read(Credentials::adminName(m_session.connection().id), answer);
}

void Cli::compare(const ReconcileQuery &query)
{
    audited([this, query] {
        whenDone(m_session.auditor()->withLedger([query](const Ledger &ledger, Reader &reader) {
            return readReconciliation(ledger, reader, query);
        }),
                 this, [this, query](const Result<Reconciliation> &result) {
                     if (result)
                         showReconciliation(*result, query);
                     else
                         refuse(result.error(), Failed);
                 });
    });
}

void Cli::showReconciliation(const Reconciliation &all, const ReconcileQuery &query)
{
    const bool byDay = m_options.by == "day"_L1;
    const QString span =
        dateOf(query.from).toString(Qt::ISODate) + u" – "_s + dateOf(query.until - 1).toString(Qt::ISODate);
    if (all.days == 0) {
        complain(u"no figures of the provider are known of %1"_s.arg(span));
        end(NothingToDo);
        return;
    }
    Output output(m_options.form,
                  {{u"name"_s, byDay ? u"Day"_s : u"What"_s, false},
                   {u"billedUsd"_s, u"Billed"_s, true},
                   {u"hereUsd"_s, u"Here"_s, true},
                   {u"differenceUsd"_s, u"Difference"_s, true},
                   {u"countedPromptTokens"_s, u"Prompt there"_s, true},
                   {u"promptTokens"_s, u"Prompt here"_s, true},
                   {u"unknownRuns"_s, u"Unknown runs"_s, true},
                   {u"mainCause"_s, u"Mostly"_s, false}});
    for (const ComparedRow &row : byDay ? all.byDay() : all.byName()) {
        const Compared &f = row.figures;
        const QString name = byDay ? dateOf(row.day).toString(Qt::ISODate) : rowName(row);
        const auto largest = f.gaps.largest();
        output.add({{name, name},
                    moneyCell(f.billed),
                    {f.ran() ? format::money(f.here) : u"-"_s, dollars(f.here.known)},
                    {differenceText(f), dollars(f.difference())},
                    number(f.counted ? std::optional(f.counted->prompt) : std::nullopt),
                    number(f.ran() ? std::optional(f.recorded.prompt) : std::nullopt),
                    number(f.here.unknownRuns),
                    {largest ? gapText(*largest) : u"-"_s,
                     largest ? QVariant(QString::fromLatin1(gapWord(*largest))) : QVariant()}});
    }
    QJsonObject gaps;
    QStringList words;
    for (std::size_t i = 0; i < gapCount; ++i) {
        const Money amount = all.sum.gaps.of[i];
        gaps.insert(QString::fromLatin1(gapWord(Gap(i))), amount.dollars());
        if (amount.pico != 0)
            words << u"%1 %2"_s.arg((amount.pico > 0 ? u"+"_s : u"−"_s) + format::money(Money{std::abs(amount.pico)}),
                                    gapText(Gap(i)));
    }
    if (m_options.form == Form::Json) {
        printJson({{u"from"_s, dateOf(query.from).toString(Qt::ISODate)},
                   {u"until"_s, dateOf(query.until - 1).toString(Qt::ISODate)},
                   {u"project"_s, query.project.isEmpty() ? QJsonValue() : QJsonValue(query.project)},
                   {u"projects"_s, QJsonArray::fromStringList(all.projects)},
                   {u"days"_s, all.days},
                   {u"daysWithoutFigures"_s, all.daysWithout},
                   {u"billedUsd"_s, QJsonValue::fromVariant(dollars(all.sum.billed))},
                   {u"hereUsd"_s, all.sum.here.known.dollars()},
                   {u"unknownRuns"_s, all.sum.here.unknownRuns},
                   {u"differenceUsd"_s, QJsonValue::fromVariant(dollars(all.sum.difference()))},
                   {u"billedIsPartlyAtOwnPrices"_s, all.sum.atOurPrices},
                   {u"uncomparedFigures"_s, all.sum.uncompared},
                   {u"gaps"_s, gaps},
                   {u"rows"_s, output.toJson()}});
        end(AllDone);
        return;
    }
    const QString sum = u"%1: billed %2, here %3, difference %4"_s.arg(
        span, format::money(all.sum.billed), format::money(all.sum.here), differenceText(all.sum));
    const auto say = [this](const QString &line) { m_options.form == Form::Csv ? complain(line) : print(line); };
    say(sum);
    for (const QString &line : std::as_const(words))
        say(u"  "_s + line);
    if (all.sum.atOurPrices)
        say(u"  where only tokens are told, they are taken at your prices"_s);
    if (all.sum.uncompared > 0)
        say(u"  %1 figures of models without a price are left out"_s.arg(all.sum.uncompared));
    if (all.daysWithout > 0)
        say(u"  of %1 days with runs no figures are known"_s.arg(all.daysWithout));
    if (query.project.isEmpty() && all.projects.size() > 1)
        say(u"  of several projects: --of-project says which is this workspace's (%1)"_s.arg(
            all.projects.join(u", "_s)));
    output.finish();
    end(AllDone);
}

} // namespace bobbin::cli
