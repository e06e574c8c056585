// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tlsfront.h"

#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <QThread>

#ifdef Q_OS_LINUX
#include <csignal>
#include <sys/prctl.h>
#endif

namespace bobbin::demo {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int patienceMs = 10'000;
constexpr int lookEveryMs = 50;

QString programNamed(const QString &name, const QString &package, QString *problem)
{
    QString found = QStandardPaths::findExecutable(name);
    if (found.isEmpty()) // not in everybody's path
        found = QStandardPaths::findExecutable(name, {u"/usr/sbin"_s, u"/usr/local/sbin"_s});
    if (found.isEmpty())
        *problem = u"--tls needs %1 (Debian: %2)"_s.arg(name, package);
    return found;
}

quint16 freePort()
{
    QTcpServer probe;
    return probe.listen(QHostAddress::LocalHost) ? probe.serverPort() : 0;
}

} // namespace

TlsFront::~TlsFront()
{
    m_proxy.terminate();
    if (!m_proxy.waitForFinished(2'000))
        m_proxy.kill();
}

QString TlsFront::certificate() const
{
    return m_folder.filePath(u"certificate.pem"_s);
}

bool TlsFront::makeCertificate(QString *problem)
{
    const QString openssl = programNamed(u"openssl"_s, u"openssl"_s, problem);
    if (openssl.isEmpty())
        return false;
    QProcess making;
    making.start(openssl,
                 {u"req"_s, u"-x509"_s, u"-newkey"_s, u"ec"_s, u"-pkeyopt"_s, u"ec_paramgen_curve:prime256v1"_s,
                  u"-nodes"_s, u"-days"_s, u"30"_s, u"-subj"_s, u"/CN=Bobbin demo"_s, u"-addext"_s,
                  u"subjectAltName=IP:127.0.0.1,DNS:localhost"_s, u"-keyout"_s, m_folder.filePath(u"key.pem"_s),
                  u"-out"_s, certificate()});
    if (making.waitForFinished(patienceMs) && making.exitCode() == 0)
        return true;
    *problem = u"openssl made no certificate: "_s + QString::fromUtf8(making.readAllStandardError()).simplified();
    return false;
}

bool TlsFront::start(quint16 behind, quint16 port, const QString &protocols, QString *problem)
{
    const QString nghttpx = programNamed(u"nghttpx"_s, u"nghttp2-proxy"_s, problem);
    if (nghttpx.isEmpty() || !makeCertificate(problem))
        return false;
    m_port = port != 0 ? port : freePort();
    m_proxy.setProcessChannelMode(QProcess::MergedChannels);
#ifdef Q_OS_LINUX
    m_proxy.setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGTERM); }); // also where we are killed
#endif
    m_proxy.start(nghttpx,
                  {u"--conf=/dev/null"_s, u"--single-process"_s, u"--no-ocsp"_s, u"--accesslog-file=/dev/null"_s,
                   u"--frontend=127.0.0.1,%1"_s.arg(m_port), u"--backend=127.0.0.1,%1"_s.arg(behind),
                   u"--npn-list=%1"_s.arg(protocols), m_folder.filePath(u"key.pem"_s), certificate()});
    for (int waited = 0; waited < patienceMs && m_proxy.state() != QProcess::NotRunning; waited += lookEveryMs) {
        QTcpSocket socket;
        socket.connectToHost(QHostAddress(QHostAddress::LocalHost), m_port);
        if (socket.waitForConnected(lookEveryMs))
            return true;
        QThread::msleep(lookEveryMs);
        m_proxy.waitForReadyRead(0); // sees that it has ended
    }
    *problem = u"nghttpx does not run: "_s + QString::fromUtf8(m_proxy.readAll()).simplified().right(300);
    return false;
}

} // namespace bobbin::demo
