// SPDX-License-Identifier: GPL-3.0-or-later
// Carries out what the journal has: the only code that changes the server's objects. Each step is journaled before it
// is sent and after it is answered. A step of unknown outcome (a crash, a lost answer) is looked up by reading before
// anything is sent again. Lives on the network thread.
#pragma once

#include "models/archive/archivefile.h"
#include "models/operations/control.h"
#include "models/plans/neutraljson.h"
#include "models/sync/syncservice.h"

#include <deque>

namespace bobbin {

struct ExecutorTimes {
    std::chrono::milliseconds firstPoll{500}, longestPoll{5'000};
    // With a run that does not leave "cancelling", a store whose indexing does not move.
    std::chrono::milliseconds patience{180'000};
    std::chrono::milliseconds firstRetry{1'000}, longestRetry{30'000};
};

class Executor : public QObject {
    Q_OBJECT
public:
    Executor(ApiClient &client, Store &store, SyncService &sync, QObject *parent = nullptr);

    // From where it stands to its end, or to where it is cancelled.
    QCoro::Task<Done> run(qint64 operation, std::shared_ptr<Control> control);
    // Finds out what became of steps whose outcome is unknown, changes nothing: before an operation is taken back.
    QCoro::Task<Done> lookUp(qint64 operation);
    void stop(); // everything ends where it is, as after a crash: the next start goes on
    void setTimes(const ExecutorTimes &times) { m_times = times; }
    void setLanes(int lanes) { m_lanes = lanes; }

    // For tests that end the program at every one of these moments.
    std::function<void(const char *moment)> onMoment;
    void moment(const char *name) const
    {
        if (onMoment)
            onMoment(name);
    }

Q_SIGNALS:
    void progressed(const bobbin::OperationProgress &progress);

private:
    ApiClient &m_client;
    Store &m_store;
    SyncService &m_sync;
    Cancel m_stop = makeCancel();
    ExecutorTimes m_times;
    struct Around {
        QPromise<Done> promise;
        QFuture<Done> done;
        bool files = false;
    };
    std::shared_ptr<Around> m_around; // the look that is to begin
    bool m_lookingAround = false;
    int m_lanes = 16; // they wait for the server in turn, and share flushes of the journal

    struct Job {
        DoneOperation operation;
        std::shared_ptr<Control> control;
        std::deque<DoneTarget> queue;
        OperationProgress progress;
        qint64 startedMs = 0, settledBefore = 0;
        QString archivePath;
        std::unique_ptr<ArchiveFile> archive;
        qint64 archived = 0; // bytes of the archive the journal knows of
        bool resumed = false; // some of it was begun before
        bool halted = false; // one lane asks; the others wait with it
        QHash<qint64, OperationProgress::Waits> underWay; // by target
        QSet<QString> unreadable; // purposes of files whose contents the server does not give out
    };
    using JobPtr = std::shared_ptr<Job>;

    // What a step came to.
    struct Outcome {
        enum class Kind { Finished, NotDone, Skip, Failed };
        Kind kind = Kind::Finished;
        QJsonObject result = {};
        QString note = {}; // for a person: why it was skipped, what is remarkable
        std::optional<Error> error = {};
    };
    static Outcome finished(QJsonObject result = {}, QString note = {});
    static Outcome skip(QString why);
    static Outcome failed(Error error);

    // What a step is done with.
    struct Context {
        JobPtr run;
        const DoneTarget *target = nullptr;
        Step step;
        int place = 0;
        QString made;
        bool again = false; // it was sent before, or had to wait
        OptTime sentAt;
        QJsonObject archived; // where the archive has the target
        bool archiveSeen = false; // read back in this run
        QString marker; // in the metadata of what it creates
    };
    using Answer = QCoro::Task<Outcome>;

    QCoro::Task<> lane(JobPtr run, int phase);
    QCoro::Task<> carryOut(JobPtr run, DoneTarget target);
    QCoro::Task<bool> mayGoOn(JobPtr run, bool begun);
    QCoro::Task<bool> ask(JobPtr run, Error error); // false: leave
    QCoro::Task<bool> waitOut(JobPtr run, qint64 target, Error error, int tries);
    static void says(const Context &c, const QString &next); // of a step that waits
    QCoro::Task<bool> noted(JobPtr run, JournalEntry entry);
    QCoro::Task<> leave(JobPtr run, DoneTarget target, std::vector<StepRecord> steps, TargetRecord outcome);
    // Not at all where something changed since `seen`.
    QCoro::Task<> waitFor(JobPtr run, int seen, std::chrono::milliseconds time);
    QCoro::Task<Done> journal(JournalEntry entry);
    QCoro::Task<Done> load(JobPtr run);
    void tell(const JobPtr &run);
    [[nodiscard]] std::optional<OperationProgress::Waits> longestWait(const Job &run) const;
    void settled(const JobPtr &run, TargetState state);

    QCoro::Task<Result<QByteArray>> send(Change change);
    QCoro::Task<Result<QByteArray>> sendNow(Change change); // RateLimited where it would have to wait
    // An edit; the answer is the object as it is now, which goes into the store.
    QCoro::Task<Done> edit(Resource resource, Change change);
    QCoro::Task<Result<QByteArray>> sendRequest(Request request);
    // Page by page, while `use` says so and there are more.
    QCoro::Task<Done> eachPage(ListRef ref, std::function<bool(const Page &)> use);
    QCoro::Task<Result<Objects>> get(Resource resource, QString id, QString thread = {});
    QCoro::Task<Done> put(Objects objects);
    QCoro::Task<Done> setGone(Resource resource, QString id);

    Answer perform(Context c);
    Answer recover(Context c); // Finished, or NotDone: it may be sent (again)
    Answer happened(Context c); // what reading tells of any step that was sent: Finished, or NotDone

    // threadsteps.cpp
    Answer checkThread(Context c);
    Answer goneMeanwhile(QString thread);
    Answer archiveThread(Context c);
    Answer createThread(Context c, NewThread thread);
    Answer restoreThread(Context c);
    Answer pointRestored(Context c);
    QCoro::Task<Result<QStringList>> goneOf(Resource resource, QStringList ids);
    // Sends a message; what the server refuses of it is left out, which the note says.
    QCoro::Task<Result<QString>> addTolerantly(QString thread, NewMessage message);
    // Files of its messages that are gone are left out, which the note says.
    Answer createTolerantly(Context c, NewThread thread);
    Answer takeMarkOff(Context c);
    [[nodiscard]] Result<Metadata> archivedMetadata(const Context &c) const; // of the thread that is restored
    Answer restoreMessages(Context c);
    Answer addMessage(Context c);
    Answer editMetadata(Context c);
    Answer deleteThread(Context c);
    struct Standing; // a thread as the store has it
    struct Compared; // how the server has it beside that
    QCoro::Task<Result<Standing>> standing(QString thread);
    [[nodiscard]] QString digestOf(const Standing &stored) const;
    QCoro::Task<Result<Compared>> compare(QString thread, Standing stored);
    QCoro::Task<Done> keepLook(ThreadLook look); // in the store
    [[nodiscard]] QString keptSince(const Context &c, const Standing &stored, const Thread &now) const;
    Answer archiveAgain(Context c);
    Answer cancelRun(Context c);
    Answer followRun(Context c);
    Answer submitToolOutputs(Context c);
    QCoro::Task<Result<qint64>> countMessages(QString thread);
    QCoro::Task<Result<std::vector<FileContent>>> fileContents(JobPtr run, StoreContents referred);
    QCoro::Task<Done> archiveHolds(Context c); // before anything is deleted
    QCoro::Task<Result<ThreadContents>> contentsOf(QString threadId);

    // storesteps.cpp
    Answer checkStores(Context c);
    Answer archiveStores(Context c);
    Answer createStore(Context c);
    Answer addStoreFiles(Context c);
    Answer awaitStore(Context c);
    static QString targetStore(const Context &c); // that pointers are moved to
    QCoro::Task<Result<QStringList>> filesIn(QString store);

    // pointersteps.cpp
    Answer repoint(Context c);
    QCoro::Task<Done> editResources(Resource resource, QString id, ToolResources resources);
    Answer verifyPointers(Context c);
    Answer deleteOwned(Context c);
    // A look around that begins now or later; those who ask while one is under way share the next.
    QCoro::Task<Done> lookAround(bool files);
    QCoro::Task<> lookAroundNext();
    Answer removeStoreFiles(Context c);
    Answer keepFor(Context c, QString user); // spared, or failed

    // markers.cpp: what was created is found again by the mark in its metadata
    Answer findMade(Context c, Resource resource);
    // Metadata of what is created: where it is full, its last pair makes room, and comes back with TakeMarkOff.
    [[nodiscard]] Metadata marked(Metadata metadata, const QString &marker) const;
    QCoro::Task<Result<QJsonObject>> appended(JobPtr run, ArchiveFile::Frame frame);
    [[nodiscard]] ArchiveOrigin origin() const;
};

} // namespace bobbin
