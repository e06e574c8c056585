// SPDX-License-Identifier: GPL-3.0-or-later
// A request body that can be sent once. QNetworkAccessManager re-sends POST and DELETE by itself when a connection
// dies before the answer; it cannot with a sequential device, so that a create never happens twice unseen.
#pragma once

#include <QIODevice>
#include <cstring>

namespace bobbin {

class OnceDevice final : public QIODevice {
public:
    explicit OnceDevice(QByteArray bytes) : m_bytes(std::move(bytes))
    {
        open(QIODevice::ReadOnly | QIODevice::Unbuffered);
    }
    [[nodiscard]] bool isSequential() const override { return true; }
    [[nodiscard]] bool atEnd() const override { return m_at >= m_bytes.size(); }
    [[nodiscard]] qint64 bytesAvailable() const override { return m_bytes.size() - m_at + QIODevice::bytesAvailable(); }

protected:
    qint64 readData(char *to, qint64 most) override
    {
        if (m_at >= m_bytes.size())
            return -1;
        const qint64 n = std::min<qint64>(most, m_bytes.size() - m_at);
        std::memcpy(to, m_bytes.constData() + m_at, std::size_t(n));
        m_at += n;
        return n;
    }
    qint64 writeData(const char *, qint64) override { return -1; }

private:
    QByteArray m_bytes;
    qint64 m_at = 0;
};

} // namespace bobbin
