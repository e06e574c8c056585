// SPDX-License-Identifier: GPL-3.0-or-later
// Cost by day, stacked by assistant: the five costliest, and the others together. Left and Right go from day to day.
#pragma once

#include "models/domain/rows.h"

#include <QWidget>

namespace bobbin::ui {

class CostChart : public QWidget {
    Q_OBJECT
public:
    explicit CostChart(QWidget *parent = nullptr);
    void setDays(std::vector<DayCost> days, const QString &lastDay, int dayCount);

    [[nodiscard]] QString describe(std::size_t day) const;
    [[nodiscard]] std::optional<std::size_t> selected() const { return m_selected; }

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    struct Stack {
        QString day;
        std::vector<Money> parts; // by assistant
        Money sum;
        qint64 unknown = 0;
    };
    std::vector<QString> m_assistants; // the costliest first
    std::vector<Stack> m_days;
    std::optional<std::size_t> m_selected;
    [[nodiscard]] QRectF plot() const;
    void select(std::optional<std::size_t> day);
};

} // namespace bobbin::ui
