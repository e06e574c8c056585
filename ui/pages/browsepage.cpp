// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/browsepage.h"

#include "models/core/clock.h"
#include "models/core/errortext.h"
#include "models/store/whendone.h"
#include "ui/widgets/detailsview.h"

#include <QSplitter>
#include <QTabWidget>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

BrowsePage *makePage(const QString &name, RowTableModelBase *model, const QString &nothing, const QString &hint,
                     const QString &empty)
{
    auto *view = new BrowseView(name, model);
    view->setPlaceholder(hint, empty);
    return new BrowsePage(view, nothing);
}

} // namespace

BrowsePage::BrowsePage(BrowseView *view, const QString &nothing, QWidget *parent)
    : QWidget(parent), m_view(view), m_details(new DetailsView(nothing))
{
    auto *splitter = new QSplitter(Qt::Vertical);
    splitter->setObjectName(m_view->objectName());
    splitter->addWidget(m_view);
    splitter->addWidget(m_details);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setChildrenCollapsible(false);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(splitter);
    connect(m_view, &BrowseView::currentChanged, this, [this](std::optional<RowKey> key) {
        if (key)
            showDetails(*key);
        else
            clear();
    });
    connect(m_details, &DetailsView::linkWanted, this, &BrowsePage::linkWanted);
}

void BrowsePage::addTab(QWidget *tab, const QString &title)
{
    if (!m_tabs) {
        m_tabs = new QTabWidget;
        m_tabs->setDocumentMode(true);
        findChild<QSplitter *>(m_view->objectName())->replaceWidget(1, m_tabs);
        m_tabs->addTab(m_details, tr("Details"));
    }
    m_tabs->addTab(tab, title);
}

void BrowsePage::clear()
{
    ++m_generation;
    m_shown.reset();
    m_details->clear();
}

void BrowsePage::showDetails(RowKey key)
{
    const auto store = m_view->model()->store();
    if (!store)
        return;
    m_shown = key;
    whenDone(store->read([kind = m_view->model()->kind(), key](Reader &reader) {
        return detailsOf(reader, kind, key, nowMs());
    }),
             this, [this, generation = ++m_generation](const Result<Details> &details) {
                 if (generation != m_generation)
                     return;
                 if (details)
                     m_details->show(*details);
                 else
                     m_details->show({errorText(details.error()).line(), {}, {}, {}, {}});
             });
}

void BrowsePage::storeChanged(const Changes &changes)
{
    m_view->model()->storeChanged(changes);
    if (m_shown && isVisible()) // else when it comes into sight
        showDetails(*m_shown);
}

void BrowsePage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (m_shown)
        showDetails(*m_shown);
}

void BrowsePage::open(const QString &id)
{
    const auto store = m_view->model()->store();
    if (!store)
        return;
    whenDone(store->read([kind = m_view->model()->kind(), id](Reader &reader) { return reader.keyOf(kind, id); }), this,
             [this](const Result<std::optional<RowKey>> &key) {
                 if (!key || !*key)
                     return;
                 if (m_view->model()->rowOf(**key) < 0)
                     m_view->clearFilter();
                 m_view->setCurrent(**key);
                 showDetails(**key);
             });
}

BrowsePage *makeRunsPage()
{
    auto *page = makePage(u"runs"_s, makeRunModel().release(), BrowsePage::tr("No run is selected"),
                          BrowsePage::tr("Filter runs"), BrowsePage::tr("No runs yet. Sync, or open thread ids."));
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
    return makePage(u"assistants"_s, makeAssistantModel().release(), BrowsePage::tr("No assistant is selected"),
                    BrowsePage::tr("Filter assistants"), BrowsePage::tr("No assistants yet. Sync brings them."));
}

BrowsePage *makeStoresPage()
{
    return makePage(u"stores"_s, makeStoreModel().release(), BrowsePage::tr("No vector store is selected"),
                    BrowsePage::tr("Filter vector stores"), BrowsePage::tr("No vector stores. Sync brings them."));
}

BrowsePage *makeFilesPage()
{
    return makePage(u"files"_s, makeFileModel().release(), BrowsePage::tr("No file is selected"),
                    BrowsePage::tr("Filter files"), BrowsePage::tr("No files. Sync brings them."));
}

} // namespace bobbin::ui
