// SPDX-License-Identifier: GPL-3.0-or-later
// Cost by day, stacked by assistant.
#pragma once

#include "models/domain/rows.h"

#include <QWidget>

namespace bobbin::ui {

class CostChart : public QWidget {
    Q_OBJECT
public:
    explicit CostChart(QWidget *parent = nullptr);
    void setDays(std::vector<DayCost> days, const QString &lastDay, int dayCount);

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;

private:
    struct Stack {
        QString day;
        std::vector<std::pair<std::size_t, Money>> parts; // assistant, cost
        Money sum;
        qint64 unknown = 0;
    };
    std::vector<QString> m_assistants;
    std::vector<Stack> m_days;
    [[nodiscard]] QRectF plot() const;
    [[nodiscard]] static QColor colourOf(std::size_t assistant);
};

} // namespace bobbin::ui
