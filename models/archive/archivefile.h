// SPDX-License-Identifier: GPL-3.0-or-later
// The archive of one operation while it is written: frames are appended on a thread of its own, those that wait
// together share one flush to disk, and each is read back and checked before its future answers.
#pragma once

#include "models/archive/archive.h"
#include "models/store/worker.h"

#include <QFile>

namespace bobbin {

class ArchiveFile {
public:
    // `keep`: bytes the journal knows of; what a crash left behind them is cut off.
    ArchiveFile(const QString &path, qint64 keep);
    ~ArchiveFile();
    ArchiveFile(const ArchiveFile &) = delete;
    ArchiveFile &operator=(const ArchiveFile &) = delete;

    using Frame = std::function<QByteArray()>; // makes the lines, on the file's thread
    QFuture<Result<FrameRef>> append(Frame frame); // after a failure the next one tries the file again

private:
    struct Waiting {
        Frame frame;
        QPromise<Result<FrameRef>> promise;
    };
    QFile m_file;
    qint64 m_end = 0;
    std::optional<Error> m_problem;
    QMutex m_lock;
    std::vector<Waiting> m_waiting;
    std::unique_ptr<Worker> m_worker;

    void openAt(qint64 keep);
    void appendWaiting();
};

} // namespace bobbin
