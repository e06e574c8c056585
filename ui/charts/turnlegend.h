// SPDX-License-Identifier: GPL-3.0-or-later
// The marks of a turn chart in words; painted, so that it follows the palette.
#pragma once

#include "ui/charts/turnchart.h"

namespace bobbin::ui {

// Lists what is there.
class TurnLegend final : public QWidget {
    Q_OBJECT
public:
    explicit TurnLegend(QWidget *parent = nullptr);
    void setHolds(const TurnChart::Holds &holds);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    TurnChart::Holds m_holds;
};

} // namespace bobbin::ui
