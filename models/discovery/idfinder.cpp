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

struct Shape {
    IdKind kind;
    QStringView body;
};
constexpr Shape shapes[] = {
    {IdKind::Thread, u"thread_(?:[A-Za-z0-9]{24}|[a-z2-7]{32}|[0-9a-f]{32,64})"},
    {IdKind::Assistant, u"asst_(?:[A-Za-z0-9]{24}|[a-z2-7]{32})"},
    {IdKind::Run, u"run_(?:[A-Za-z0-9]{24}|[a-z2-7]{32})"},
    {IdKind::Step, u"step_[A-Za-z0-9]{24}"},
    // msg_01 with 22 more is another provider's
    {IdKind::Message, u"(?!msg_01[A-Za-z0-9]{22}(?![A-Za-z0-9]))msg_(?:[A-Za-z0-9]{24}|[0-9a-f]{48,52}|[a-z2-7]{32})"},
    {IdKind::VectorStore, u"vs_(?:[0-9a-f]{32}|[A-Za-z0-9]{24})"},
    {IdKind::File, u"(?:file-[A-Za-z0-9]{20,26}|file_[0-9a-f]{24,40}|assistant-[A-Za-z0-9]{20,26})"},
};

class Finder {
public:
    Finder()
    {
        QString all;
        for (const Shape &shape : shapes)
            all += (all.isEmpty() ? u"("_s : u"|("_s) + shape.body.toString() + u")"_s;
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
            for (std::size_t i = 0; i < std::size(shapes); ++i)
                if (match.capturedStart(int(i) + 1) >= 0)
                    found.byKind[shapes[i].kind] << id;
        }
        for (auto it = m_secrets.globalMatch(text); it.hasNext();)
            found.secrets += it.next().capturedStart() < upTo ? 1 : 0;
    }

private:
    QRegularExpression m_ids, m_secrets;
    QSet<QString> m_seen;
};

} // namespace

FoundIds findIds(QByteArrayView text)
{
    FoundIds found;
    const QString latin = QString::fromLatin1(text);
    Finder().scan(latin, latin.size(), found);
    return found;
}

Result<FoundIds> findIdsInFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(Error::Kind::Input, u"The file cannot be read: %1"_s.arg(file.errorString()), path);
    FoundIds found;
    Finder finder;
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
