// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/plans/summary.h"

#include "models/plans/keepsakes.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QSet>
#include <algorithm>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Sentence {
    std::size_t message;
    QString text;
    QStringList keys; // of its keepsakes
    bool opens = false; // the first of a user's message: what it was about
    bool taken = false;
};

constexpr qsizetype longestSentence = 400;

std::vector<Sentence> sentencesOf(const std::vector<Said> &conversation)
{
    static const QRegularExpression end(u"(?<=[.!?。！？])\\s+|\\n+"_s);
    std::vector<Sentence> all;
    QSet<QString> seen; // what is said again and again is said once
    for (std::size_t i = 0; i < conversation.size(); ++i) {
        bool first = conversation[i].role == "user"_L1;
        for (const QString &text : conversation[i].text.split(end, Qt::SkipEmptyParts)) {
            QString clean = text.simplified();
            if (clean.size() > longestSentence)
                clean = clean.left(longestSentence - 1) + u'…';
            if (clean.isEmpty() || seen.contains(clean))
                continue;
            seen.insert(clean);
            Sentence sentence{i, clean, {}, std::exchange(first, false), false};
            for (const Keepsake &one : findKeepsakes({clean}))
                sentence.keys << one.text.toCaseFolded();
            all.push_back(std::move(sentence));
        }
    }
    return all;
}

QString speaker(const QString &role)
{
    return role == "assistant"_L1 ? QCoreApplication::translate("Summary", "Assistant")
                                  : QCoreApplication::translate("Summary", "User");
}

} // namespace

QString extractSummary(const std::vector<Said> &conversation, qsizetype mostCharacters)
{
    std::vector<Sentence> sentences = sentencesOf(conversation);
    QSet<QString> covered;
    qsizetype room = mostCharacters;
    const auto worth = [&](const Sentence &s) {
        const auto fresh = std::ranges::count_if(s.keys, [&](const QString &key) { return !covered.contains(key); });
        // Per character, so that one long sentence does not push out three short ones; the newest wins a tie.
        return double(fresh * 100 + (s.opens ? 40 : 0)) / double(s.text.size() + 20);
    };
    // A sentence's worth only falls as others are taken: look again only at the one on top.
    std::vector<std::pair<double, std::size_t>> heap;
    for (std::size_t i = 0; i < sentences.size(); ++i)
        if (const double w = worth(sentences[i]); w > 0)
            heap.emplace_back(w, i);
    std::ranges::make_heap(heap);
    while (!heap.empty() && room > 40) {
        std::ranges::pop_heap(heap);
        const auto [was, at] = heap.back();
        heap.pop_back();
        Sentence &sentence = sentences[at];
        const double now = worth(sentence);
        if (now <= 0)
            continue;
        if (now < was) {
            heap.emplace_back(now, at);
            std::ranges::push_heap(heap);
            continue;
        }
        if (sentence.text.size() + 12 > room)
            continue;
        sentence.taken = true;
        room -= sentence.text.size() + 12;
        for (const QString &key : std::as_const(sentence.keys))
            covered.insert(key);
    }
    QString summary;
    std::size_t message = conversation.size();
    for (const Sentence &sentence : sentences) {
        if (!sentence.taken)
            continue;
        if (sentence.message != message)
            summary +=
                (summary.isEmpty() ? QString() : u"\n"_s) + speaker(conversation[sentence.message].role) + u": "_s;
        else
            summary += u' ';
        summary += sentence.text;
        message = sentence.message;
    }
    QStringList left;
    for (const Sentence &sentence : sentences)
        for (const Keepsake &one : findKeepsakes(sentence.taken ? QStringList() : QStringList(sentence.text)))
            if (!covered.contains(one.text.toCaseFolded()) && one.text.size() + 2 <= room) {
                covered.insert(one.text.toCaseFolded());
                room -= one.text.size() + 2;
                left << one.text;
            }
    if (!left.isEmpty())
        summary += u"\n"_s + QCoreApplication::translate("Summary", "Also mentioned: %1").arg(left.join(u"; "_s));
    return summary;
}

QString lastAnswer(const std::vector<Said> &conversation, qsizetype mostCharacters)
{
    for (auto it = conversation.crbegin(); it != conversation.crend(); ++it)
        if (it->role == "assistant"_L1 && !it->text.trimmed().isEmpty()) {
            const QString text = it->text.trimmed();
            return text.size() > mostCharacters ? text.left(mostCharacters - 1) + u'…' : text;
        }
    return {};
}

QString summaryInstruction()
{
    return u"Summarise the conversation below so that an assistant can carry it on without the original. Keep every "
           "name, number, date, amount, link, file and code reference, every decision and every open promise. Write in "
           "the conversation's own language, as plain sentences, without an introduction."_s;
}

} // namespace bobbin
