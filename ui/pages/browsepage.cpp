// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/browsepage.h"

#include "models/store/whendone.h"

#include "models/wire/content.h"
#include "ui/widgets/rawview.h"

#include <QSplitter>
#include <QVBoxLayout>

namespace bobbin::ui {

BrowsePage::BrowsePage(BrowseView *view, Resource resource, QWidget *parent)
    : QWidget(parent), m_view(view), m_resource(resource), m_raw(new RawView)
{
    auto *splitter = new QSplitter(Qt::Vertical);
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

} // namespace bobbin::ui
