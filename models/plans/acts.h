// SPDX-License-Identifier: GPL-3.0-or-later
// Everything a step can do, each with its word in the journal. The rest of what is known of an act is in its handler,
// models/operations/acts/.
#pragma once

#include <QString>

#include <optional>

namespace bobbin {

#define BOBBIN_ACTS(ACT)                                                                                               \
    /* Nothing came since it was planned. body: last_active, messages, runs as planned */                              \
    ACT(CheckThread, "check_thread")                                                                                   \
    /* Into the operation's archive, verified. body: refresh: look for what is new first */                            \
    ACT(ArchiveThread, "archive_thread")                                                                               \
    /* body: a NewThread. Becomes what the target made */                                                              \
    ACT(CreateThread, "create_thread")                                                                                 \
    /* To object, or to what was made. body: message: a NewMessage; before: how many messages it follows; as_is: */    \
    /* or not at all, where the server refuses some of it */                                                           \
    ACT(AddMessage, "add_message")                                                                                     \
    /* From an archive. body: file, offset, length. Becomes what the target made */                                    \
    ACT(RestoreThread, "restore_thread")                                                                               \
    /* Those that did not fit into its creation. body: as above */                                                     \
    ACT(RestoreMessages, "restore_messages")                                                                           \
    /* What was made of object, a thread, to what was made: where it was restored without this store */                \
    ACT(PointRestored, "point_restored")                                                                               \
    /* Of a thread. body: set, remove. "{made}" stands for the id of what was made */                                  \
    ACT(EditMetadata, "edit_metadata")                                                                                 \
    /* body as CheckThread: looked at again where time has passed */                                                   \
    ACT(DeleteThread, "delete_thread")                                                                                 \
    /* object: run, parent: thread */                                                                                  \
    ACT(CancelRun, "cancel_run")                                                                                       \
    /* Until it ends */                                                                                                \
    ACT(FollowRun, "follow_run")                                                                                       \
    /* body: outputs: ToolOutputs */                                                                                   \
    ACT(SubmitToolOutputs, "submit_tool_outputs")                                                                      \
    /* To object, a thread, or to what was made. body: assistant, model: empty, it is its own. Its result: run */      \
    ACT(StartRun, "start_run")                                                                                         \
    /* body: path, name, bytes. Its result: file, which stands for "{file}" in the messages that follow */             \
    ACT(UploadFile, "upload_file")                                                                                     \
    /* body: stores: {id: [file ids]} */                                                                               \
    ACT(CheckStores, "check_stores")                                                                                   \
    /* With their file lists, and who points to them. body: stores, files, assistants, threads */                      \
    ACT(ArchiveStores, "archive_stores")                                                                               \
    /* body: a NewStore. Becomes what the target made */                                                               \
    ACT(CreateStore, "create_store")                                                                                   \
    /* To object, or to what was made. body: files: NewStoreFiles; may_be_gone */                                      \
    ACT(AddStoreFiles, "add_store_files")                                                                              \
    /* Until every file is indexed. body: files: how many there must be; failed: how many had before; may_fail */      \
    ACT(AwaitStore, "await_store")                                                                                     \
    /* body: from: [store ids], none: it has no store yet; to: store id, or empty for what was made */                 \
    ACT(RepointAssistant, "repoint_assistant")                                                                         \
    ACT(RepointThread, "repoint_thread")                                                                               \
    /* Nobody points to what is to be deleted. body: from, assistants, threads; spare: then it is spared */            \
    ACT(VerifyPointers, "verify_pointers")                                                                             \
    /* Looked around first: nobody may point to it. body: owners: the threads that used it */                          \
    ACT(DeleteStore, "delete_store")                                                                                   \
    ACT(DeleteFile, "delete_file")                                                                                     \
    /* The operation's mark, off what was made. body: resource; metadata: all of it; or as RestoreThread */            \
    ACT(TakeMarkOff, "take_mark_off")                                                                                  \
    /* From object, a store; the files themselves stay. body: files: [ids] */                                          \
    ACT(RemoveStoreFiles, "remove_store_files")

enum class Act : quint8 {
#define BOBBIN_ACT(name, word) name,
    BOBBIN_ACTS(BOBBIN_ACT)
#undef BOBBIN_ACT
};

// Words of the journal file; an unknown one answers none.
QString actWord(Act act);
std::optional<Act> actFromWord(const QString &word);

} // namespace bobbin
