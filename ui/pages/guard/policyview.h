// SPDX-License-Identifier: GPL-3.0-or-later
// The policy of a connection, layer by layer, with where each value comes from, and beside it what it would have done.
// Nothing is kept before the person says so.
#pragma once

#include "models/guard/policyedit.h"
#include "models/store/store.h"
#include "models/watch/policyreads.h"
#include "ui/ledgerquestion.h"

#include <QTimer>
#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;
class QTableWidget;

namespace bobbin::ui {

class Notice;
class RuleForm;
class WouldActsList;

class PolicyView : public QWidget {
    Q_OBJECT
public:
    explicit PolicyView(QWidget *parent = nullptr);
    void setSource(std::shared_ptr<Store> store, Auditor *auditor); // null: nothing is open
    // As it is kept; what the person changed and did not keep is dropped.
    void setPolicy(const GuardPolicy &policy, const std::vector<Error> &problems);
    void setKeepable(bool keepable); // an archive has no policy
    void ledgerChanged();
    [[nodiscard]] const GuardPolicy &draft() const { return m_draft; }
    [[nodiscard]] bool isChanged() const { return withoutSilentLayers(m_draft) != m_kept; }
    void importFrom(const QString &file);
    void exportTo(const QString &file);
    [[nodiscard]] QTableWidget *table() const { return m_table; }
    [[nodiscard]] RuleForm *form() const { return m_form; }
    [[nodiscard]] WouldActsList *acts() const { return m_acts; }
    [[nodiscard]] QComboBox *layers() const { return m_layers; }
    [[nodiscard]] QComboBox *preset() const { return m_preset; }
    [[nodiscard]] QPushButton *keepButton() const { return m_keep; }
    [[nodiscard]] QPushButton *revertButton() const { return m_revert; }
    [[nodiscard]] QLabel *summary() const { return m_summary; }
    void addLayer(const LayerName &name); // of metadata; it is shown, and says nothing yet

Q_SIGNALS:
    void keepWanted(const bobbin::GuardPolicy &policy);
    void threadWanted(bobbin::RowKey thread);
    void runWanted(bobbin::RowKey run);
    void failed(const bobbin::Error &error);

protected:
    void showEvent(QShowEvent *event) override;

private:
    struct Shown {
        TriedPolicy tried;
        std::vector<NamedCost> assistants;
    };
    std::shared_ptr<Store> m_store;
    GuardPolicy m_kept, m_draft;
    TriedPolicy m_tried;
    std::vector<std::pair<QString, QString>> m_assistants; // id, name
    std::vector<LayerName> m_layerNames; // as in the box
    bool m_keepable = false;
    QComboBox *m_layers, *m_preset;
    QSpinBox *m_actsAnHour;
    QPushButton *m_metadata, *m_silence, *m_import, *m_export, *m_revert, *m_keep;
    QLabel *m_summary, *m_state;
    Notice *m_notice;
    QTableWidget *m_table;
    RuleForm *m_form;
    WouldActsList *m_acts;
    QTimer m_soon;
    LedgerQuestion<Shown> m_question;

    QWidget *makeAbove();
    QWidget *makeBelow();
    [[nodiscard]] LayerName layer() const;
    [[nodiscard]] GuardRule rule() const;
    void draftChanged();
    void showDraft();
    void showRules();
    void showRule();
    void showTrial(const Shown &shown);
    void showFigures(); // of the trial, in the table
    void nameMetadata(const QStringList &keys);
    void listLayers();
    void askMetadata();
    void tellState();
};

} // namespace bobbin::ui
