// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/detailsview.h"

#include "models/core/format.h"
#include "models/items/prettyjson.h"
#include "ui/theme.h"
#include "ui/widgets/objectheader.h"
#include "ui/widgets/rawview.h"

#include <QAbstractButton>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QScrollArea>
#include <QScrollBar>
#include <QStyleOption>
#include <QTabWidget>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int sectionWidth = 52; // average characters: as many sections side by side as have that
constexpr int linkLength = 44; // characters; the tool tip has the rest

// In line with the texts above and below it, which a QToolButton's frame does not let it be.
class LinkButton final : public QAbstractButton {
public:
    explicit LinkButton(const QString &text)
    {
        setText(text.size() > linkLength ? text.left(linkLength) + u"…"_s : text);
        setToolTip(text);
        setFocusPolicy(Qt::StrongFocus);
        setCursor(Qt::PointingHandCursor);
        setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    }
    [[nodiscard]] QSize sizeHint() const override
    {
        return {fontMetrics().horizontalAdvance(text()) + 2, fontMetrics().height()};
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        QFont lined = font();
        lined.setUnderline(underMouse() || hasFocus());
        painter.setFont(lined);
        painter.setPen(colour(Hue::Accent));
        painter.drawText(rect(), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, text());
        if (hasFocus()) {
            QStyleOptionFocusRect option;
            option.initFrom(this);
            style()->drawPrimitive(QStyle::PE_FrameFocusRect, &option, &painter, this);
        }
    }
    void enterEvent(QEnterEvent *) override { update(); }
    void leaveEvent(QEvent *) override { update(); }
    void keyPressEvent(QKeyEvent *event) override
    {
        if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
            click();
        else
            QAbstractButton::keyPressEvent(event);
    }
};

} // namespace

DetailsView::DetailsView(const QString &nothing, QWidget *parent)
    : QWidget(parent), m_header(new ObjectHeader(nothing)), m_tabs(new QTabWidget), m_scroll(new QScrollArea),
      m_raw(new RawView)
{
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setAccessibleName(tr("Details"));
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_scroll, tr("Details"));
    m_tabs->addTab(m_raw, tr("JSON"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_header);
    column->addWidget(m_tabs, 1);
    clear();
}

QString DetailsView::id() const
{
    return m_header->id();
}

void DetailsView::clear()
{
    m_details = {};
    fill();
    m_raw->setRaw({}, {});
    m_header->clear();
}

void DetailsView::show(const Details &details)
{
    if (details == m_details)
        return;
    const bool again = details.id == m_details.id;
    const int position = again ? m_scroll->verticalScrollBar()->value() : 0;
    if (details.raw != m_details.raw || !again)
        m_raw->setRaw(details.raw.isEmpty() ? QString() : tr("As the server sent it"), prettyJson(details.raw));
    m_details = details;
    m_header->show(details.title, details.id, details.facts);
    fill();
    m_scroll->widget()->adjustSize(); // the scroll bar's range is set by it, and else later
    m_scroll->verticalScrollBar()->setValue(position);
}

void DetailsView::fill()
{
    m_sections.clear();
    auto *inside = new QWidget;
    auto *column = new QVBoxLayout(inside);
    column->setContentsMargins(12, 8, 12, 8);
    m_grid = new QGridLayout;
    m_grid->setHorizontalSpacing(28);
    m_grid->setVerticalSpacing(14);
    column->addLayout(m_grid);
    column->addStretch();
    for (const DetailSection &section : m_details.sections)
        m_sections.push_back(makeSection(section));
    m_scroll->setWidget(inside); // the one before goes
    arrange();
}

QWidget *DetailsView::makeSection(const DetailSection &section)
{
    auto *box = new QWidget;
    box->setAccessibleName(section.title);
    auto *rows = new QGridLayout(box);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setHorizontalSpacing(12);
    rows->setVerticalSpacing(3);
    rows->setColumnStretch(1, 1);
    auto *title = new QLabel(section.title);
    QFont strong = title->font();
    strong.setWeight(QFont::DemiBold);
    title->setFont(strong);
    rows->addWidget(title, 0, 0, 1, 2);
    int row = 1;
    QString last;
    for (const Detail &detail : section.details) {
        auto *label = new QLabel(format::visible(detail.label));
        label->setForegroundRole(QPalette::PlaceholderText);
        label->setAlignment(Qt::AlignLeft | Qt::AlignTop);
        rows->addWidget(label, row, 0);
        last = detail.label.isEmpty() ? last : detail.label;
        const QString text = format::visible(detail.text);
        const QString spoken = last + u": "_s + text;
        if (detail.link) {
            auto *link = new LinkButton(text);
            link->setAccessibleName(spoken);
            connect(link, &LinkButton::clicked, this, [this, to = *detail.link] { Q_EMIT linkWanted(to.kind, to.id); });
            rows->addWidget(link, row, 1, Qt::AlignLeft);
        } else {
            auto *value = new QLabel(text);
            value->setTextFormat(Qt::PlainText);
            value->setTextInteractionFlags(Qt::TextSelectableByMouse);
            value->setWordWrap(true);
            value->setAccessibleName(spoken);
            rows->addWidget(value, row, 1);
        }
        ++row;
    }
    rows->setRowStretch(row, 1);
    return box;
}

void DetailsView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrange();
}

void DetailsView::arrange()
{
    const int columns = std::max(1, width() / (sectionWidth * fontMetrics().averageCharWidth()));
    for (int i = 0; i < int(m_sections.size()); ++i)
        m_grid->addWidget(m_sections[std::size_t(i)], i / columns, i % columns, Qt::AlignTop);
    for (int i = 0; i < m_grid->columnCount(); ++i)
        m_grid->setColumnStretch(i, i < columns ? 1 : 0);
}

} // namespace bobbin::ui
