// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/core/errortext.h"

#include "models/core/format.h"

#include <QCoreApplication>
#include <QStringList>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Words {
    Error::Kind kind;
    const char *what;
    const char *remedy;
};

constexpr Words table[] = {
    {Error::Kind::Network, QT_TRANSLATE_NOOP("ErrorText", "The server could not be reached."),
     QT_TRANSLATE_NOOP("ErrorText", "Check the base URL, the network and whether the server is running.")},
    {Error::Kind::Timeout, QT_TRANSLATE_NOOP("ErrorText", "The server did not answer in time."),
     QT_TRANSLATE_NOOP("ErrorText", "Try again; if it stays so, the server is overloaded or hangs.")},
    {Error::Kind::Tls, QT_TRANSLATE_NOOP("ErrorText", "No secure connection could be made."),
     QT_TRANSLATE_NOOP("ErrorText", "Check the server's certificate and this computer's clock.")},
    {Error::Kind::Unauthorized, QT_TRANSLATE_NOOP("ErrorText", "The server does not accept the key."),
     QT_TRANSLATE_NOOP("ErrorText", "Enter a valid key for this connection.")},
    {Error::Kind::Forbidden, QT_TRANSLATE_NOOP("ErrorText", "The key lacks a permission for this."),
     QT_TRANSLATE_NOOP("ErrorText", "Ask for the permission, or use a key of the project that owns the objects.")},
    {Error::Kind::NotFound, QT_TRANSLATE_NOOP("ErrorText", "The server does not know this."),
     QT_TRANSLATE_NOOP("ErrorText", "It may be deleted, belong to another project, or the base URL has a wrong path.")},
    {Error::Kind::Conflict, QT_TRANSLATE_NOOP("ErrorText", "The object is busy or in another state."),
     QT_TRANSLATE_NOOP("ErrorText", "Wait until its active run ends, or cancel that run.")},
    {Error::Kind::RateLimited, QT_TRANSLATE_NOOP("ErrorText", "The server asks for fewer requests."),
     QT_TRANSLATE_NOOP("ErrorText", "Wait a moment, then try again.")},
    {Error::Kind::Quota, QT_TRANSLATE_NOOP("ErrorText", "The account's quota or spend limit is used up."),
     QT_TRANSLATE_NOOP("ErrorText", "Trying again will not help: raise the limit or add credit with the provider.")},
    {Error::Kind::Rejected, QT_TRANSLATE_NOOP("ErrorText", "The server refused the request."), ""},
    {Error::Kind::Redirected, QT_TRANSLATE_NOOP("ErrorText", "The server points to another host."),
     QT_TRANSLATE_NOOP("ErrorText", "The key was not sent there. If the new host is right, enter it as the base URL.")},
    {Error::Kind::Server, QT_TRANSLATE_NOOP("ErrorText", "The server failed."),
     QT_TRANSLATE_NOOP("ErrorText", "Try again later; give the provider the request id from the details.")},
    {Error::Kind::Decode, QT_TRANSLATE_NOOP("ErrorText", "The server's answer cannot be read."),
     QT_TRANSLATE_NOOP("ErrorText", "Everything read before is kept; try again.")},
    {Error::Kind::NotThisProtocol,
     QT_TRANSLATE_NOOP("ErrorText", "What answers there does not speak this connection's protocol."),
     QT_TRANSLATE_NOOP("ErrorText", "Check the base URL, and which provider the connection is for.")},
    {Error::Kind::NotSupported, QT_TRANSLATE_NOOP("ErrorText", "This server cannot do that."), ""},
    {Error::Kind::SwitchedOff, QT_TRANSLATE_NOOP("ErrorText", "The provider has switched this service off."), ""},
    {Error::Kind::Storage, QT_TRANSLATE_NOOP("ErrorText", "The local store cannot be used."),
     QT_TRANSLATE_NOOP("ErrorText", "Check free space and permissions of the folder named here.")},
    {Error::Kind::Secrets, QT_TRANSLATE_NOOP("ErrorText", "The keychain cannot be used."),
     QT_TRANSLATE_NOOP("ErrorText", "Unlock or install it, or keep the key until you quit.")},
    {Error::Kind::Archive, QT_TRANSLATE_NOOP("ErrorText", "The archive cannot be read."),
     QT_TRANSLATE_NOOP("ErrorText", "The parts before this place are whole; use another copy of the file.")},
    {Error::Kind::Input, QT_TRANSLATE_NOOP("ErrorText", "This cannot be used."), ""},
    {Error::Kind::Cancelled, QT_TRANSLATE_NOOP("ErrorText", "Cancelled."), ""},
};

} // namespace

QString ErrorText::line() const
{
    QString text = what;
    if (!details.isEmpty())
        text += u" ("_s + details + u")"_s;
    if (!remedy.isEmpty())
        text += u" "_s + remedy;
    return text;
}

ErrorText errorText(const Error &error)
{
    ErrorText text;
    for (const Words &words : table) {
        if (words.kind != error.kind)
            continue;
        text.what = QCoreApplication::translate("ErrorText", words.what);
        if (*words.remedy)
            text.remedy = QCoreApplication::translate("ErrorText", words.remedy);
    }
    // Where the error is the person's own input, or a provider's own word, the message is the sentence.
    const bool worded = error.kind == Error::Kind::Input || error.kind == Error::Kind::NotSupported ||
        error.kind == Error::Kind::SwitchedOff;
    if (worded && !error.message.isEmpty())
        text.what = error.message;
    QStringList details;
    if (error.httpStatus > 0)
        details << u"HTTP %1"_s.arg(error.httpStatus);
    if (!error.code.isEmpty())
        details << error.code;
    if (!error.message.isEmpty() && error.message != text.what)
        details << error.message;
    if (!error.place.isEmpty())
        details << error.place;
    if (!error.requestId.isEmpty())
        details << QCoreApplication::translate("ErrorText", "request id %1").arg(error.requestId);
    text.what = format::visible(text.what);
    text.details = format::visible(details.join(u" · "_s));
    return text;
}

} // namespace bobbin
