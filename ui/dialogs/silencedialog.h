// SPDX-License-Identifier: GPL-3.0-or-later
// Why a finding is to be silent, and for how long.
#pragma once

#include "models/domain/objects.h"

#include <QDialog>

class QComboBox;
class QLineEdit;

namespace bobbin::ui {

class SilenceDialog : public QDialog {
    Q_OBJECT
public:
    explicit SilenceDialog(qint64 findings, QWidget *parent = nullptr);
    [[nodiscard]] QString reason() const;
    [[nodiscard]] OptTime until(qint64 now) const; // none: for good
    [[nodiscard]] QLineEdit *reasonField() const { return m_reason; }
    [[nodiscard]] QComboBox *duration() const { return m_duration; }

private:
    QLineEdit *m_reason;
    QComboBox *m_duration;
};

} // namespace bobbin::ui
