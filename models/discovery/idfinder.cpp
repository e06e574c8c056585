// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/discovery/idfinder.h"

#include <QFile>
#include <QRegularExpression>
#include <QSet>
#include <QStringDecoder>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 pieceSize = 1 << 20;
constexpr qsizetype overlap = 160; // longer than any id with its borders

class Finder {
public:
    explicit Finder(const IdShapes &shapes) : m_shapes(shapes)
    {
        QString all;
        for (const IdShape &shape : shapes)
            all += (all.isEmpty() ? u"("_s : u"|("_s) + shape.pattern.toString() + u")"_s;
        m_ids.setPattern(u"(?<![A-Za-z0-9_-])(?:"_s + all + u")(?![A-Za-z0-9_-])"_s);
        m_secrets.setPattern(u"(?<![A-Za-z0-9_-])(?:sk-(?:proj-|admin-|svcacct-)?[A-Za-z0-9_-]{20,}|"
                             "eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}\\.)"_s);
    }

    // `upTo`: matches that start behind it belong to the next piece.
    void scan(const QString &text, qsizetype upTo, FoundIds &found)
    {
        for (auto it = m_ids.globalMatch(text); it.hasNext();) {
            const QRegularExpressionMatch match = it.next();
            if (match.capturedStart() >= upTo)
                break;
            const QString id = match.captured(0);
            if (m_seen.contains(id))
                continue;
            m_seen.insert(id);
            for (std::size_t i = 0; i < m_shapes.size(); ++i)
                if (match.capturedStart(int(i) + 1) >= 0)
                    found.byKind[m_shapes[i].resource] << id;
        }
        for (auto it = m_secrets.globalMatch(text); it.hasNext();)
            found.secrets += it.next().capturedStart() < upTo ? 1 : 0;
    }

private:
    IdShapes m_shapes;
    QRegularExpression m_ids, m_secrets;
    QSet<QString> m_seen;
};

} // namespace

FoundIds findIds(QByteArrayView text, const IdShapes &shapes)
{
    FoundIds found;
    const QString latin = QString::fromLatin1(text);
    Finder(shapes).scan(latin, latin.size(), found);
    return found;
}

Result<FoundIds> findIdsInFile(const QString &path, const IdShapes &shapes)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(Error::Kind::Input, u"The file cannot be read: %1"_s.arg(file.errorString()), path);
    FoundIds found;
    Finder finder(shapes);
    QStringDecoder decoder(QStringConverter::Latin1);
    const QByteArray mark = file.peek(2);
    if (mark == "\xff\xfe" || mark == "\xfe\xff")
        decoder = QStringDecoder(QStringConverter::Utf16);
    QString rest;
    while (true) {
        const QByteArray bytes = file.read(pieceSize);
        if (bytes.isEmpty() && file.error() != QFileDevice::NoError)
            return fail(Error::Kind::Input, u"The file cannot be read to its end: %1"_s.arg(file.errorString()), path);
        const bool last = bytes.isEmpty();
        const QString piece = rest + QString(decoder(bytes));
        const qsizetype upTo = last ? piece.size() : std::max<qsizetype>(0, piece.size() - overlap);
        // One character before the cut stays, so that the border rule sees it.
        finder.scan(piece, upTo, found);
        if (last)
            return found;
        rest = piece.mid(std::max<qsizetype>(0, upTo - 1));
    }
}

} // namespace bobbin
