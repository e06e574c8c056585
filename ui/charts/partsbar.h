// SPDX-License-Identifier: GPL-3.0-or-later
// Where the money went, as one bar of parts with their amounts beneath.
#pragma once

#include "models/domain/costparts.h"

#include <QWidget>

namespace bobbin::ui {

class PartsBar : public QWidget {
    Q_OBJECT
public:
    explicit PartsBar(QWidget *parent = nullptr);
    void setParts(const CostParts &parts);
    [[nodiscard]] QString describe() const; // the parts in words

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    CostParts m_parts;
    struct Entry;
    [[nodiscard]] std::vector<Entry> entries() const;
    template <class Place> int layOut(int width, Place place) const; // the legend; its height
};

} // namespace bobbin::ui
