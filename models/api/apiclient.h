// SPDX-License-Identifier: GPL-3.0-or-later
// Sends a provider's requests to one connection and brings back bytes or an Error. The key is held here and put into
// the request header only; redirects to another origin are refused with it unsent. Lives on one thread.
#pragma once

#include "models/api/pace.h"
#include "models/api/ratelimiter.h"
#include "models/api/responsereader.h"
#include "models/core/cancellation.h"
#include "models/providers/provider.h"

#include <QCoroTask>
#include <QNetworkAccessManager>
#include <QObject>
#include <QSslConfiguration>
#include <array>

namespace bobbin {

// Shape rules of a base URL: http or https, a host, plain http to loopback only. Answers the cleaned URL.
Result<QUrl> checkBaseUrl(const QString &text);

class ApiClient : public QObject {
    Q_OBJECT
public:
    // Without a key the first request asks for one, and waits for setKey(). A key that runs out (any but a pasted one)
    // is asked for anew, once, when the server refuses it, and the request goes on with that.
    ApiClient(Connection connection, const Provider &provider, std::optional<QByteArray> key,
              QObject *parent = nullptr);
    ~ApiClient() override;

    [[nodiscard]] const Connection &connection() const { return m_connection; }
    [[nodiscard]] const Provider &provider() const { return m_provider; }
    void setKey(QByteArray key); // empty: the server needs none
    void goWithoutKey(); // there is none to be had; not where one was set meanwhile
    void failKey(Error why); // what waits for it ends with this; the next request asks again

    QCoro::Task<Result<QByteArray>> send(Request request, Cancel cancel);
    QCoro::Task<Result<Page>> page(ListRef ref, ListToken from, Cancel cancel);
    // page() in two halves, for those that ask for the next page before they decode this one.
    QCoro::Task<Result<QByteArray>> pageBytes(ListRef ref, ListToken from, Cancel cancel);
    [[nodiscard]] Result<Page> readPage(const ListRef &ref, const ListToken &from, const QByteArray &bytes) const;
    QCoro::Task<Result<Objects>> item(Resource resource, QString id, Parent parent, Cancel cancel);

    void setTimeout(std::chrono::milliseconds timeout)
    {
        m_timeout = timeout;
        m_headersWithin = 2 * timeout;
        m_wholeWithin = 20 * timeout;
    }
    void setMostAtOnce(int requests) { m_pace.setMost(requests); } // 0: as many as the server bears
    [[nodiscard]] int mayBeAtOnce() const { return m_pace.allowed(); } // requests, at this moment
    [[nodiscard]] int inFlight() const { return m_inFlight; }
    [[nodiscard]] qint64 requestsSent() const { return m_sent; }
    [[nodiscard]] std::optional<qint64> requestsLeft() const { return m_limiter.remaining(); }
    [[nodiscard]] std::chrono::milliseconds pollAfter() const { return m_limiter.pollAfter(); } // of active runs
    [[nodiscard]] std::chrono::milliseconds heldFor() const { return m_limiter.waitFor(RateLimiter::Clock::now()); }

Q_SIGNALS:
    void keyWanted(bool fresh); // once, until it came; fresh: the server refused the last one
    void keyCame();

private:
    Connection m_connection;
    const Provider &m_provider;
    std::optional<QByteArray> m_key;
    std::optional<Error> m_keyProblem;
    bool m_keyAsked = false, m_keyRefused = false;
    std::optional<QSslConfiguration> m_tls;
    std::optional<Error> m_setUpProblem; // a file of the connection cannot be used: nothing is sent
    struct Line {
        QNetworkAccessManager network; // a pool of connections
        int busy = 0;
    };
    static constexpr std::size_t linesOfEach = 3;
    std::array<Line, 2 * linesOfEach> m_lines; // the second half for prompt requests only
    RateLimiter m_limiter;
    Pace m_pace; // not of prompt requests
    std::chrono::milliseconds m_timeout{30'000}; // without a byte
    // In all, however it trickles: until the headers are there, until the body is.
    std::chrono::milliseconds m_headersWithin{60'000}, m_wholeWithin{600'000};
    int m_inFlight = 0;
    qint64 m_sent = 0;

    [[nodiscard]] QNetworkRequest prepare(const QUrl &url) const;
    [[nodiscard]] QUrl urlFor(const Request &request) const;
    QNetworkReply *start(QNetworkAccessManager &network, const Request &request, const QUrl &url);
    QCoro::Task<RawResponse> once(Request request, QUrl url, Cancel cancel);
    bool m_isSetUp = false;
    void setUp();
    void askForKey();
    QCoro::Task<Done> awaitKey(Cancel cancel);
    QCoro::Task<> pause(std::chrono::milliseconds time, Cancel cancel);
};

} // namespace bobbin
