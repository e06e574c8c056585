// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/acts/handler.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ActText {
    Q_DECLARE_TR_FUNCTIONS(Acts)
};

constexpr qint64 clockSlackMs = 3'600'000; // the server's clock may be an hour off

OutcomeTask perform(Hands &hands, StepContext c)
{
    const QString path = c.step.body.value("path"_L1).toString();
    const QString name = c.step.body.value("name"_L1).toString();
    const QFileInfo file(path);
    if (!file.isFile() || !file.isReadable())
        co_return failed(Error::Kind::Input, ActText::tr("The file cannot be read."), path);
    if (file.size() != c.step.body.value("bytes"_L1).toInteger())
        co_return failed(Error::Kind::Input, ActText::tr("The file has changed since it was chosen."), path);
    auto sending = hands.send(change::UploadFile{path, name});
    const Result<QByteArray> answer = co_await sending;
    if (!answer)
        co_return failed(answer.error());
    const Result<Objects> made = hands.provider().readItem(Resource::Files, {}, *answer);
    if (!made || made->files.empty())
        co_return failed(made ? fail(Error::Kind::Decode, u"the answer has no file"_s, name).value() : made.error());
    auto storing = hands.put(*made);
    std::ignore = co_await storing;
    co_return finished({{u"file"_s, made->files.front().id}});
}

// Files carry no mark: one of this name and size that came since, and that was not known, is taken for it.
OutcomeTask happened(Hands &hands, StepContext c)
{
    const auto name = c.step.body.value("name"_L1).toString();
    const auto query = [name, bytes = c.step.body.value("bytes"_L1).toInteger()](Reader &reader) {
        return reader.filesLike(name, bytes);
    };
    auto asking = hands.store.read(query);
    const auto known = co_await asking;
    if (!known)
        co_return failed(known.error());
    QString id;
    const auto look = [&](const Page &page) {
        for (const File &one : page.objects.files)
            if (one.name == name && std::ranges::find(*known, one.id, &Reader::KnownFile::id) == known->end() &&
                one.bytes == c.step.body.value("bytes"_L1).toInteger() && one.createdAt && c.sentAt &&
                *one.createdAt >= *c.sentAt - clockSlackMs)
                id = one.id;
        return id.isEmpty();
    };
    auto reading = hands.eachPage(ListRef{Resource::Files}, look);
    const Done done = co_await reading;
    if (!done)
        co_return failed(done.error());
    co_return id.isEmpty() ? notDone() : finished({{u"file"_s, id}});
}

QString detail(const Step &step)
{
    return step.body.value("name"_L1).toString();
}

} // namespace

const Handler acts::UploadFile{
    .act = Act::UploadFile,
    .text = QT_TRANSLATE_NOOP("Acts", "upload file"),
    .perform = perform,
    .changes = true,
    .once = true,
    .happened = happened,
    .detail = detail,
};

} // namespace bobbin
