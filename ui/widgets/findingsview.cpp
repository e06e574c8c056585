// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/findingsview.h"

#include "models/audit/findingtext.h"
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
        if (const Finding *finding = current(); finding && runOf(*finding) != 0)
            Q_EMIT runWanted(runOf(*finding));
    };
    connect(m_list, &QListWidget::itemActivated, this, showRun);
    connect(m_show, &QPushButton::clicked, this, showRun);
    connect(m_act, &QPushButton::clicked, this, [this] {
        if (const Finding *finding = current())
            Q_EMIT actWanted(*finding);
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

void FindingsView::setFindings(std::vector<Finding> findings, bool judged)
{
    const int row = m_list->currentRow();
    m_list->clear();
    m_findings = std::move(findings);
    for (const Finding &finding : m_findings) {
        const FindingText text = findingText(finding);
        QString said = text.title + u": "_s + text.sentence + u' ' + text.advice;
        if (finding.spent)
            said += u' ' + tr("Spent so far: %1.").arg(format::money(*finding.spent));
        if (finding.estimated)
            said += u' ' + tr("(Estimated.)");
        m_list->addItem(format::visible(said));
    }
    if (m_findings.empty())
        m_list->addItem(judged ? tr("Nothing stands out in this thread's runs.") : tr("Not looked at yet."));
    else
        m_list->setCurrentRow(std::clamp(row, 0, int(m_findings.size()) - 1));
    refresh();
}

RowKey FindingsView::runOf(const Finding &finding)
{
    const auto run = std::ranges::find(finding.evidence, SubjectKind::Run, &Evidence::kind);
    return run == finding.evidence.end() ? 0 : run->key;
}

const Finding *FindingsView::current() const
{
    const auto row = std::size_t(std::max(0, m_list->currentRow()));
    return row < m_findings.size() ? &m_findings[row] : nullptr;
}

void FindingsView::refresh()
{
    const Finding *finding = current();
    m_act->setText(finding ? findingText(*finding).remedy : QString());
    m_act->setVisible(!m_act->text().isEmpty());
    m_show->setVisible(finding && runOf(*finding) != 0);
}

} // namespace bobbin::ui
