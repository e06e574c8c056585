// SPDX-License-Identifier: GPL-3.0-or-later
// A report to a file of the person's choice: HTML, PDF, JSON or CSV.
#pragma once

#include "models/session/reportread.h"
#include "ui/pages/costs/costsource.h"

#include <QDialog>

class QCheckBox;
class QLabel;
class QPushButton;

namespace bobbin::ui {

class ReportDialog : public QDialog {
    Q_OBJECT
public:
    ReportDialog(const CostSource &source, ReportOptions options, QWidget *parent = nullptr);
    void save(const QString &path); // saved() or failed() follows

Q_SIGNALS:
    void saved(const QString &path);
    void failed(const bobbin::Error &error);

private:
    CostSource m_source;
    ReportOptions m_options;
    QCheckBox *m_texts;
    QLabel *m_state;
    QPushButton *m_save;
    void choose();
    void write(const Report &report, const QString &path);
};

} // namespace bobbin::ui
