// SPDX-License-Identifier: GPL-3.0-or-later
// From when on something stands out about a thread.
#pragma once

#include "models/audit/threadfindings.h"

#include <QDialog>

class QSpinBox;

namespace bobbin::ui {

class LimitsDialog : public QDialog {
    Q_OBJECT
public:
    explicit LimitsDialog(const Limits &limits, QWidget *parent = nullptr);
    [[nodiscard]] Limits limits() const;

private:
    QSpinBox *m_ceiling, *m_failed, *m_calls;
    void fill(const Limits &limits);
};

} // namespace bobbin::ui
