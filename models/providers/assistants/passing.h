// SPDX-License-Identifier: GPL-3.0-or-later
// Requests and answers of the Assistants protocol as they pass, and of its neighbours on the same servers: chat
// completions and responses.
#pragma once

#include "models/domain/asked.h"

namespace bobbin::assistants {

Asked readAsked(const QByteArray &method, const QString &path, const QByteArray &body);
QByteArray inThread(const QByteArray &target, const QString &from, const QString &to);
Result<Told> readTold(const Asked &asked, const QByteArray &json);
Result<QByteArray> withoutAttached(const QByteArray &body, const QStringList &files);

} // namespace bobbin::assistants
