// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/plans/keepsakes.h"

#include <QHash>
#include <QRegularExpression>
#include <algorithm>
#include <array>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;
using Kind = Keepsake::Kind;

namespace {

struct Pattern {
    Kind kind;
    QRegularExpression expression;
};

// Tried in this order; what one has taken, the later ones do not see.
const auto &patterns()
{
    static const QString month =
        u"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|"
        "Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"_s;
    using R = QRegularExpression;
    constexpr auto unicode = R::UseUnicodePropertiesOption;
    static const std::array all{
        Pattern{Kind::Link, R(uR"((?:https?|ftp)://[^\s<>"'\)\]]+[^\s<>"'\)\].,;:!?])"_s)},
        Pattern{Kind::Mail, R(uR"([\w.+-]+@[\w-]+(?:\.[\w-]+)+)"_s, unicode)},
        Pattern{Kind::Date,
                R(u"\\b(?:\\d{4}-\\d{2}-\\d{2}(?:[T ]\\d{2}:\\d{2})?|\\d{1,2}[./]\\d{1,2}[./]\\d{2,4}|\\d{1,2}\\.? "_s +
                  month + u"(?:,? \\d{4})?|"_s + month + u" \\d{1,2}(?:,? \\d{4})?)\\b"_s)},
        Pattern{Kind::Money,
                R(uR"([€$£¥₹]\s?\d[\d.,]*\d|[€$£¥₹]\s?\d|\d[\d.,]*\s?(?:€|£|¥|EUR\b|USD\b|GBP\b|CHF\b|JPY\b))"_s)},
        Pattern{Kind::Code, R(u"```[\\s\\S]+?```|`[^`\\n]+`"_s)},
        Pattern{
            Kind::File,
            R(uR"((?:[\w.-]+[/\\])*[\w-]+\.(?:pdf|docx?|xlsx?|pptx?|csv|tsv|json|jsonl|ya?ml|xml|txt|md|html?|png|jpe?g|gif|svg|zip|gz|py|js|ts|cpp|h|java|go|rs|sql|log|sh)\b)"_s,
              unicode | R::CaseInsensitiveOption)},
        Pattern{
            Kind::Code,
            R(uR"(\b[A-Za-z_]\w*(?:::\w+|\.\w+)*\(\)|\b[a-z]+(?:_[a-z0-9]+)+\b|\b[a-z]+[a-z0-9]*(?:[A-Z][a-z0-9]+)+\b)"_s)},
        Pattern{
            Kind::Number,
            R(uR"(#\s?\w*\d[\w-]*|\+\d[\d ()/-]{5,}\d|\b(?=\w*\d)(?=\w*[A-Z])[A-Z0-9][A-Z0-9-]{3,}\b|\b\d[\d.,]*\d\b|\b\d{2,}\b)"_s)},
        Pattern{
            Kind::Name,
            R(uR"((?<![.!?:]\s)(?<!^)(?<!\n)\b\p{Lu}[\p{Ll}’'-]+(?:\s(?:\p{Lu}[\p{Ll}’'-]+|\p{Lu}\.|\d{1,4}\b))*|\b\p{Lu}[\p{Ll}’'-]+(?:\s\p{Lu}[\p{Ll}’'-]+|\s\p{Lu}\.|\s\d{1,4}\b)+)"_s,
              unicode)},
    };
    return all;
}

QString plain(const QString &text)
{
    return text.simplified().toCaseFolded();
}

} // namespace

std::vector<Keepsake> findKeepsakes(const QStringList &texts)
{
    std::vector<Keepsake> found;
    QHash<QString, std::size_t> places;
    for (QString text : texts) {
        for (const Pattern &pattern : patterns()) {
            QString rest = text;
            for (auto it = pattern.expression.globalMatch(text); it.hasNext();) {
                const QRegularExpressionMatch match = it.next();
                const QString taken = match.captured().trimmed();
                rest.replace(match.capturedStart(), match.capturedLength(),
                             QString(match.capturedLength(), QChar(u'\x1f')));
                if (taken.size() < 2)
                    continue;
                const QString key = plain(taken);
                if (const auto known = places.constFind(key); known != places.cend()) {
                    ++found[*known].times;
                    continue;
                }
                places.insert(key, found.size());
                found.push_back({pattern.kind, taken.simplified(), 1, false});
            }
            text = rest;
        }
    }
    std::ranges::stable_sort(found, [](const Keepsake &a, const Keepsake &b) {
        return a.kind != b.kind ? a.kind < b.kind : a.times > b.times;
    });
    return found;
}

void markKept(std::vector<Keepsake> &keepsakes, const QString &seed)
{
    const QString held = plain(seed);
    for (Keepsake &one : keepsakes)
        one.kept = held.contains(plain(one.text));
}

} // namespace bobbin
