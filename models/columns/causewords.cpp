// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/columns/causewords.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Words {
    Cause cause;
    const char *word, *mark, *name;
};
constexpr Words all[] = {
    {Cause::None, "none", "", ""},
    {Cause::Volume, "volume", "", QT_TRANSLATE_NOOP("Causes", "model and volume")},
    {Cause::History, "history", "▲ ", QT_TRANSLATE_NOOP("Causes", "history")},
    {Cause::ToolRounds, "tool-steps", "⚙ ", QT_TRANSLATE_NOOP("Causes", "tool steps")},
    {Cause::Retries, "retries", "↻ ", QT_TRANSLATE_NOOP("Causes", "retries")},
    {Cause::Files, "files", "⧉ ", QT_TRANSLATE_NOOP("Causes", "files")},
};

const Words &wordsOf(Cause cause)
{
    for (const Words &words : all)
        if (words.cause == cause)
            return words;
    return all[0];
}

} // namespace

QString causeWord(Cause cause)
{
    return QString::fromLatin1(wordsOf(cause).word);
}

std::optional<Cause> causeOfWord(const QString &word)
{
    for (const Words &words : all)
        if (word == QLatin1StringView(words.word))
            return words.cause;
    return std::nullopt;
}

QStringList causeWords()
{
    QStringList list;
    for (const Words &words : all)
        list << QString::fromLatin1(words.word);
    return list;
}

QString causeName(Cause cause)
{
    const Words &words = wordsOf(cause);
    return *words.name ? QString::fromUtf8(words.mark) + QCoreApplication::translate("Causes", words.name) : QString();
}

} // namespace bobbin
