// SPDX-License-Identifier: GPL-3.0-or-later
// The messages of a thread as a person reads them. Nothing is loaded from anywhere, nothing runs, links open only on
// a click and after a question.
#pragma once

#include "models/domain/content.h"
#include "models/store/store.h"

#include <QTextBrowser>

class QPushButton;

namespace bobbin::ui {

class SafeBrowser final : public QTextBrowser {
public:
    using QTextBrowser::QTextBrowser;
    QVariant loadResource(int, const QUrl &) override { return {}; } // not even local files
};

class ConversationView : public QWidget {
    Q_OBJECT
public:
    explicit ConversationView(QWidget *parent = nullptr);
    // Shows the newest messages, or those around one of them; thread 0: none.
    void setThread(std::shared_ptr<Store> store, RowKey thread, qint64 messages, const QString &around = {});
    void setCount(qint64 messages); // there are more by now: those that came are shown where the last one was
    void setMessages(const std::vector<MessageContent> &messages);
    [[nodiscard]] QString text() const { return m_text->toPlainText(); }

private:
    SafeBrowser *m_text;
    QPushButton *m_earlier, *m_later;
    std::shared_ptr<Store> m_store;
    RowKey m_thread = 0;
    qint64 m_first = 0, m_end = 0, m_all = 0; // those shown are first … end-1 of all
    QString m_around; // the message to bring into sight
    int m_generation = 0;
    bool m_readsEnd = true, m_isRendering = false;
    std::vector<MessageContent> m_messages;

    enum class Stay { AtEnd, AtTop, AtMark };
    void load(qint64 from, qint64 count, Stay stay);
    void render(Stay stay);
    void follow(const QUrl &url);
};

} // namespace bobbin::ui
