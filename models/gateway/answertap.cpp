// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/gateway/answertap.h"

#include <array>
#include <zlib.h>

namespace bobbin {

namespace {

constexpr qsizetype mostText = 8 * 1024 * 1024; // of one JSON object

bool isPart(const QByteArray &event) // a part of an object, of which the whole comes later
{
    return event.contains("delta");
}

} // namespace

struct AnswerTap::Inflate {
    z_stream stream = {};
    bool ended = false;
    Inflate() { inflateInit2(&stream, 15 + 32); } // gzip or zlib, by itself
    ~Inflate() { inflateEnd(&stream); }
    Inflate(const Inflate &) = delete;
    Inflate &operator=(const Inflate &) = delete;
};

AnswerTap::AnswerTap(bool events, Tell tell) : m_events(events), m_tell(std::move(tell))
{
}

AnswerTap::~AnswerTap() = default;

std::unique_ptr<AnswerTap> AnswerTap::make(const QByteArray &contentType, const QByteArray &encoding, Tell tell)
{
    const QByteArray type = contentType.split(';').first().trimmed().toLower();
    const bool events = type == "text/event-stream";
    if (!events && type != "application/json")
        return nullptr;
    std::unique_ptr<AnswerTap> tap(new AnswerTap(events, std::move(tell)));
    const QByteArray packed = encoding.trimmed().toLower();
    if (packed == "gzip" || packed == "deflate")
        tap->m_inflate = std::make_unique<Inflate>();
    else if (!packed.isEmpty() && packed != "identity")
        return nullptr;
    return tap;
}

void AnswerTap::giveUp()
{
    m_givenUp = true;
    m_text.clear();
    m_data.clear();
}

void AnswerTap::add(const char *bytes, std::size_t size)
{
    if (m_givenUp)
        return;
    if (!m_inflate) {
        take(bytes, size);
        return;
    }
    std::array<char, 16'384> text;
    z_stream &stream = m_inflate->stream;
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes));
    stream.avail_in = uInt(size);
    while (!m_givenUp && !m_inflate->ended) {
        stream.next_out = reinterpret_cast<Bytef *>(text.data());
        stream.avail_out = uInt(text.size());
        const int status = inflate(&stream, Z_NO_FLUSH);
        if (const std::size_t made = text.size() - stream.avail_out; made > 0)
            take(text.data(), made);
        if (status == Z_STREAM_END)
            m_inflate->ended = true;
        else if (status == Z_BUF_ERROR || (status == Z_OK && stream.avail_out > 0 && stream.avail_in == 0))
            return; // it wants more
        else if (status != Z_OK)
            giveUp();
    }
}

void AnswerTap::take(const char *text, std::size_t size)
{
    if (m_text.size() + m_data.size() + qsizetype(size) > mostText) {
        giveUp();
        return;
    }
    m_text.append(text, qsizetype(size));
    if (!m_events)
        return;
    qsizetype from = 0;
    for (qsizetype end = m_text.indexOf('\n'); end >= 0; end = m_text.indexOf('\n', from)) {
        line(m_text.mid(from, end - from));
        from = end + 1;
    }
    m_text.remove(0, from);
}

// https://html.spec.whatwg.org/multipage/server-sent-events.html, but for a lone carriage return, which no server of
// this kind sends.
void AnswerTap::line(QByteArray text)
{
    if (text.endsWith('\r'))
        text.chop(1);
    const auto value = [&](qsizetype name) {
        return text.mid(text.size() > name && text[name] == ' ' ? name + 1 : name);
    };
    if (text.isEmpty())
        event();
    else if (text.startsWith("event:"))
        m_event = value(6);
    else if (text.startsWith("data:")) {
        if (!m_data.isEmpty())
            m_data += '\n';
        m_data += value(5);
    }
}

void AnswerTap::event()
{
    if (m_data.startsWith('{') && !isPart(m_event))
        m_tell(m_data);
    m_event.clear();
    m_data.clear();
}

void AnswerTap::end()
{
    if (m_givenUp)
        return;
    if (m_events)
        event();
    else if (m_text.startsWith('{') || m_text.trimmed().startsWith('{'))
        m_tell(m_text);
    m_text.clear();
}

} // namespace bobbin
