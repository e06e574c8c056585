// SPDX-License-Identifier: GPL-3.0-or-later
// The archive format, open and documented in README: JSON lines, compressed with zstd. One frame a thread or group of
// stores, so frames can be appended, and `zstdcat` prints the whole file. Each frame begins with a line of type
// "archive" (format, version, when, where from), then one line an object, exactly as the server sent it, and ends with
// a line of type "end" that counts the lines before it and gives their SHA-256.
#pragma once

#include "models/store/reader.h"

#include <functional>

namespace bobbin {

struct ArchiveOrigin {
    QString provider, baseUrl;
    qint64 writtenMs = 0;
};

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

// What a frame holds of each kind, as the server sent it.
struct ArchivedFrame {
    ArchiveOrigin origin;
    QByteArray thread;
    QByteArrayList messages, runs, steps;
    std::vector<std::pair<QString, QByteArray>> others; // type, raw: assistant, file, vector_store, referred objects
    struct OneStoreFile {
        QString store;
        QByteArray raw;
    };
    std::vector<OneStoreFile> storeFiles;
    qint64 contents = 0; // files whose content is in it
};
Result<ArchivedFrame> parseFrame(const QByteArray &lines);
Result<ArchivedFrame> readArchived(const QString &path, const FrameRef &frame);

struct ArchiveCount {
    qint64 frames = 0, threads = 0, messages = 0, runs = 0, steps = 0, stores = 0, files = 0, contents = 0, bytes = 0;
};
// Reads part by part, also where somebody packed it anew; stops with the place of the first one that is not as it was
// written, or where `each` does.
Result<ArchiveCount> readArchive(const QString &path, const std::function<Done(const ArchivedFrame &)> &each);

} // namespace bobbin
