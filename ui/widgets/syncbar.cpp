// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/syncbar.h"

#include "models/core/format.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>

namespace bobbin::ui {

SyncBar::SyncBar(QWidget *parent)
    : QWidget(parent), m_text(new QLabel), m_bar(new QProgressBar), m_cancel(new QPushButton(tr("Cancel")))
{
    m_bar->setFixedWidth(160);
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(tr("Sync progress"));
    m_cancel->setFlat(true);
    m_cancel->setToolTip(tr("Stop the sync; the next one goes on from here"));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_text);
    row->addWidget(m_bar);
    row->addWidget(m_cancel);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        m_cancel->setEnabled(false);
        Q_EMIT cancelled();
    });
    hide();
}

void SyncBar::show(const SyncProgress &p)
{
    const bool running = p.stage != SyncProgress::Stage::Finished;
    if (running && !isVisibleTo(parentWidget()))
        m_cancel->setEnabled(true);
    setVisible(running);
    if (p.stage == SyncProgress::Stage::Threads) {
        m_bar->setMaximum(int(std::max<qint64>(1, p.total)));
        m_bar->setValue(int(p.done));
        m_text->setText(tr("Syncing %1 of %2 threads").arg(format::count(p.done), format::count(p.total)));
    } else {
        m_bar->setMaximum(0);
        m_text->setText(p.stage == SyncProgress::Stage::Listing
                            ? tr("Listing threads, %1 objects").arg(format::count(p.objects))
                            : tr("Reading assistants, files and stores"));
    }
}

} // namespace bobbin::ui
