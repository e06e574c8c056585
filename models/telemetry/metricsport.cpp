// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/telemetry/metricsport.h"

#include <mutex>

namespace bobbin {

namespace {

LineAnswer plain(int status, const QByteArray &text)
{
    return {status, text, {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}}};
}

} // namespace

class MetricsPort::Answers final : public LineListener {
public:
    void publish(const QByteArray &text)
    {
        const std::lock_guard lock(m_mutex);
        m_text = text;
    }
    [[nodiscard]] bool holds(const LineRequest &) override { return true; }
    void judge(const LineRequest &request, std::function<void(Verdict)> answer) override
    {
        Verdict verdict;
        const QByteArray path =
            request.target.left(request.target.indexOf('?') < 0 ? request.target.size() : request.target.indexOf('?'));
        if (path != "/metrics") {
            verdict.answer = plain(404, "Only /metrics is here.\n");
        } else if (request.method != "GET" && request.method != "HEAD") {
            verdict.answer = plain(405, "Only GET.\n");
            verdict.answer->fields.emplace_back("Allow", "GET, HEAD");
        } else {
            const std::lock_guard lock(m_mutex);
            verdict.answer = plain(200, m_text);
        }
        answer(std::move(verdict));
    }
    [[nodiscard]] bool learns(const LineRequest &) override { return false; }
    void told(const LineRequest &, const QByteArray &) override { }
    void ended(const LineRequest &, int) override { }
    [[nodiscard]] LineAnswer refusal(int status, const QString &message, const QByteArray &) override
    {
        return plain(status, message.toUtf8() + '\n');
    }

private:
    std::mutex m_mutex;
    QByteArray m_text;
};

MetricsPort::MetricsPort() : m_answers(std::make_unique<Answers>())
{
}

MetricsPort::~MetricsPort() = default;

Result<quint16> MetricsPort::start(quint16 port)
{
    LineOptions options;
    options.port = port;
    options.mostHeld = 4'096; // nobody sends anything
    options.mostConnections = 64;
    Upstream nobody;
    nobody.tls = false;
    m_line = std::make_unique<HttpLine>(std::move(nobody), std::move(options), *m_answers);
    return m_line->start();
}

void MetricsPort::publish(const QByteArray &text)
{
    m_answers->publish(text);
}

} // namespace bobbin
