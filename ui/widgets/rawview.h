// SPDX-License-Identifier: GPL-3.0-or-later
// The server's own JSON, indented, folded, with a search field.
#pragma once

#include <QWidget>

class QLabel;
class QLineEdit;

namespace bobbin::ui {

class FoldingText;

class RawView : public QWidget {
    Q_OBJECT
public:
    explicit RawView(QWidget *parent = nullptr);
    void setRaw(const QString &title, const QString &text);
    [[nodiscard]] FoldingText *text() const { return m_text; }

private:
    QLabel *m_title;
    QLineEdit *m_search;
    FoldingText *m_text;
};

} // namespace bobbin::ui
