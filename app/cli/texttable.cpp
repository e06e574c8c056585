// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/texttable.h"

#include "models/core/format.h"

#include <QBuffer>
#include <QJsonDocument>
#include <cerrno>

#ifdef Q_OS_WIN
#include <io.h>
#else
#include <unistd.h>
#endif

namespace bobbin::cli {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int widest = 60; // of a text column

// Columns a terminal needs: East Asian wide characters take two.
int width(const QString &text)
{
    int columns = 0;
    for (const uint c : text.toUcs4()) {
        if (QChar::isMark(c) || QChar::category(c) == QChar::Other_Format)
            continue;
        const bool wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
            (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) ||
            (c >= 0xFF00 && c <= 0xFF60) || (c >= 0x1F300 && c <= 0x1FAFF);
        columns += wide ? 2 : 1;
    }
    return columns;
}

// One line, as wide as a column may be.
QString plain(QString text)
{
    text = format::visible(text.replace(u'\n', u' ').replace(u'\t', u' '));
    while (width(text) > widest) {
        text.chop(text.size() > 1 && text[text.size() - 1].isLowSurrogate() ? 2 : 1);
        if (width(text) < widest) {
            text += u'…';
            break;
        }
    }
    return text;
}

} // namespace

void print(const QString &line)
{
    std::fprintf(stdout, "%s\n", format::visible(line).toUtf8().constData());
}
void complain(const QString &line)
{
    std::fprintf(stderr, "bobbin-cli: %s\n", format::visible(line).toUtf8().constData());
}

bool written()
{
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0)
        return true;
    complain(u"the output could not be written: "_s + qt_error_string(errno));
    return false;
}

void printJson(const QJsonObject &object)
{
    std::fputs(QJsonDocument(object).toJson(QJsonDocument::Indented).constData(), stdout);
}

Output::Output(Form form, std::vector<Head> heads) : m_form(form), m_heads(std::move(heads))
{
}

void Output::add(std::vector<Cell> cells)
{
    m_rows.push_back(std::move(cells));
}

void Output::finish()
{
    if (m_form == Form::Text) {
        writeText();
        return;
    }
    QBuffer out; // and then through the one stream whose errors written() tells
    out.open(QIODevice::WriteOnly);
    QStringList keys;
    for (const Head &head : m_heads)
        keys << head.key;
    RowWriter writer(out, m_form == Form::Csv ? ExportFormat::Csv : ExportFormat::Json, keys, false);
    for (const std::vector<Cell> &row : m_rows) {
        QVariantList values;
        for (const Cell &cell : row)
            values << cell.value;
        writer.add(values);
    }
    std::ignore = writer.finish();
    std::fwrite(out.data().constData(), 1, std::size_t(out.data().size()), stdout);
}

QJsonArray Output::toJson() const
{
    QJsonArray rows;
    for (const std::vector<Cell> &row : m_rows) {
        QJsonObject object;
        for (std::size_t i = 0; i < row.size(); ++i)
            object.insert(m_heads[i].key, QJsonValue::fromVariant(row[i].value));
        rows << object;
    }
    return rows;
}

void Output::writeText()
{
    std::vector<int> widths;
    widths.reserve(m_heads.size());
    for (const Head &head : m_heads)
        widths.push_back(width(head.title));
    for (std::vector<Cell> &row : m_rows)
        for (std::size_t i = 0; i < row.size(); ++i) {
            row[i].text = plain(row[i].text);
            widths[i] = std::max(widths[i], width(row[i].text));
        }
    const auto line = [&](auto cellText) {
        QString text;
        for (std::size_t i = 0; i < m_heads.size(); ++i) {
            const QString cell = cellText(i);
            const QString gap(widths[i] - width(cell), u' ');
            text += (i ? u"  "_s : QString()) + (m_heads[i].number ? gap + cell : cell + gap);
        }
        while (text.endsWith(u' '))
            text.chop(1);
        print(text);
    };
    line([&](std::size_t i) { return m_heads[i].title; });
    for (const std::vector<Cell> &row : m_rows)
        line([&](std::size_t i) { return row[i].text; });
}

Cell number(std::optional<qint64> n)
{
    return n ? Cell{format::count(*n), *n} : Cell{u"–"_s, {}};
}

bool isTerminal(FILE *stream)
{
#ifdef Q_OS_WIN
    return _isatty(_fileno(stream)) != 0;
#else
    return isatty(fileno(stream)) != 0;
#endif
}

} // namespace bobbin::cli
