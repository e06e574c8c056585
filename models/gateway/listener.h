// SPDX-License-Identifier: GPL-3.0-or-later
// Understands what passes, on the line's thread: what is asked, and what answers tell. The gateway gets values.
#pragma once

#include "models/domain/asked.h"
#include "models/domain/content.h"
#include "models/gateway/httpline.h"
#include "models/providers/passing.h"
#include "models/providers/provider.h"

#include <QHash>
#include <QMutex>

namespace bobbin {

struct Heard { // of an answer that passed
    Told told;
    std::vector<std::pair<QString, std::vector<ToolCall>>> waiting; // run: the calls it waits for
    QByteArray json; // itself, of a call that no list tells
};

class PassingListener : public LineListener {
public:
    struct Hands { // called on the line's thread
        std::function<void(const LineRequest &, const Asked &, std::function<void(Verdict)>)> judge;
        std::function<void(const Asked &, const Heard &)> heard;
        std::function<void(const Asked &, int status)> passed;
    };
    PassingListener(const Provider &provider, const QByteArray &basePath, Hands hands);

    // From any thread.
    void becomes(quint64 request, const Asked &asked); // what is known of it by now
    void setMoved(const QHash<QString, QString> &threads);
    void addMoved(const QString &from, const QString &to);
    [[nodiscard]] QString successor(const QString &thread) const; // the last one; empty: none

    bool holds(const LineRequest &request) override;
    void judge(const LineRequest &request, std::function<void(Verdict)> answer) override;
    bool learns(const LineRequest &request) override;
    void told(const LineRequest &request, const QByteArray &json) override;
    void ended(const LineRequest &request, int status) override;
    LineAnswer refusal(int status, const QString &message, const QByteArray &code) override;

private:
    const Provider &m_provider;
    const Passing *m_passing; // null: nothing is understood
    const QByteArray m_basePath;
    const Hands m_hands;
    mutable QMutex m_mutex;
    QHash<quint64, Asked> m_asked; // those that are on their way
    QHash<QString, QString> m_moved; // threads, and who took over

    [[nodiscard]] Asked read(const LineRequest &request) const;
    [[nodiscard]] Asked askedBy(const LineRequest &request) const;
};

} // namespace bobbin
