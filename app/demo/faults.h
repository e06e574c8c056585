// SPDX-License-Identifier: GPL-3.0-or-later
// Faults the demo server can be told to have, by route: "GET /threads/*/runs=status:503" or "/files=hang*2".
#pragma once

#include "app/demo/httpserver.h"

#include <optional>
#include <vector>

namespace bobbin::demo {

struct Fault {
    enum class Kind {
        Status, // argument: the code
        Delay, // argument: ms
        Hang,
        Reset, // in the middle of the body
        Truncated, // body ends early, connection closes
        InvalidJson,
        WrongTypes, // ids are numbers, texts are lists, times are text
        RepeatedPage, // every page is the first one
        EndlessMore, // has_more is always true
        Redirect, // to another host
        PlainText,
        Html,
    };
    Kind kind = Kind::Status;
    int argument = 0;
    QByteArray method; // empty: any
    QString pattern; // path below /v1, "*" stands for one segment, a trailing "**" for any rest
    int times = -1; // how often; -1: always

    [[nodiscard]] bool refuses() const { return kind == Kind::Redirect || (kind == Kind::Status && argument < 500); }
    [[nodiscard]] bool matches(const QByteArray &requestMethod, const QStringList &segments) const;
};

std::optional<Fault> parseFault(const QString &text, QString *problem);
QString faultHelp();

} // namespace bobbin::demo
