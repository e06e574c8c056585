// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/progressbutton.h"

#include "models/core/format.h"

namespace bobbin::ui {

namespace {

constexpr int tickMs = 200;

} // namespace

ProgressButton::ProgressButton(const QString &text, QWidget *parent) : QPushButton(text, parent), m_text(text)
{
    m_tick.setInterval(tickMs);
    connect(&m_tick, &QTimer::timeout, this, &ProgressButton::tell);
    connect(this, &QPushButton::clicked, this, [this] {
        if (m_progress)
            m_progress->stopped = true; // its answer ends it
        else
            Q_EMIT started();
    });
}

ProgressButton::~ProgressButton()
{
    end();
}

std::shared_ptr<ReadProgress> ProgressButton::begin()
{
    end();
    m_progress = std::make_shared<ReadProgress>();
    m_tick.start();
    tell();
    return m_progress;
}

void ProgressButton::end()
{
    if (m_progress)
        m_progress->stopped = true;
    m_progress.reset();
    m_tick.stop();
    setText(m_text);
}

void ProgressButton::tell()
{
    setText(tr("Stop (%1 of %2)").arg(format::count(m_progress->done.load()), format::count(m_progress->all.load())));
}

} // namespace bobbin::ui
