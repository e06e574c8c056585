// SPDX-License-Identifier: GPL-3.0-or-later
// All findings of the audit by the money in them, each with its evidence and what helps.
#pragma once

#include "models/audit/finding.h"
#include "models/store/store.h"

#include <QModelIndex>
#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSettings;
class QSortFilterProxyModel;
class QStackedLayout;
class QTreeView;

namespace bobbin {
class FindingModel;
}

namespace bobbin::ui {

class EvidenceList;

class FindingsPage : public QWidget {
    Q_OBJECT
public:
    explicit FindingsPage(QWidget *parent = nullptr);

    void setStore(std::shared_ptr<Store> store);
    void storeChanged(const Changes &changes);
    void setAuditing(bool auditing); // nothing was found yet because the audit still runs
    void showRule(const QByteArray &rule); // only its findings
    [[nodiscard]] QTreeView *table() const { return m_table; }
    [[nodiscard]] EvidenceList *evidence() const { return m_evidence; }
    [[nodiscard]] QPushButton *actButton() const { return m_act; }
    [[nodiscard]] FindingModel *model() const { return m_model; }
    [[nodiscard]] std::vector<Finding> selected() const;

Q_SIGNALS:
    void remedyWanted(const std::vector<bobbin::Finding> &findings);
    void wanted(bobbin::SubjectKind kind, const QString &id, const QString &thread); // thread: id, of a run
    void failed(const bobbin::Error &error);

protected:
    void showEvent(QShowEvent *event) override;

private:
    FindingModel *m_model;
    QSortFilterProxyModel *m_shown;
    QLineEdit *m_filter;
    QComboBox *m_group, *m_severity, *m_state;
    QLabel *m_count, *m_message;
    QTreeView *m_table;
    QStackedLayout *m_stack;
    QLabel *m_title, *m_sentence, *m_advice, *m_figures;
    QPushButton *m_act, *m_open, *m_silence, *m_speak;
    EvidenceList *m_evidence;
    std::shared_ptr<Store> m_store;
    bool m_stale = false, m_auditing = false;
    int m_generation = 0, m_evidenceAsked = 0;

    QWidget *makeBar();
    QWidget *makeDetails();
    void refresh();
    [[nodiscard]] QModelIndex indexOf(const Finding &finding, const QModelIndex &under = {}) const;
    void applyFilter();
    void tellCount();
    void showCurrent();
    void showEvidence(const Finding &finding);
    void silence();
    void speakAgain();
};

} // namespace bobbin::ui
