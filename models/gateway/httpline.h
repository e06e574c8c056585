// SPDX-License-Identifier: GPL-3.0-or-later
// The line itself: listens on loopback, forwards HTTP/1.1 to one server, and passes answers on as they come. It knows
// nothing of policies: whoever listens to it says of each request whether it goes on, and is told what came back.
#pragma once

#include "models/core/error.h"

#include <QByteArray>
#include <atomic>
#include <functional>
#include <memory>
#include <vector>

namespace bobbin {

using HttpField = std::pair<QByteArray, QByteArray>; // name, value

struct Upstream { // where requests go
    QByteArray host;
    quint16 port = 443;
    bool tls = true;
    QByteArray trusted; // certificates in PEM, of whom to trust
    QByteArray certificate, certificateKey; // who we are, in PEM; empty: nobody
    QByteArray proxyHost; // that makes a tunnel; empty: none
    quint16 proxyPort = 0;
};

struct LineRequest {
    quint64 number = 0; // of this line
    QByteArray method, target;
    QByteArray body; // of those that are held
};

struct LineAnswer { // in place of the server's
    int status = 400;
    QByteArray body; // JSON
    std::vector<HttpField> fields;
};

struct Verdict { // nothing set: it goes on as it came
    std::optional<LineAnswer> answer;
    QByteArray target;
    std::optional<QByteArray> body;
};

// Every function is called on the line's own thread.
class LineListener {
public:
    virtual ~LineListener() = default;
    // Its body is held, and judge() asked before anything is sent.
    [[nodiscard]] virtual bool holds(const LineRequest &request) = 0;
    virtual void judge(const LineRequest &request, std::function<void(Verdict)> answer) = 0; // from any thread, once
    // A JSON object that a good answer is, or holds as one of its events; unpacked where it came packed.
    [[nodiscard]] virtual bool learns(const LineRequest &request) = 0;
    virtual void told(const LineRequest &request, const QByteArray &json) = 0;
    // No more will be told. Status 0: the server did not answer.
    virtual void ended(const LineRequest &request, int status) = 0;
    [[nodiscard]] virtual LineAnswer refusal(int status, const QString &message, const QByteArray &code) = 0;
};

struct LineOptions {
    quint16 port = 0; // 0: any that is free
    QByteArray token; // that callers send as their key; empty: they send the server's own, which is passed on
    std::vector<QByteArray> keyFields; // the names of header fields that a key is sent in
    QByteArray basePath; // with a token, nothing beside it is asked with the key
    qint64 mostHeld = 64 * 1024 * 1024; // bytes of a body that is held
    qint64 mostConnections = 2'000;
    std::chrono::seconds idle{75}; // between requests, and without a byte of one
    std::chrono::seconds patience{1'200}; // until the server says something
    std::chrono::seconds connecting{15};
};

struct LineFigures {
    std::atomic<qint64> connections = 0, running = 0; // at this moment; running: requests
    std::atomic<qint64> requests = 0, answered = 0, refused = 0, unanswered = 0;
    std::atomic<qint64> bytesUp = 0, bytesDown = 0; // of bodies
};

struct LineState;

class HttpLine {
public:
    HttpLine(Upstream upstream, LineOptions options, LineListener &listener);
    ~HttpLine(); // stop()
    HttpLine(const HttpLine &) = delete;
    HttpLine &operator=(const HttpLine &) = delete;

    Result<quint16> start(); // answers the port
    void rest(); // takes no new connections; what runs goes on
    void stop();
    void setKey(const HttpField &field); // sent in place of the callers' token
    [[nodiscard]] const LineFigures &figures() const;

private:
    std::shared_ptr<LineState> d; // answers may come when it is gone
};

} // namespace bobbin
