// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/browsepage.h"

#include "models/store/whendone.h"

#include "models/wire/content.h"
#include "ui/widgets/rawview.h"

#include <QSplitter>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

BrowsePage *makePage(const QString &name, RowTableModelBase *model, Resource resource, const QString &hint,
                     const QString &empty)
{
    auto *view = new BrowseView(name, model);
    view->setPlaceholder(hint, empty);
    return new BrowsePage(view, resource);
}

} // namespace

BrowsePage::BrowsePage(BrowseView *view, Resource resource, QWidget *parent)
    : QWidget(parent), m_view(view), m_resource(resource), m_raw(new RawView)
{
    auto *splitter = new QSplitter(Qt::Vertical);
    splitter->setObjectName(m_view->objectName());
    splitter->addWidget(m_view);
    splitter->addWidget(m_raw);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setChildrenCollapsible(false);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(splitter);
    m_raw->setRaw(tr("Select a row to see the server's JSON."), {});
    connect(m_view, &BrowseView::currentChanged, this, [this](std::optional<RowKey> key) {
        if (key)
            showRaw(*key);
    });
}

void BrowsePage::showRaw(RowKey key)
{
    const auto store = m_view->model()->store();
    if (!store)
        return;
    whenDone(store->read([resource = m_resource, key](Reader &reader) -> Result<QString> {
        const Result<QByteArray> raw = reader.raw(resource, key);
        if (!raw)
            return fail(raw.error());
        return wire::prettyJson(*raw);
    }),
             this, [this, generation = ++m_generation](const Result<QString> &text) {
                 if (generation == m_generation)
                     m_raw->setRaw(tr("As the server sent it"), text ? *text : text.error().message);
             });
}

BrowsePage *makeRunsPage()
{
    auto *page = makePage(u"runs"_s, makeRunModel().release(), Resource::Runs, BrowsePage::tr("Filter runs"),
                          BrowsePage::tr("No runs yet. Sync, or open thread ids."));
    const auto state = [](const QString &name) {
        RowFilter filter;
        filter.states << name;
        return filter;
    };
    page->view()->addChoices(BrowsePage::tr("Status"),
                             {{BrowsePage::tr("any"), {}},
                              {BrowsePage::tr("active now"), state(u"active"_s)},
                              {u"completed"_s, state(u"completed"_s)},
                              {u"failed"_s, state(u"failed"_s)},
                              {u"expired"_s, state(u"expired"_s)},
                              {u"cancelled"_s, state(u"cancelled"_s)},
                              {u"incomplete"_s, state(u"incomplete"_s)},
                              {u"requires_action"_s, state(u"requires_action"_s)}});
    page->view()->setAssistants({});
    return page;
}

BrowsePage *makeAssistantsPage()
{
    return makePage(u"assistants"_s, makeAssistantModel().release(), Resource::Assistants,
                    BrowsePage::tr("Filter assistants"), BrowsePage::tr("No assistants yet. Sync brings them."));
}

BrowsePage *makeStoresPage()
{
    return makePage(u"stores"_s, makeStoreModel().release(), Resource::VectorStores,
                    BrowsePage::tr("Filter vector stores"), BrowsePage::tr("No vector stores. Sync brings them."));
}

BrowsePage *makeFilesPage()
{
    return makePage(u"files"_s, makeFileModel().release(), Resource::Files, BrowsePage::tr("Filter files"),
                    BrowsePage::tr("No files. Sync brings them."));
}

} // namespace bobbin::ui
