// SPDX-License-Identifier: GPL-3.0-or-later
// The runs, threads, stores … that something rests on, each with when, how much and what it cost; they open.
#pragma once

#include "models/audit/finding.h"

#include <QTreeWidget>

#include <functional>

namespace bobbin::ui {

class EvidenceList : public QTreeWidget {
    Q_OBJECT
public:
    explicit EvidenceList(QWidget *parent = nullptr);
    // `amount` writes what is counted; `all`: how many there are, of which these are some.
    void setEvidence(std::vector<Evidence> evidence, const std::function<QString(const Evidence &)> &amount,
                     qint64 all = 0);

Q_SIGNALS:
    void wanted(bobbin::SubjectKind kind, const QString &id, const QString &thread); // thread: id, of a run

private:
    std::vector<Evidence> m_evidence;
};

} // namespace bobbin::ui
