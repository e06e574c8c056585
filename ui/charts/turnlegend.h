// SPDX-License-Identifier: GPL-3.0-or-later
// The marks of a turn chart in words; painted, so that it follows the palette.
#pragma once

#include <QWidget>

namespace bobbin::ui {

class TurnLegend final : public QWidget {
    Q_OBJECT
public:
    explicit TurnLegend(QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;
};

} // namespace bobbin::ui
