// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/conversationview.h"

#include "models/store/whendone.h"

#include "models/core/format.h"
#include "ui/theme.h"

#include <QDesktopServices>
#include <QMessageBox>
#include <QPushButton>
#include <QScopeGuard>
#include <QScrollBar>
#include <QTextBlock>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextDocumentFragment>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int atATime = 40;
constexpr qsizetype longestShown = 20'000; // characters of one message

// Qt's text layout opens a picture's file itself, whatever the browser's loadResource says; on Windows that can be a
// share of somebody else's. So pictures become words.
void nameImages(QTextDocument &document)
{
    QTextCursor at = document.find(QString(QChar::ObjectReplacementCharacter));
    for (; !at.isNull(); at = document.find(QString(QChar::ObjectReplacementCharacter), at)) {
        const QTextCharFormat format = at.charFormat();
        if (!format.isImageFormat())
            continue;
        const QString words = format.property(QTextFormat::ImageAltText).toString();
        at.insertText(
            ConversationView::tr("[image %1]").arg((words + u' ' + format.toImageFormat().name()).simplified()),
            QTextCharFormat());
    }
}

} // namespace

ConversationView::ConversationView(QWidget *parent)
    : QWidget(parent), m_text(new SafeBrowser), m_earlier(new QPushButton), m_later(new QPushButton)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_earlier, 0, Qt::AlignHCenter);
    column->addWidget(m_text, 1);
    column->addWidget(m_later, 0, Qt::AlignHCenter);
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setOpenLinks(false);
    m_text->setAccessibleName(tr("Conversation"));
    m_text->document()->setDocumentMargin(14);
    m_earlier->hide();
    m_later->hide();
    connect(m_earlier, &QPushButton::clicked, this, [this] {
        const qint64 from = std::max<qint64>(0, m_first - atATime);
        load(from, m_first - from, Stay::AtTop);
    });
    connect(m_later, &QPushButton::clicked, this,
            [this] { load(m_end, std::min<qint64>(atATime, m_all - m_end), Stay::AtEnd); });
    connect(m_text, &QTextBrowser::anchorClicked, this, &ConversationView::follow);
    // Who reads the end goes on to, also where there is less room for it by now.
    QScrollBar *bar = m_text->verticalScrollBar();
    connect(bar, &QScrollBar::valueChanged, this, [this, bar](int value) {
        if (!m_isRendering)
            m_readsEnd = value == bar->maximum();
    });
    connect(bar, &QScrollBar::rangeChanged, this, [this, bar] {
        if (m_readsEnd)
            bar->setValue(bar->maximum());
    });
}

void ConversationView::setThread(std::shared_ptr<Store> store, RowKey thread, qint64 messages, const QString &around)
{
    const int generation = ++m_generation;
    m_store = std::move(store);
    m_thread = thread;
    m_around = around;
    m_messages.clear();
    m_text->clear();
    m_earlier->hide();
    m_later->hide();
    m_all = messages;
    m_first = m_end = messages;
    if (!m_store || thread == 0)
        return;
    if (around.isEmpty()) {
        const qint64 from = std::max<qint64>(0, messages - atATime);
        load(from, messages - from, Stay::AtEnd);
        return;
    }
    whenDone(m_store->read([thread, around](Reader &reader) { return reader.messageIndex(thread, around); }), this,
             [this, generation](const Result<std::optional<qint64>> &index) {
                 if (generation != m_generation || !index)
                     return;
                 const qint64 from = std::clamp<qint64>(index->value_or(m_all) - atATime / 2, 0, m_all);
                 m_first = m_end = from;
                 load(from, std::min<qint64>(atATime, m_all - from), Stay::AtMark);
             });
}

void ConversationView::load(qint64 from, qint64 count, Stay stay)
{
    whenDone(m_store->read([thread = m_thread, from, count](Reader &reader) {
        return reader.conversation(thread, int(count), int(from));
    }),
             this,
             [this, from, count, stay, generation = m_generation](const Result<std::vector<MessageContent>> &read) {
                 if (generation != m_generation || !read)
                     return;
                 m_messages.insert(from < m_first ? m_messages.begin() : m_messages.end(), read->begin(), read->end());
                 m_first = std::min(m_first, from);
                 m_end = std::max(m_end, from + count);
                 m_earlier->setVisible(m_first > 0);
                 m_earlier->setText(tr("Show earlier messages (%1 more)").arg(format::count(m_first)));
                 m_later->setVisible(m_end < m_all);
                 m_later->setText(tr("Show later messages (%1 more)").arg(format::count(m_all - m_end)));
                 render(stay);
             });
}

void ConversationView::setCount(qint64 messages)
{
    if (!m_store || m_thread == 0 || messages <= m_all)
        return;
    const bool wasAtEnd = m_end == m_all;
    m_all = messages;
    if (wasAtEnd)
        load(m_end, m_all - m_end, Stay::AtEnd);
    else
        m_later->setText(tr("Show later messages (%1 more)").arg(format::count(m_all - m_end)));
}

void ConversationView::setMessages(const std::vector<MessageContent> &messages)
{
    ++m_generation;
    m_messages = messages;
    m_first = 0;
    m_end = m_all = qint64(messages.size());
    m_earlier->hide();
    m_later->hide();
    render(Stay::AtEnd);
}

void ConversationView::render(Stay stay)
{
    m_readsEnd = stay == Stay::AtEnd;
    m_isRendering = true;
    const auto done = qScopeGuard([this] { m_isRendering = false; });
    m_text->clear();
    QTextCursor cursor(m_text->document());
    QTextCharFormat quiet;
    quiet.setForeground(colour(Hue::Quiet));
    quiet.setFontPointSize(font().pointSizeF() * 0.9);
    QTextBlockFormat headBlock;
    headBlock.setTopMargin(14);
    const QTextBlockFormat bodyBlock; // without the margin of a head
    std::optional<int> marked;
    for (const MessageContent &message : m_messages) {
        cursor.movePosition(QTextCursor::End);
        cursor.insertBlock(headBlock);
        if (message.id == m_around)
            marked = cursor.position();
        QTextCharFormat role;
        role.setFontWeight(QFont::DemiBold);
        role.setForeground(message.role == "user"_L1 ? colour(Hue::Text) : colour(Hue::Accent));
        cursor.insertText(message.role == "user"_L1            ? tr("User")
                              : message.role == "assistant"_L1 ? tr("Assistant")
                                                               : message.role,
                          role);
        cursor.insertText(
            u"   "_s + format::when(message.createdAt) +
                (message.status.isEmpty() || message.status == "completed"_L1 ? QString() : u"   "_s + message.status),
            quiet);
        for (const ContentPart &part : message.parts) {
            cursor.movePosition(QTextCursor::End);
            cursor.insertBlock(bodyBlock, QTextCharFormat());
            if (part.kind == ContentPart::Kind::Image) {
                cursor.insertText(tr("[image %1]").arg(part.text), quiet);
                continue;
            }
            QString text = part.text;
            const qsizetype left = text.size() - longestShown;
            if (left > 0)
                text.truncate(longestShown);
            if (part.kind == ContentPart::Kind::Text) {
                QTextDocument markdown;
                markdown.setDefaultFont(font());
                // No raw HTML: it would stay text anyway, but images and styles must not even be tried.
                markdown.setMarkdown(text,
                                     QTextDocument::MarkdownFeatures(QTextDocument::MarkdownDialectGitHub) |
                                         QTextDocument::MarkdownNoHTML);
                nameImages(markdown);
                cursor.insertFragment(QTextDocumentFragment(&markdown));
            } else {
                if (part.kind == ContentPart::Kind::Refusal)
                    cursor.insertText(tr("Refused: "), quiet);
                cursor.insertText(text);
            }
            cursor.movePosition(QTextCursor::End);
            if (left > 0) {
                cursor.insertBlock(bodyBlock, quiet);
                cursor.insertText(tr("… %1 more characters: the Raw tab has them all").arg(format::count(left)), quiet);
            }
            for (const Citation &citation : part.citations) {
                cursor.insertBlock(bodyBlock, quiet);
                cursor.insertText(citation.marker + u" → "_s +
                                      (citation.url.isEmpty() ? citation.fileId : citation.url) +
                                      (citation.quote.isEmpty() ? QString() : u": “"_s + citation.quote + u"”"_s),
                                  quiet);
            }
        }
        for (const QString &file : message.attachments) {
            cursor.movePosition(QTextCursor::End);
            cursor.insertBlock(bodyBlock, quiet);
            cursor.insertText(tr("Attached: %1").arg(file), quiet);
        }
    }
    if (stay == Stay::AtMark && marked) {
        m_text->moveCursor(QTextCursor::End); // so that the message comes to the top, not to the bottom
        cursor.setPosition(*marked);
        cursor.select(QTextCursor::BlockUnderCursor);
        m_text->setTextCursor(cursor);
    } else {
        m_text->moveCursor(stay == Stay::AtTop ? QTextCursor::Start : QTextCursor::End);
    }
    m_text->ensureCursorVisible();
}

void ConversationView::follow(const QUrl &url)
{
    if (url.scheme() != "https"_L1 && url.scheme() != "http"_L1)
        return;
    if (QMessageBox::question(this, tr("Open link"),
                              tr("Open this address in the browser?\n\n%1").arg(url.toDisplayString())) ==
        QMessageBox::Yes)
        QDesktopServices::openUrl(url);
}

} // namespace bobbin::ui
