// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/whatif/reach.h"

#include <QHash>

#include <algorithm>

namespace bobbin {

namespace {

constexpr qsizetype wordsInARow = 8; // fewer are said again by chance
constexpr qsizetype mostCharacters = 20'000; // of a message: a pasted book needs no more

struct Word {
    QStringView text;
    std::size_t hash;
};

std::vector<Word> wordsOf(const QString &text)
{
    std::vector<Word> words;
    const QStringView all = QStringView(text).left(mostCharacters);
    for (qsizetype from = 0; from < all.size();) {
        while (from < all.size() && !all[from].isLetterOrNumber())
            ++from;
        qsizetype to = from;
        while (to < all.size() && all[to].isLetterOrNumber())
            ++to;
        if (to > from)
            words.push_back({all.mid(from, to - from), qHash(all.mid(from, to - from).toString().toLower(), 0)});
        from = to;
    }
    return words;
}

template <class Take> void eachPhrase(const std::vector<Word> &words, Take take)
{
    for (std::size_t i = 0; i + wordsInARow <= words.size(); ++i) {
        std::size_t hash = 0;
        for (std::size_t w = i; w < i + wordsInARow; ++w)
            hash = hash * 1'099'511'628'211ULL + words[w].hash;
        take(hash, i);
    }
}

QString quoteAt(const std::vector<Word> &words, std::size_t at)
{
    QStringList quote;
    for (std::size_t w = at; w < at + wordsInARow; ++w)
        quote << words[w].text.toString();
    return quote.join(QChar(u' '));
}

} // namespace

std::vector<Reach> reachOf(const std::vector<SaidMessage> &messages)
{
    QHash<std::size_t, qint32> said; // phrase -> the newest turn it stands in
    QHash<QString, qint32> attached;
    std::vector<Reach> answers;
    for (const SaidMessage &message : messages) {
        const std::vector<Word> words = wordsOf(message.text);
        if (message.answer) {
            Reach reach{message.turn, message.turn, false, {}};
            eachPhrase(words, [&](std::size_t phrase, std::size_t at) {
                if (const auto known = said.constFind(phrase); known != said.cend() && *known < reach.to)
                    reach = {message.turn, *known, false, quoteAt(words, at)};
            });
            for (const QString &file : message.files)
                if (const auto known = attached.constFind(file); known != attached.cend() && *known < reach.to)
                    reach = {message.turn, *known, true, file};
            answers.push_back(std::move(reach));
        } else {
            for (const QString &file : message.files)
                attached.insert(file, message.turn);
        }
        eachPhrase(words, [&](std::size_t phrase, std::size_t) { said.insert(phrase, message.turn); });
    }
    return answers;
}

std::vector<Reach> missedBy(const std::vector<Reach> &answers, const ThreadReplay &replayed, const Measures &measures)
{
    std::vector<qint64> rotations; // turns
    for (const ReplayPoint &point : replayed.points)
        if (point.rotated)
            rotations.push_back(point.turn);
    std::vector<Reach> missed;
    for (const Reach &answer : answers) {
        qint64 keptFrom = 1;
        const auto after = std::ranges::upper_bound(rotations, answer.turn);
        if (after != rotations.begin())
            keptFrom = *std::prev(after);
        if (measures.lastMessages)
            keptFrom = std::max(keptFrom, answer.turn - std::max<qint64>(1, (*measures.lastMessages + 1) / 2) + 1);
        if (answer.to < keptFrom)
            missed.push_back(answer);
    }
    return missed;
}

} // namespace bobbin
