// SPDX-License-Identifier: GPL-3.0-or-later
// All that is known of an act, in one place each: its words, whether it changes the server, how it is performed, how
// to find out what became of it, how it is taken back. A new act is a file of its own and a line in plans/acts.h.
#pragma once

#include "models/operations/acts/acttext.h"
#include "models/operations/hands.h"
#include "models/operations/undodraft.h"
#include "models/plans/neutraljson.h"

#include <QCoroFuture>

namespace bobbin {

// What a step came to.
struct Outcome {
    enum class Kind { Finished, NotDone, Skip, Failed };
    Kind kind = Kind::Finished;
    QJsonObject result = {};
    QString note = {}; // for a person: why it was skipped, what is remarkable
    std::optional<Error> error = {};
};
using OutcomeTask = QCoro::Task<Outcome>;

Outcome finished(QJsonObject result = {}, QString note = {});
Outcome notDone(); // it may be sent (again)
Outcome skip(QString why);
Outcome failed(Error error);
Outcome failed(Error::Kind kind, const QString &message, const QString &place);

// What a step is done with.
struct StepContext {
    JobPtr job;
    const DoneTarget *target = nullptr;
    Step step;
    int place = 0;
    QString made;
    QString uploaded; // id of the file that was
    bool again = false; // it was sent before, or had to wait
    OptTime sentAt;
    QJsonObject archived; // where the archive has the target
    bool archiveSeen = false; // read back in this run of the program
    QString marker; // in the metadata of what it creates

    [[nodiscard]] QString objectOrMade() const { return step.object.isEmpty() ? made : step.object; }
    void says(const QString &next) const { job->underWay[target->key].next = next; } // while it waits
};

QString objectOf(const Step &step);
QString filesText(qint64 files);

struct Handler {
    Act act;
    const char *text; // for a person: "delete thread"; of the context "Acts"
    OutcomeTask (*perform)(Hands &hands, StepContext c);
    bool changes = false; // the server; else it may be repeated at will
    enum class Again { Never, UntilChanged, Always };
    Again again = Again::Never; // where an operation goes on, of what was done before: a look grows old
    bool archives = false; // its result says where the archive has the target
    bool once = false; // done twice it would be there twice: looked up before it is sent again
    // What reading tells of it once it was sent: Finished, or NotDone. None: it ends the same however often it is sent.
    OutcomeTask (*happened)(Hands &hands, StepContext c) = nullptr;
    void (*undo)(UndoDraft &draft,
                 const DoneStep &step) = nullptr; // of a step that is done; none: nothing to take back
    bool undoesUnsure = false; // also of a step whose outcome is not known
    QString (*detail)(const Step &step) = objectOf; // and what: an id, "3 files"
};

namespace acts {
#define BOBBIN_ACT(name, word) extern const Handler name;
BOBBIN_ACTS(BOBBIN_ACT)
#undef BOBBIN_ACT
} // namespace acts

const Handler &handlerOf(Act act);

} // namespace bobbin
