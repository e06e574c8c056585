// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/acts/handler.h"

#include <QCoreApplication>

namespace bobbin {

namespace {

struct ActText {
    Q_DECLARE_TR_FUNCTIONS(Acts)
};

constexpr const Handler *handlers[] = {
#define BOBBIN_ACT(name, word) &acts::name,
    BOBBIN_ACTS(BOBBIN_ACT)
#undef BOBBIN_ACT
};

} // namespace

const Handler &handlerOf(Act act)
{
    return *handlers[std::size_t(act)];
}

Outcome finished(QJsonObject result, QString note)
{
    return {Outcome::Kind::Finished, std::move(result), std::move(note), {}};
}

Outcome notDone()
{
    return {Outcome::Kind::NotDone};
}

Outcome skip(QString why)
{
    return {Outcome::Kind::Skip, {}, std::move(why), {}};
}

Outcome failed(Error error)
{
    return {Outcome::Kind::Failed, {}, {}, std::move(error)};
}

Outcome failed(Error::Kind kind, const QString &message, const QString &place)
{
    return failed(fail(kind, message, place).value());
}

QString objectOf(const Step &step)
{
    return step.object;
}

QString filesText(qint64 files)
{
    return ActText::tr("%n file(s)", nullptr, int(files));
}

QString actText(const Step &step)
{
    return ActText::tr(handlerOf(step.act).text);
}

QString actDetail(const Step &step)
{
    return handlerOf(step.act).detail(step);
}

bool changesServer(Act act)
{
    return handlerOf(act).changes;
}

} // namespace bobbin
