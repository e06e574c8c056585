// SPDX-License-Identifier: GPL-3.0-or-later
// Listens to an answer as it passes: the JSON object that it is, or those of its events. What came packed (gzip,
// deflate) is unpacked here; what passes is not touched.
#pragma once

#include <QByteArrayList>
#include <functional>
#include <memory>

namespace bobbin {

class AnswerTap {
public:
    using Tell = std::function<void(const QByteArray &json)>;
    // Null where nothing can be learnt of such an answer.
    static std::unique_ptr<AnswerTap> make(const QByteArray &contentType, const QByteArray &encoding, Tell tell);
    ~AnswerTap();
    AnswerTap(const AnswerTap &) = delete;
    AnswerTap &operator=(const AnswerTap &) = delete;

    void add(const char *bytes, std::size_t size);
    void end();
    [[nodiscard]] bool hasGivenUp() const { return m_givenUp; } // it was too long, or cannot be unpacked

private:
    struct Inflate;
    bool m_events;
    bool m_givenUp = false;
    Tell m_tell;
    std::unique_ptr<Inflate> m_inflate;
    QByteArray m_text; // of JSON all of it, of events the line that is not complete
    QByteArray m_event, m_data; // of the event that is being read

    AnswerTap(bool events, Tell tell);
    void take(const char *text, std::size_t size);
    void line(QByteArray text);
    void event();
    void giveUp();
};

} // namespace bobbin
