// SPDX-License-Identifier: GPL-3.0-or-later
// Whose details are shown: name, id to copy, and the facts one looks for first.
#pragma once

#include <QWidget>

class QHBoxLayout;
class QLabel;
class QToolButton;

namespace bobbin::ui {

class ObjectHeader : public QWidget {
    Q_OBJECT
public:
    explicit ObjectHeader(const QString &nothing, QWidget *parent = nullptr); // what it says while it has no object
    void show(const QString &title, const QString &id, const QString &facts);
    virtual void clear();
    [[nodiscard]] QString id() const { return m_id; }

protected:
    static QLabel *plainLabel();
    static QToolButton *plainButton(const QString &text, const QString &tip);
    [[nodiscard]] QHBoxLayout *secondLine() const { return m_second; } // beside the facts

private:
    QString m_nothing, m_id;
    QLabel *m_titleLabel, *m_idLabel, *m_factsLabel;
    QToolButton *m_copy;
    QHBoxLayout *m_second;
};

} // namespace bobbin::ui
