// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/faults.h"

namespace bobbin::demo {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Name {
    Fault::Kind kind;
    QStringView word;
};
constexpr Name names[] = {
    {Fault::Kind::Status, u"status"},
    {Fault::Kind::Delay, u"delay"},
    {Fault::Kind::Hang, u"hang"},
    {Fault::Kind::Reset, u"reset"},
    {Fault::Kind::Truncated, u"truncated"},
    {Fault::Kind::InvalidJson, u"invalid-json"},
    {Fault::Kind::WrongTypes, u"wrong-types"},
    {Fault::Kind::RepeatedPage, u"repeated-page"},
    {Fault::Kind::EndlessMore, u"endless-more"},
    {Fault::Kind::Redirect, u"redirect"},
    {Fault::Kind::PlainText, u"plain-text"},
    {Fault::Kind::Html, u"html"},
};

} // namespace

bool Fault::matches(const QByteArray &requestMethod, const QStringList &segments) const
{
    if (times == 0 || (!method.isEmpty() && method != requestMethod))
        return false;
    const QStringList parts = pattern.split(u'/', Qt::SkipEmptyParts);
    for (qsizetype i = 0; i < parts.size(); ++i) {
        if (parts[i] == "**"_L1)
            return true;
        if (i >= segments.size() || (parts[i] != "*"_L1 && parts[i] != segments[i]))
            return false;
    }
    return parts.size() == segments.size();
}

std::optional<Fault> parseFault(const QString &text, QString *problem)
{
    const qsizetype equals = text.lastIndexOf(u'=');
    Fault fault;
    QString route = text.left(equals).trimmed();
    QString what = text.mid(equals + 1).trimmed();
    if (const qsizetype space = route.indexOf(u' '); space > 0) {
        fault.method = route.left(space).toLatin1().toUpper();
        route = route.mid(space + 1).trimmed();
    }
    fault.pattern = route;
    if (const qsizetype star = what.indexOf(u'*'); star > 0) {
        bool ok = false;
        fault.times = what.mid(star + 1).toInt(&ok);
        if (!ok || fault.times < 1) {
            *problem = u"\"%1\": how often must be a number of 1 or more"_s.arg(text);
            return std::nullopt;
        }
        what = what.left(star);
    }
    const QString word = what.section(u':', 0, 0);
    fault.argument = what.section(u':', 1).toInt();
    for (const Name &name : names)
        if (name.word == word) {
            fault.kind = name.kind;
            if (name.kind == Fault::Kind::Status && (fault.argument < 300 || fault.argument > 599)) {
                *problem = u"\"%1\": give a status of 300 to 599, such as status:503"_s.arg(text);
                return std::nullopt;
            }
            if (equals > 0 && route.startsWith(u'/'))
                return fault;
        }
    *problem = u"\"%1\" is not a fault: it reads [METHOD ]/path=KIND[:N][*TIMES]; kinds: %2"_s.arg(text, faultHelp());
    return std::nullopt;
}

QString faultHelp()
{
    QStringList words;
    for (const Name &name : names)
        words << name.word.toString();
    return words.join(u", "_s);
}

} // namespace bobbin::demo
