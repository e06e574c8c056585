// SPDX-License-Identifier: GPL-3.0-or-later
// The messages of a thread as a person reads them. Nothing is loaded from anywhere, nothing runs, links open only on
// a click and after a question.
#pragma once

#include "models/store/store.h"
#include "models/wire/content.h"

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
    void setThread(std::shared_ptr<Store> store, RowKey thread, qint64 messages); // 0: none
    void setMessages(const std::vector<wire::MessageContent> &messages);
    [[nodiscard]] QString text() const { return m_text->toPlainText(); }

private:
    SafeBrowser *m_text;
    QPushButton *m_earlier;
    std::shared_ptr<Store> m_store;
    RowKey m_thread = 0;
    qint64 m_first = 0; // index of the oldest message that is shown
    int m_generation = 0;
    std::vector<wire::MessageContent> m_messages;

    void load(qint64 from, int count);
    void render();
    void follow(const QUrl &url);
};

} // namespace bobbin::ui
