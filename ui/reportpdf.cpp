// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/reportpdf.h"

#include <QAbstractTextDocumentLayout>
#include <QCoreApplication>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QRegularExpression>
#include <QSaveFile>
#include <QSvgRenderer>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextObjectInterface>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int chartType = QTextFormat::UserObject + 1;
constexpr int drawingProperty = QTextFormat::UserProperty + 1;
constexpr double chartWidth = 620, chartHeight = 180; // at 96 dots an inch, in the proportions of the page's

// A text document draws no SVG by itself. Drawn here, a chart stays lines and letters on paper.
class ChartObject final : public QObject, public QTextObjectInterface {
    Q_OBJECT
    Q_INTERFACES(QTextObjectInterface)
public:
    QSizeF intrinsicSize(QTextDocument *document, int, const QTextFormat &) override
    {
        const QPaintDevice *device = document->documentLayout()->paintDevice();
        const double scale = (device ? device->logicalDpiX() : 96) / 96.0;
        return {chartWidth * scale, chartHeight * scale};
    }
    void drawObject(QPainter *painter, const QRectF &room, QTextDocument *, int, const QTextFormat &format) override
    {
        QSvgRenderer(format.property(drawingProperty).toByteArray()).render(painter, room);
        ++m_drawn;
    }
    [[nodiscard]] int drawn() const { return m_drawn; }

private:
    int m_drawn = 0;
};

// The page's charts take their colours from its style sheet: by themselves they need them written out.
QByteArray withColours(QString drawing)
{
    constexpr std::pair<const char *, const char *> colours[] = {
        {"class=\"s0\"", "fill=\"#2f6fde\""},     {"class=\"s1\"", "fill=\"#e0912f\""},
        {"class=\"s2\"", "fill=\"#107c41\""},     {"class=\"s3\"", "fill=\"#b4009e\""},
        {"class=\"s4\"", "fill=\"#5aa9c9\""},     {"class=\"s5\"", "fill=\"#6a6f78\""},
        {"class=\"grid\"", "stroke=\"#dfe2e6\""}, {"class=\"axis\"", "font-size=\"11\" fill=\"#5c616a\""}};
    for (const auto &[name, colour] : colours)
        drawing.replace(QLatin1StringView(name), QLatin1StringView(colour));
    return drawing.replace("<svg "_L1, "<svg xmlns=\"http://www.w3.org/2000/svg\" "_L1).toUtf8();
}

void setPage(QTextDocument &document, QString page)
{
    static const QRegularExpression chart(u"<svg.*?</svg>"_s, QRegularExpression::DotMatchesEverythingOption);
    std::vector<QByteArray> drawings;
    const auto placeOf = [](std::size_t n) { return u"\uE000%1\uE000"_s.arg(n); }; // no text has these
    page.remove(QChar(0xE000));
    for (QRegularExpressionMatch match = chart.match(page); match.hasMatch(); match = chart.match(page)) {
        page.replace(match.capturedStart(), match.capturedLength(), placeOf(drawings.size()));
        drawings.push_back(withColours(match.captured()));
    }
    document.setHtml(page);
    for (std::size_t n = 0; n < drawings.size(); ++n) {
        QTextCursor cursor = document.find(placeOf(n));
        if (cursor.isNull())
            continue;
        QTextCharFormat format;
        format.setObjectType(chartType);
        format.setProperty(drawingProperty, drawings[n]);
        cursor.insertText(QString(QChar::ObjectReplacementCharacter), format);
    }
}

} // namespace

Result<int> writePdf(const QString &page, const QString &path)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return fail(Error::Kind::Storage, file.errorString(), path);
    QPdfWriter writer(&file);
    writer.setPageSize(QPageSize(QPageSize::A4));
    writer.setPageMargins(QMarginsF(16, 16, 16, 16), QPageLayout::Millimeter);
    writer.setCreator(u"Bobbin"_s);
    ChartObject chart; // outlives the document, which does not own it
    QTextDocument document;
    document.documentLayout()->registerHandler(chartType, &chart);
    setPage(document, page);
    document.print(&writer);
    return file.commit() ? Result<int>(chart.drawn()) : fail(Error::Kind::Storage, file.errorString(), path);
}

} // namespace bobbin::ui

#include "reportpdf.moc"
