// SPDX-License-Identifier: GPL-3.0-or-later
// The least any Qt client pays for the same pages: a bare QNetworkAccessManager that throws the bytes away.
// usage: bench_fetch BASE_URL IDS_FILE LANES STEPS(0|1) [CA_FILE]
#include <QCoreApplication>
#include <QFile>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <cstdio>
#include <deque>
#include <functional>

using namespace Qt::Literals::StringLiterals;

namespace {

// The pages of one list, then `done`. Only the few bytes that say how to go on are looked at.
struct Fetch {
    QNetworkAccessManager network;
    QString base;
    qint64 pages = 0, bytes = 0;

    void list(const QString &path, const QByteArray &after,
              const std::function<void(const std::vector<QByteArray> &ids)> &done,
              std::shared_ptr<std::vector<QByteArray>> ids = std::make_shared<std::vector<QByteArray>>(),
              QByteArrayView wanted = {})
    {
        const QString url = base + path + u"?limit=100&order=asc"_s +
            (after.isEmpty() ? QString() : u"&after="_s + QString::fromLatin1(after));
        QNetworkRequest request((QUrl(url)));
        request.setRawHeader("Authorization", "Bearer k");
        request.setRawHeader("OpenAI-Beta", "assistants=v2");
        QNetworkReply *reply = network.get(request);
        QObject::connect(reply, &QNetworkReply::finished, reply, [=, this] {
            reply->deleteLater();
            const QByteArray body = reply->readAll();
            ++pages;
            bytes += body.size();
            if (reply->error() != QNetworkReply::NoError)
                qFatal("%s: %s", qPrintable(url), qPrintable(reply->errorString()));
            if (!wanted.isEmpty())
                for (qsizetype at = 0; (at = body.indexOf(wanted, at)) >= 0;) {
                    const qsizetype end = body.indexOf('"', at + 6);
                    ids->push_back(body.mid(at + 6, end - at - 6));
                    at = end;
                }
            if (!body.endsWith("\"has_more\":true}")) {
                done(*ids);
                return;
            }
            const qsizetype last = body.lastIndexOf("\"last_id\":\"") + 11;
            list(path, body.mid(last, body.indexOf('"', last) - last), done, ids, wanted);
        });
    }
};

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() > 5) {
        QSslConfiguration trusting = QSslConfiguration::defaultConfiguration();
        trusting.addCaCertificates(arguments.at(5));
        QSslConfiguration::setDefaultConfiguration(trusting);
    }
    Fetch fetch;
    fetch.base = arguments.at(1);
    QFile file(arguments.at(2));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("no ids");
    const QList<QByteArray> lines = file.readAll().split('\n');
    std::deque<QByteArray> queue(lines.begin(), lines.end());
    const bool steps = arguments.at(4) == "1"_L1;
    int busy = 0;
    std::function<void()> lane = [&] {
        while (!queue.empty() && queue.front().isEmpty())
            queue.pop_front();
        if (queue.empty()) {
            if (--busy == 0) {
                std::printf("{\"pages\":%lld,\"bytes\":%lld}\n", fetch.pages, fetch.bytes);
                QCoreApplication::quit();
            }
            return;
        }
        const QString path = u"/threads/"_s + QString::fromLatin1(queue.front());
        queue.pop_front();
        const auto runs = [&, path] {
            fetch.list(
                path + u"/runs"_s, {},
                [&, path](const std::vector<QByteArray> &ids) {
                    const auto next = std::make_shared<std::function<void(std::size_t)>>();
                    *next = [&, path, ids, next](std::size_t i) {
                        if (!steps || i == ids.size()) {
                            QMetaObject::invokeMethod(
                                qApp,
                                [&, next] {
                                    *next = nullptr; // it holds itself
                                    lane();
                                },
                                Qt::QueuedConnection);
                            return;
                        }
                        fetch.list(path + u"/runs/"_s + QString::fromLatin1(ids[i]) + u"/steps"_s, {},
                                   [next, i](const std::vector<QByteArray> &) { (*next)(i + 1); });
                    };
                    (*next)(0);
                },
                std::make_shared<std::vector<QByteArray>>(), steps ? "\"id\":\"run_" : "");
        };
        if (steps)
            fetch.list(path + u"/messages"_s, {}, [runs](const std::vector<QByteArray> &) { runs(); });
        else
            runs();
    };
    for (int i = 0; i < arguments.at(3).toInt(); ++i) {
        ++busy;
        QMetaObject::invokeMethod(qApp, lane, Qt::QueuedConnection);
    }
    return QCoreApplication::exec();
}
