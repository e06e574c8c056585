// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/findingsview.h"

#include "models/core/format.h"

#include <QHBoxLayout>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

FindingsView::FindingsView(QWidget *parent)
    : QWidget(parent), m_list(new QListWidget), m_act(new QPushButton), m_show(new QPushButton(tr("Show the run")))
{
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setAccessibleName(tr("Findings"));
    m_list->setWordWrap(true);
    m_list->setSpacing(4);
    auto *buttons = new QHBoxLayout;
    buttons->setContentsMargins(8, 8, 8, 0);
    buttons->addWidget(m_act);
    buttons->addWidget(m_show);
    buttons->addStretch();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addLayout(buttons);
    column->addWidget(m_list);
    setFocusProxy(m_list);
    const auto showRun = [this] {
        if (const Finding *finding = current())
            Q_EMIT runWanted(finding->run);
    };
    connect(m_list, &QListWidget::itemActivated, this, showRun);
    connect(m_show, &QPushButton::clicked, this, showRun);
    connect(m_act, &QPushButton::clicked, this, [this] {
        if (const Finding *finding = current())
            Q_EMIT actWanted(finding->kind);
    });
    connect(m_list, &QListWidget::currentRowChanged, this, &FindingsView::refresh);
    refresh();
}

void FindingsView::clear()
{
    m_findings.clear();
    m_list->clear();
    refresh();
}

void FindingsView::setFindings(std::vector<Finding> findings, const Limits &limits)
{
    const int row = m_list->currentRow();
    m_list->clear();
    m_findings = std::move(findings);
    for (const Finding &finding : m_findings)
        m_list->addItem(sentence(finding, limits));
    if (m_findings.empty())
        m_list->addItem(tr("Nothing stands out in this thread's runs."));
    else
        m_list->setCurrentRow(std::clamp(row, 0, int(m_findings.size()) - 1));
    refresh();
}

const Finding *FindingsView::current() const
{
    const auto row = std::size_t(std::max(0, m_list->currentRow()));
    return row < m_findings.size() ? &m_findings[row] : nullptr;
}

void FindingsView::refresh()
{
    const Finding *finding = current();
    m_act->setText(finding ? actText(finding->kind) : QString());
    m_act->setVisible(!m_act->text().isEmpty());
    m_show->setVisible(finding != nullptr);
}

QString FindingsView::actText(Finding::Kind kind)
{
    switch (kind) {
    case Finding::Kind::HistoryGrowth:
        return tr("Rotate");
    case Finding::Kind::Stuck:
        return tr("Why is it locked?");
    case Finding::Kind::UnknownCost:
        return tr("Prices…");
    case Finding::Kind::RetrySpiral:
    case Finding::Kind::ToolLoop:
    case Finding::Kind::BeyondReason:
        return {}; // the code that starts the runs has to change
    }
    return {};
}

QString FindingsView::sentence(const Finding &f, const Limits &limits)
{
    const QString money = f.waste ? format::money(*f.waste) : format::unknown();
    switch (f.kind) {
    case Finding::Kind::HistoryGrowth:
        return tr("Each run now reads %1 prompt tokens; the ceiling of %2 was passed at turn %3.")
            .arg(format::count(f.count), format::count(limits.contextCeiling), format::count(f.turn));
    case Finding::Kind::RetrySpiral:
        return tr("%1 runs in a row failed at turn %2 without a new message; they cost %3.")
            .arg(format::count(f.count), format::count(f.turn), money);
    case Finding::Kind::ToolLoop:
        return tr("%1 runs made more than %2 tool calls, first at turn %3.")
            .arg(format::count(f.count), format::count(limits.toolCalls), format::count(f.turn));
    case Finding::Kind::Stuck:
        return tr("A run waits at turn %1 and locks the thread.").arg(format::count(f.turn));
    case Finding::Kind::BeyondReason:
        return tr("%1 runs report more tokens than can be true, first at turn %2: neither they nor their cost can be "
                  "relied on.")
            .arg(format::count(f.count), format::count(f.turn));
    case Finding::Kind::UnknownCost:
        return tr("%1 runs have no usage or no known price: their cost is unknown and in no sum.")
            .arg(format::count(f.count));
    }
    return {};
}

} // namespace bobbin::ui
