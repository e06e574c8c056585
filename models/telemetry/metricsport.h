// SPDX-License-Identifier: GPL-3.0-or-later
// Answers GET /metrics on loopback, with what was published last. The gateway's line without a server behind it, so
// that no web page can read it either.
#pragma once

#include "models/gateway/httpline.h"

namespace bobbin {

class MetricsPort {
public:
    MetricsPort();
    ~MetricsPort();
    MetricsPort(const MetricsPort &) = delete;
    MetricsPort &operator=(const MetricsPort &) = delete;
    Result<quint16> start(quint16 port); // 0: any that is free; answers which
    void publish(const QByteArray &text);

private:
    class Answers;
    std::unique_ptr<Answers> m_answers;
    std::unique_ptr<HttpLine> m_line; // goes first
};

} // namespace bobbin
