// SPDX-License-Identifier: GPL-3.0-or-later
// Indented text that folds: a line followed by deeper ones can hide them. Marks in the margin, or Left and Right.
#pragma once

#include <QPlainTextEdit>

namespace bobbin::ui {

class FoldingText : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit FoldingText(QWidget *parent = nullptr);

    void setText(const QString &text); // long ones come with their deeper parts folded
    void foldBelow(int depth); // 0: folds all, a large number: unfolds all
    [[nodiscard]] bool canFold(int line) const;
    [[nodiscard]] bool isFolded(int line) const;
    void setFolded(int line, bool folded);
    bool findNext(const QString &text, bool fromStart); // wraps, and unfolds what hides the place

protected:
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    class Margin;
    Margin *m_margin;
    std::vector<int> m_depths; // of each line

    [[nodiscard]] int depth(int line) const { return m_depths[std::size_t(line)]; }
    [[nodiscard]] int lastChild(int line) const; // the last line it hides
    void layOut();
    void paintMargin(QPaintEvent *event);
    void toggleAt(int y);
};

} // namespace bobbin::ui
