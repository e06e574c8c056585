// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/watchcommand.h"

#include "models/core/errortext.h"
#include "models/guard/sight.h"

namespace bobbin::cli {

using namespace Qt::Literals::StringLiterals;

bool WatchCommand::acts() const
{
    return isActing(policy());
}

void WatchCommand::begin()
{
    if (!startTelemetry())
        return;
    m_watch = makeWatch();
    if (telemetry())
        telemetry()->follow(*m_watch);
    connect(m_watch.get(), &Watch::notBegun, this, [this](const Error &error) {
        complain(errorText(error).line());
        end(error.kind == Error::Kind::Conflict ? Refused : Failed);
    });
    connect(m_watch.get(), &Watch::idle, this, &WatchCommand::finish);
    listenToSignals();
    m_watch->start(watchOptions());
}

void WatchCommand::beginToEnd()
{
    m_watch->stop();
}

void WatchCommand::finish()
{
    if (!ended())
        return;
    say("ended", {{u"rounds"_s, m_watch->rounds()}, {u"requests"_s, m_watch->requests()}});
    end(AllDone);
}

} // namespace bobbin::cli
