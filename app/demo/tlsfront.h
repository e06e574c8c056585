// SPDX-License-Identifier: GPL-3.0-or-later
// TLS and HTTP/2 in front of the demo server: nghttpx, with a certificate made at start (openssl), which clients are
// told to trust.
#pragma once

#include <QProcess>
#include <QTemporaryDir>

namespace bobbin::demo {

class TlsFront {
public:
    ~TlsFront();
    // Passes on to http://127.0.0.1:`behind`. `port` 0 takes a free one; `protocols` as ALPN names them, the best
    // first.
    bool start(quint16 behind, quint16 port, const QString &protocols, QString *problem);
    [[nodiscard]] quint16 port() const { return m_port; }
    [[nodiscard]] QString certificate() const; // a PEM file

private:
    QTemporaryDir m_folder;
    QProcess m_proxy;
    quint16 m_port = 0;

    bool makeCertificate(QString *problem);
};

} // namespace bobbin::demo
