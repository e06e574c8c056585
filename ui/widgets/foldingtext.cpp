// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/foldingtext.h"

#include "ui/theme.h"

#include <QFontDatabase>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QTextBlock>
#include <algorithm>
#include <climits>

namespace bobbin::ui {

namespace {

constexpr int marginWidth = 22;
constexpr int foldFrom = 60; // lines; shorter texts come unfolded
constexpr int foldDepth = 2;
constexpr int indent = 4; // characters a level

// A folded line carries how many lines it hides; others carry -1.
bool folded(const QTextBlock &block)
{
    return block.userState() > 0;
}

} // namespace

class FoldingText::Margin final : public QWidget {
public:
    explicit Margin(FoldingText *text) : QWidget(text), m_text(text) { setCursor(Qt::PointingHandCursor); }

protected:
    void paintEvent(QPaintEvent *event) override { m_text->paintMargin(event); }
    void mousePressEvent(QMouseEvent *event) override { m_text->toggleAt(int(event->position().y())); }

private:
    FoldingText *m_text;
};

FoldingText::FoldingText(QWidget *parent) : QPlainTextEdit(parent), m_margin(new Margin(this))
{
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setFrameShape(QFrame::NoFrame);
    setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    setLineWrapMode(QPlainTextEdit::NoWrap);
    setViewportMargins(marginWidth, 0, 0, 0);
    connect(this, &QPlainTextEdit::updateRequest, m_margin, [this](const QRect &, int) { m_margin->update(); });
    connect(verticalScrollBar(), &QScrollBar::valueChanged, m_margin, qOverload<>(&QWidget::update));
}

bool FoldingText::canFold(int line) const
{
    return line + 1 < int(m_depths.size()) && depth(line + 1) > depth(line);
}

bool FoldingText::isFolded(int line) const
{
    return folded(document()->findBlockByNumber(line));
}

int FoldingText::lastChild(int line) const
{
    const int own = depth(line);
    int last = line + 1;
    while (last + 1 < int(m_depths.size()) && depth(last + 1) > own)
        ++last;
    return last;
}

void FoldingText::layOut()
{
    document()->markContentsDirty(0, document()->characterCount());
    Q_EMIT document()->documentLayout()->documentSizeChanged(document()->documentLayout()->documentSize());
    viewport()->update();
    m_margin->update();
}

void FoldingText::setFolded(int line, bool fold)
{
    if (!canFold(line) || isFolded(line) == fold)
        return;
    QTextBlock head = document()->findBlockByNumber(line);
    const int last = lastChild(line);
    head.setUserState(fold ? last - line : -1);
    for (QTextBlock block = head.next(); block.isValid() && block.blockNumber() <= last; block = block.next()) {
        block.setVisible(!fold);
        if (!fold && folded(block)) // what was folded inside stays so
            for (int skip = block.userState(); skip > 0; --skip)
                block = block.next();
    }
    if (fold && textCursor().blockNumber() > line && textCursor().blockNumber() <= last)
        setTextCursor(QTextCursor(head));
    layOut();
}

void FoldingText::foldBelow(int most)
{
    int hiddenBelow = INT_MAX;
    for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
        const int line = block.blockNumber();
        const int own = depth(line);
        if (own <= hiddenBelow)
            hiddenBelow = INT_MAX;
        block.setVisible(hiddenBelow == INT_MAX);
        const bool fold = own >= most && canFold(line);
        block.setUserState(fold ? lastChild(line) - line : -1);
        if (fold && hiddenBelow == INT_MAX)
            hiddenBelow = own;
    }
    layOut();
}

void FoldingText::setText(const QString &text)
{
    setPlainText(text);
    m_depths.clear();
    for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
        const QString line = block.text();
        const auto word = std::ranges::find_if(line, [](QChar c) { return c != u' '; });
        m_depths.push_back(int(word - line.begin()) / indent);
    }
    foldBelow(blockCount() > foldFrom ? foldDepth : INT_MAX);
}

bool FoldingText::findNext(const QString &text, bool fromStart)
{
    if (text.isEmpty())
        return false;
    QTextCursor found = document()->find(text, fromStart ? QTextCursor(document()) : textCursor());
    if (found.isNull())
        found = document()->find(text); // round again
    if (found.isNull())
        return false;
    for (int line = found.blockNumber() - 1, inner = depth(found.blockNumber()); line >= 0 && inner > 0; --line)
        if (depth(line) < inner) {
            inner = depth(line);
            setFolded(line, false);
        }
    setTextCursor(found);
    ensureCursorVisible();
    return true;
}

void FoldingText::resizeEvent(QResizeEvent *event)
{
    QPlainTextEdit::resizeEvent(event);
    const QRect r = contentsRect();
    m_margin->setGeometry(r.left(), r.top(), marginWidth, r.height());
}

void FoldingText::keyPressEvent(QKeyEvent *event)
{
    const int line = textCursor().blockNumber();
    if (event->modifiers() == Qt::NoModifier && event->key() == Qt::Key_Left && canFold(line) && !isFolded(line))
        setFolded(line, true);
    else if (event->modifiers() == Qt::NoModifier && event->key() == Qt::Key_Right && isFolded(line))
        setFolded(line, false);
    else
        QPlainTextEdit::keyPressEvent(event);
}

void FoldingText::paintMargin(QPaintEvent *event)
{
    QPainter painter(m_margin);
    painter.fillRect(event->rect(), palette().color(QPalette::Base));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour(Hue::Quiet));
    for (QTextBlock block = firstVisibleBlock(); block.isValid(); block = block.next()) {
        if (!block.isVisible())
            continue;
        const QRectF at = blockBoundingGeometry(block).translated(contentOffset());
        if (at.top() > m_margin->height())
            break;
        if (!canFold(block.blockNumber()))
            continue;
        const QPointF c(marginWidth / 2.0, at.center().y());
        constexpr double r = 4;
        const QPolygonF closed({c + QPointF(-r / 2, -r), c + QPointF(r / 2 + 1, 0), c + QPointF(-r / 2, r)});
        const QPolygonF open({c + QPointF(-r, -r / 2), c + QPointF(r, -r / 2), c + QPointF(0, r / 2 + 1)});
        painter.drawPolygon(folded(block) ? closed : open);
    }
}

void FoldingText::toggleAt(int y)
{
    for (QTextBlock block = firstVisibleBlock(); block.isValid(); block = block.next()) {
        if (!block.isVisible())
            continue;
        const QRectF at = blockBoundingGeometry(block).translated(contentOffset());
        if (y < at.top())
            return;
        if (y <= at.bottom()) {
            setFolded(block.blockNumber(), !folded(block));
            return;
        }
    }
}

} // namespace bobbin::ui
