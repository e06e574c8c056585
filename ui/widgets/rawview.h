// SPDX-License-Identifier: GPL-3.0-or-later
// The server's own JSON, indented, with a search field.
#pragma once

#include <QWidget>

class QLabel;
class QLineEdit;
class QPlainTextEdit;

namespace bobbin::ui {

class RawView : public QWidget {
    Q_OBJECT
public:
    explicit RawView(QWidget *parent = nullptr);
    void setRaw(const QString &title, const QString &text);

private:
    QLabel *m_title;
    QLineEdit *m_search;
    QPlainTextEdit *m_text;
    void find(bool fromStart);
};

} // namespace bobbin::ui
