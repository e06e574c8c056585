// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/domain/change.h"

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

QStringList pieces(const QString &text, qsizetype most)
{
    QStringList all;
    qsizetype at = 0;
    while (text.size() - at > most) {
        qsizetype end = at + most;
        for (const QChar mark : {u'\n', u' '})
            if (const qsizetype cut = text.lastIndexOf(mark, end - 1); cut > at + most / 2) {
                end = cut + 1;
                break;
            }
        if (text[end - 1].isHighSurrogate())
            --end;
        all << text.mid(at, end - at);
        at = end;
    }
    all << text.mid(at);
    return all;
}

std::vector<NewMessage> textMessages(const QString &role, const QString &text, qsizetype mostCharacters)
{
    std::vector<NewMessage> messages;
    for (const QString &piece : pieces(text, mostCharacters))
        if (!piece.trimmed().isEmpty())
            messages.push_back({role, {{NewPart::Kind::Text, piece, {}}}, {}, {}});
    return messages;
}

QString NewMessage::text() const
{
    QStringList lines;
    for (const NewPart &part : parts)
        if (part.kind == NewPart::Kind::Text)
            lines << part.text;
    return lines.join(u'\n');
}

qsizetype NewMessage::characters() const
{
    qsizetype sum = 0;
    for (const NewPart &part : parts)
        sum += part.kind == NewPart::Kind::Text ? part.text.size() : 0;
    return sum;
}

QStringList NewMessage::files() const
{
    QStringList files;
    for (const Attachment &attachment : attachments)
        files << attachment.fileId;
    for (const NewPart &part : parts)
        if (part.kind == NewPart::Kind::ImageFile)
            files << part.text;
    files.removeAll(QString());
    files.removeDuplicates();
    return files;
}

NewMessage NewMessage::without(const QStringList &gone) const
{
    NewMessage left = *this;
    std::erase_if(left.attachments,
                  [&](const Attachment &a) { return !a.fileId.isEmpty() && gone.contains(a.fileId); });
    for (NewPart &part : left.parts)
        if (part.kind == NewPart::Kind::ImageFile && gone.contains(part.text))
            part = {NewPart::Kind::Text, u"[picture %1 is gone]"_s.arg(part.text), {}};
    return left;
}

NewMessage NewMessage::textOnly() const
{
    const QString all = text();
    return {role, {{NewPart::Kind::Text, all.trimmed().isEmpty() ? u"[no text]"_s : all, {}}}, {}, {}};
}

} // namespace bobbin
