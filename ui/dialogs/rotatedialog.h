// SPDX-License-Identifier: GPL-3.0-or-later
// The options of one rotation: where the summary comes from, its text, and beside it what it keeps of the old thread.
#pragma once

#include "models/operations/operations.h"

#include <QDialog>
#include <QTimer>

class QCheckBox;
class QComboBox;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QSpinBox;
class QTextBrowser;

namespace bobbin::ui {

class Notice;

class RotateDialog : public QDialog {
    Q_OBJECT
public:
    RotateDialog(Operations &operations, const QString &thread, std::shared_ptr<const PriceTable> prices,
                 QWidget *parent);
    [[nodiscard]] Plan plan() const;
    [[nodiscard]] QPushButton *runButton() const { return m_run; }
    [[nodiscard]] const RotateDraft &draft() const { return m_draft; }
    [[nodiscard]] QPlainTextEdit *summary() const { return m_summary; }

private:
    Operations &m_operations;
    QString m_thread;
    std::shared_ptr<const PriceTable> m_prices;
    RotateDraft m_draft;
    std::optional<Money> m_writingCost;
    Notice *m_notice;
    QLabel *m_title, *m_figures, *m_carried, *m_found;
    QComboBox *m_source, *m_model;
    QPushButton *m_write;
    QSpinBox *m_last;
    QPlainTextEdit *m_summary;
    QTextBrowser *m_keepsakes;
    QCheckBox *m_delete;
    QPushButton *m_run;
    QTimer m_typing;
    int m_asked = 0;
    bool m_read = false; // the thread, from the server
    bool m_edited = false;
    bool m_filling = false;

    [[nodiscard]] RotateOptions options() const;
    void outdated(); // what is shown, by what was turned or typed since
    void redraft(bool first = false);
    void show(const RotateDraft &draft);
    void askPrice();
    void write();
};

} // namespace bobbin::ui
