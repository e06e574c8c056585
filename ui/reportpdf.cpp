// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/reportpdf.h"

#include <QCoreApplication>
#include <QImage>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QRegularExpression>
#include <QSaveFile>
#include <QSvgRenderer>
#include <QTextDocument>
#include <QUrl>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int chartWidth = 760, chartHeight = 220; // as in the page
constexpr int sharper = 3;

// A text document draws no SVG and knows no variables of CSS: charts become pictures, with their colours in them.
QString withPictures(QString page, QTextDocument &document)
{
    static const QRegularExpression chart(u"<svg.*?</svg>"_s, QRegularExpression::DotMatchesEverythingOption);
    constexpr std::pair<const char *, const char *> colours[] = {
        {"class=\"s0\"", "fill=\"#2f6fde\""},     {"class=\"s1\"", "fill=\"#e0912f\""},
        {"class=\"s2\"", "fill=\"#107c41\""},     {"class=\"s3\"", "fill=\"#b4009e\""},
        {"class=\"s4\"", "fill=\"#5aa9c9\""},     {"class=\"s5\"", "fill=\"#6a6f78\""},
        {"class=\"grid\"", "stroke=\"#dfe2e6\""}, {"class=\"axis\"", "font-size=\"11\" fill=\"#5c616a\""}};
    for (int n = 0;; ++n) {
        const QRegularExpressionMatch match = chart.match(page);
        if (!match.hasMatch())
            return page;
        QString drawn = match.captured();
        for (const auto &[name, colour] : colours)
            drawn.replace(QLatin1StringView(name), QLatin1StringView(colour));
        drawn.replace("<svg "_L1, "<svg xmlns=\"http://www.w3.org/2000/svg\" "_L1);
        QSvgRenderer renderer(drawn.toUtf8());
        QImage image(chartWidth * sharper, chartHeight * sharper, QImage::Format_ARGB32_Premultiplied);
        image.fill(Qt::white);
        QPainter painter(&image);
        renderer.render(&painter);
        painter.end();
        const QString name = u"chart%1"_s.arg(n);
        document.addResource(QTextDocument::ImageResource, QUrl(name), image);
        page.replace(match.capturedStart(), match.capturedLength(), u"<img src=\"%1\" width=\"620\">"_s.arg(name));
    }
}

} // namespace

Done writePdf(const QString &page, const QString &path)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return fail(Error::Kind::Storage, file.errorString(), path);
    QPdfWriter writer(&file);
    writer.setPageSize(QPageSize(QPageSize::A4));
    writer.setPageMargins(QMarginsF(16, 16, 16, 16), QPageLayout::Millimeter);
    writer.setCreator(u"Bobbin"_s);
    QTextDocument document;
    document.setHtml(withPictures(page, document));
    document.print(&writer);
    return file.commit() ? Done() : fail(Error::Kind::Storage, file.errorString(), path);
}

} // namespace bobbin::ui
