// SPDX-License-Identifier: GPL-3.0-or-later
// Any browse table with all that belongs to it: filter field and choices, column chooser, sorting, copy, export,
// context menu, counts and sums, empty, loading and error states. Remembers its layout under its name.
#pragma once

#include "models/items/export.h"
#include "models/items/rowtablemodel.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QMenu;
class QSettings;
class QStackedLayout;
class QTableView;

namespace bobbin {
struct ExportJob;
}

namespace bobbin::ui {

class Notice;

class BrowseView : public QWidget {
    Q_OBJECT
public:
    struct Choice {
        QString title;
        RowFilter filter; // what it adds
    };
    BrowseView(const QString &name, RowTableModelBase *model, QWidget *parent = nullptr);

    void setPlaceholder(const QString &filterHint, const QString &emptyText);
    void setWhyNone(const QString &why); // there can be no rows at all; empty: there can
    void addChoices(const QString &label, const std::vector<Choice> &choices); // a combo box; the first is "any"
    void setAssistants(const std::vector<NamedCost> &assistants); // the assistant combo box
    void setText(const QString &text);
    void setScope(const RowFilter &scope, const QString &words); // rows beyond it are not shown, whatever the filter
    void showColumns(const QByteArrayList &keys); // these and no others, until the person chooses

    [[nodiscard]] RowTableModelBase *model() const { return m_model; }
    [[nodiscard]] QTableView *table() const { return m_table; }
    [[nodiscard]] std::optional<RowKey> currentKey() const;
    [[nodiscard]] std::vector<RowKey> selectedKeys() const;
    void setCurrent(RowKey key); // without currentChanged(); a row still to come is selected when it is there
    void clearFilter();
    void focusFilter();
    void saveLayout(QSettings &settings) const;
    void restoreLayout(QSettings &settings);
    void copySelection(bool withHeader); // copied() follows
    void exportTo(const QString &path, ExportFormat format); // every row that is shown, all columns that are

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

Q_SIGNALS:
    void currentChanged(std::optional<bobbin::RowKey> key); // none: nothing is selected any more
    void activated(bobbin::RowKey key); // Enter or double click
    void copied();
    void exported(const QString &path, const bobbin::Done &done, qint64 rows);
    void contextMenu(QMenu *menu); // to add actions of the page's own

private:
    QString m_name;
    RowTableModelBase *m_model;
    QTableView *m_table;
    QLineEdit *m_filter;
    QLabel *m_scopeWords;
    RowFilter m_scope;
    QWidget *m_bar;
    QLabel *m_count;
    QLabel *m_message;
    Notice *m_notice;
    QTimer m_typing;
    QTimer m_exportTick;
    std::shared_ptr<ExportJob> m_export; // while one runs
    std::vector<std::pair<QComboBox *, std::vector<Choice>>> m_choices;
    QComboBox *m_assistants = nullptr;
    std::optional<RowKey> m_current;
    std::vector<RowKey> m_selected; // kept by key through filter, sort and refresh
    QString m_told; // counts and sums, whole
    QString m_sum; // of what is selected
    int m_summing = 0;
    QString m_empty, m_whyNone;
    bool m_resetting = false;
    bool m_everShown = false; // rows of this store

    void applyFilter();
    [[nodiscard]] std::vector<int> shownColumns() const;
    void tellCount();
    void elideCount();
    void tellExport();
    void restoreCurrent();
    void restoreSelection();
    void selectionMoved();
    void sumSelected();
    void openMenu(const QPoint &at);
    void chooseColumns(const QPoint &at);
    void askExport(ExportFormat format);
};

} // namespace bobbin::ui
