// SPDX-License-Identifier: GPL-3.0-or-later
// What could be done otherwise, to be chosen: a line a measure, with what it saves beside it.
#pragma once

#include "models/whatif/replay.h"
#include "models/whatif/wording.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QGridLayout;
class QLabel;
class QLineEdit;
class QSlider;
class QSpinBox;

namespace bobbin::ui {

class MeasuresForm : public QWidget {
    Q_OBJECT
public:
    explicit MeasuresForm(QWidget *parent = nullptr);
    void setModels(const QStringList &models);
    void setMeasures(const Measures &measures);
    [[nodiscard]] Measures measures() const;
    [[nodiscard]] WordingRule wording() const;
    void showSaved(const Replay &replayed); // beside each
    [[nodiscard]] QCheckBox *box(Measure measure) const { return m_lines[std::size_t(measure)].on; }
    [[nodiscard]] QSlider *slider(Measure measure) const { return m_lines[std::size_t(measure)].slider; }
    [[nodiscard]] QSpinBox *number(Measure measure) const { return m_lines[std::size_t(measure)].number; }

Q_SIGNALS:
    void changed();
    void wordingChanged();

private:
    struct Line {
        QCheckBox *on = nullptr;
        QSlider *slider = nullptr; // of a number
        QSpinBox *number = nullptr;
        QComboBox *model = nullptr;
        QLabel *saved = nullptr;
    };
    std::array<Line, measureCount> m_lines;
    QSpinBox *m_summary;
    QCheckBox *m_byModel, *m_unmatched;
    QLineEdit *m_simple, *m_complex;
    bool m_setting = false;

    void addLine(QGridLayout *grid, Measure measure, int least, int most, int usual, const QString &suffix);
    void addModel(QGridLayout *grid, Measure measure, const QString &usual);
    Line &begin(QGridLayout *grid, Measure measure);
    void told();
};

} // namespace bobbin::ui
