// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/archive/archivefile.h"

#include "models/core/privatefiles.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFileInfo>

#ifdef Q_OS_WIN
#include <io.h>
#else
#include <unistd.h>
#endif

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

// QFile::flush() stops at the system's cache; what is deleted next must be on the disk.
bool flushToDisk(QFile &file)
{
    if (!file.flush())
        return false;
#ifdef Q_OS_WIN
    return _commit(file.handle()) == 0;
#else
    return fsync(file.handle()) == 0;
#endif
}

// What follows the frames the journal knows can only be a frame that was cut short.
bool isLeftOver(QFile &file, qint64 keep)
{
    static const QByteArray magic = QByteArray::fromHex("28b52ffd");
    return file.seek(keep) && magic.startsWith(file.read(magic.size()));
}

} // namespace

ArchiveFile::ArchiveFile(const QString &path, qint64 keep)
    : m_file(path), m_worker(std::make_unique<Worker>(u"archive"_s))
{
    m_worker->run([this, keep] { return openAt(keep), true; });
}

ArchiveFile::~ArchiveFile()
{
    m_worker.reset(); // first: its tasks use the file
}

void ArchiveFile::openAt(qint64 keep)
{
    m_problem.reset();
    m_file.close();
    m_end = keep;
    const auto problem = [this](const QString &text) {
        m_problem = fail(Error::Kind::Storage, text, m_file.fileName()).value();
    };
    const Done folder = makePrivateFolder(QFileInfo(m_file).absolutePath());
    const Done made = folder ? makePrivateFile(m_file.fileName()) : folder;
    if (!made)
        problem(made.error().message);
    else if (!m_file.open(QIODevice::ReadWrite))
        problem(m_file.errorString());
    else if (m_file.size() < keep)
        problem(u"the archive is shorter than the journal says"_s);
    else if (!isLeftOver(m_file, keep))
        problem(u"this is not the file that was written: it was replaced since"_s);
    else if (!m_file.resize(keep))
        problem(m_file.errorString());
}

QFuture<Result<FrameRef>> ArchiveFile::append(Frame frame)
{
    Waiting waiting{std::move(frame), {}};
    waiting.promise.start();
    auto future = waiting.promise.future();
    const QMutexLocker lock(&m_lock);
    if (m_waiting.empty())
        m_worker->run([this] { return appendWaiting(), true; });
    m_waiting.push_back(std::move(waiting));
    return future;
}

void ArchiveFile::appendWaiting()
{
    std::vector<Waiting> all;
    {
        const QMutexLocker lock(&m_lock);
        all.swap(m_waiting);
    }
    if (m_problem)
        openAt(m_end); // there may be room by now
    const qint64 begin = m_end;
    QByteArrayList lines;
    std::vector<FrameRef> frames;
    for (const Waiting &one : all) {
        lines << one.frame();
        const QByteArray packed = packFrame(lines.back());
        const QByteArray hash = QCryptographicHash::hash(packed, QCryptographicHash::Sha256).toHex();
        frames.push_back({m_end, packed.size(), QString::fromLatin1(hash)});
        if (!m_problem && (packed.isEmpty() || !m_file.seek(m_end) || m_file.write(packed) != packed.size()))
            m_problem = fail(Error::Kind::Storage, m_file.errorString(), m_file.fileName()).value();
        m_end += packed.size();
    }
    if (!m_problem && !flushToDisk(m_file))
        m_problem = fail(Error::Kind::Storage, m_file.errorString(), m_file.fileName()).value();
    for (std::size_t i = 0; i < all.size() && !m_problem; ++i) {
        const auto back = readFrame(m_file.fileName(), frames[i]);
        if (!back)
            m_problem = back.error();
        else if (*back != lines[qsizetype(i)])
            m_problem =
                fail(Error::Kind::Storage, u"what was read back is not what was written"_s, m_file.fileName()).value();
    }
    if (m_problem) { // no half frame stays behind, whatever the person does next
        m_file.resize(begin);
        m_end = begin;
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i].promise.addResult(m_problem ? Result<FrameRef>(fail(*m_problem)) : Result<FrameRef>(frames[i]));
        all[i].promise.finish();
    }
}

} // namespace bobbin
