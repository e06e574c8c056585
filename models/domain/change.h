// SPDX-License-Identifier: GPL-3.0-or-later
// What can be changed on a server, in nobody's dialect: a provider writes the request for it, or refuses it with a
// sentence. Plans and the journal hold these same forms.
#pragma once

#include "models/domain/content.h"

#include <variant>

namespace bobbin {

struct NewPart {
    enum class Kind { Text, ImageFile, ImageUrl };
    Kind kind = Kind::Text;
    QString text; // the text, the file's id, or the URL
    QString detail; // of a picture: "low", "high"; empty: not said
    bool operator==(const NewPart &) const = default;
};

struct Attachment {
    QString fileId;
    QStringList tools; // that may use it
    QJsonObject source = {}; // instead of a file: where it lies, in the provider's own terms
    bool operator==(const Attachment &) const = default;
};

struct NewMessage {
    QString role;
    std::vector<NewPart> parts;
    std::vector<Attachment> attachments;
    Metadata metadata;
    QJsonObject original = {}; // instead of the parts: one that was read, in the provider's own terms
    bool operator==(const NewMessage &) const = default;

    [[nodiscard]] QString text() const; // of its parts, a line each
    [[nodiscard]] qsizetype characters() const;
    [[nodiscard]] QStringList files() const; // attached or pictured
    // What was attached is left out, a picture becomes a line that says so.
    [[nodiscard]] NewMessage without(const QStringList &gone) const;
    [[nodiscard]] NewMessage textOnly() const; // the least a server can be asked to take
};

// What a message that was read is made of when it is sent again: several where it is longer than one may be.
struct MessageAgain {
    std::vector<NewMessage> messages; // none: nothing in it could be sent
    QString refusedRole; // it had this role, which nobody can send; they have the user's
};

// Parts of at most `most` characters, cut at a line or a word where there is one, never inside a surrogate pair.
QStringList pieces(const QString &text, qsizetype most);
// A text as messages of one role.
std::vector<NewMessage> textMessages(const QString &role, const QString &text, qsizetype mostCharacters);

struct NewThread {
    std::vector<NewMessage> messages;
    ToolResources resources;
    Metadata metadata;
    bool operator==(const NewThread &) const = default;
};

struct NewStore {
    QString name;
    Metadata metadata;
    std::optional<Expiry> expires;
    bool operator==(const NewStore &) const = default;
};

struct NewStoreFile {
    QString fileId;
    QJsonObject options; // how it is described and cut, in the provider's own terms
    bool operator==(const NewStoreFile &) const = default;
};

struct ToolOutput {
    QString callId, output;
    bool operator==(const ToolOutput &) const = default;
};

namespace change {

struct CreateThread {
    NewThread thread;
};
struct AddMessage {
    QString thread;
    NewMessage message;
};
struct EditThread { // only what is given
    QString thread;
    std::optional<Metadata> metadata; // all of it
    std::optional<ToolResources> resources;
    QStringList removed = {}; // keys that are no longer in the metadata, for servers that merge them
};
struct DeleteThread {
    QString thread;
};
struct CancelRun {
    QString thread, run;
};
struct SubmitToolOutputs {
    QString thread, run;
    std::vector<ToolOutput> outputs;
};
struct StartRun {
    QString thread, assistant;
    QString model = {}; // empty: the assistant's own
    Metadata metadata = {};
};
struct EditAssistant {
    QString assistant;
    ToolResources resources;
};
struct CreateStore {
    NewStore store;
};
struct EditStore {
    QString store;
    Metadata metadata;
};
struct AddStoreFiles { // together
    QString store;
    std::vector<NewStoreFile> files;
};
struct AddStoreFile {
    QString store;
    NewStoreFile file;
};
struct RemoveStoreFile { // the file itself stays
    QString store, file;
};
struct DeleteStore {
    QString store;
};
struct DeleteFile {
    QString file;
};
struct UploadFile { // for assistants to work with
    QString path; // on this computer
    QString name;
};
struct Complete { // ask a model: changes nothing, but costs
    QString model, instruction, text;
};

} // namespace change

using Change =
    std::variant<change::CreateThread, change::AddMessage, change::EditThread, change::DeleteThread, change::CancelRun,
                 change::SubmitToolOutputs, change::StartRun, change::EditAssistant, change::CreateStore,
                 change::EditStore, change::AddStoreFiles, change::AddStoreFile, change::RemoveStoreFile,
                 change::DeleteStore, change::DeleteFile, change::UploadFile, change::Complete>;

// What a model answered.
struct Completion {
    QString text, model;
    std::optional<Usage> usage;
};

} // namespace bobbin
