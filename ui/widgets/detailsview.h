// SPDX-License-Identifier: GPL-3.0-or-later
// The details of one object: its header, and below it what is known in sections side by side as the width allows, or
// its JSON.
#pragma once

#include "models/items/details.h"

#include <QWidget>

class QGridLayout;
class QScrollArea;
class QTabWidget;

namespace bobbin::ui {

class ObjectHeader;
class RawView;

class DetailsView : public QWidget {
    Q_OBJECT
public:
    explicit DetailsView(const QString &nothing, QWidget *parent = nullptr);
    void show(const Details &details); // the same again changes nothing; of the same object, one stays where one was
    void clear();
    [[nodiscard]] QString id() const;

Q_SIGNALS:
    void linkWanted(bobbin::RowKind kind, const QString &id);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    ObjectHeader *m_header;
    QTabWidget *m_tabs;
    QScrollArea *m_scroll;
    RawView *m_raw;
    Details m_details;
    std::vector<QWidget *> m_sections;
    QGridLayout *m_grid = nullptr;

    QWidget *makeSection(const DetailSection &section);
    void fill();
    void arrange();
};

} // namespace bobbin::ui
