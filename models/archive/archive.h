// SPDX-License-Identifier: GPL-3.0-or-later
// The archive format, open and documented in README: JSON lines, compressed with zstd. One frame a thread or group of
// stores, so frames can be appended, and `zstdcat` prints the whole file. Each frame begins with a line of type
// "archive" (format, version, when, where from), then one line an object, exactly as the server sent it, with its id
// and those of what it belongs to (which version 1 left to the object itself), and ends with a line of type "end" that
// counts the lines before it and gives their SHA-256.
#pragma once

#include "models/domain/contentcount.h"
#include "models/store/reader.h"

#include <functional>

namespace bobbin {

struct ArchiveOrigin {
    QString provider, baseUrl;
    qint64 writtenMs = 0;
};

// In whose dialect it is written; `own`: the provider of the store at hand, which need not be asked for.
Result<const Provider *> providerOf(const ArchiveOrigin &origin, const Provider &own);

struct FileContent {
    QString id;
    QByteArray bytes;
    bool text = false; // as the server parsed it, not the file itself
    QString problem; // why it could not be read
};

// The lines of a frame, its end line included.
QByteArray threadLines(const ThreadContents &thread, const StoreContents &referred,
                       const std::vector<FileContent> &contents, const ArchiveOrigin &origin);
QByteArray storeLines(const StoreContents &stores, const std::vector<FileContent> &contents,
                      const ArchiveOrigin &origin);

struct FrameRef {
    qint64 offset = 0, length = 0;
    QString sha256; // of the compressed frame
};
QJsonObject toJson(const FrameRef &frame);
FrameRef frameFromJson(const QJsonObject &json);

QByteArray packFrame(const QByteArray &lines);
Result<QByteArray> unpackFrame(const QByteArray &frame); // checks the end line
Result<QByteArray> readFrame(const QString &path, const FrameRef &frame);

// An object as the server sent it, and whose it is.
struct ArchivedObject {
    QString type; // a word of the format
    QString id; // where the object itself may not say it
    Parent parent;
    QByteArray raw;
};
struct ArchivedFrame {
    ArchiveOrigin origin;
    QString id; // of its thread or first store
    std::vector<ArchivedObject> objects;
    qint64 contents = 0; // files whose content is in it

    [[nodiscard]] QByteArray thread() const; // empty: it holds none
    [[nodiscard]] QByteArrayList messages() const;
};
// None: of a newer format, or no object.
std::optional<Resource> resourceOf(const QString &type);
Result<ArchivedFrame> parseFrame(const QByteArray &lines);
Result<ArchivedFrame> readArchived(const QString &path, const FrameRef &frame);

// Reads part by part, also where somebody packed it anew; stops with the place of the first one that is not as it was
// written, or where `each` does.
Result<ContentCount> readArchive(const QString &path, const std::function<Done(const ArchivedFrame &)> &each);

} // namespace bobbin
