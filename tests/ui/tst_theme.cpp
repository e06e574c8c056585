// SPDX-License-Identifier: GPL-3.0-or-later
// Every text can be read on every ground it may lie on, light and dark; chart colours can be told apart.
#include "ui/appearance.h"
#include "ui/theme.h"

#include <QApplication>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>
#include <QWidget>
#include <cmath>

using namespace bobbin::ui;
using namespace Qt::Literals::StringLiterals;

namespace {

double channel(double c)
{
    return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}
double luminance(const QColor &c)
{
    return 0.2126 * channel(c.redF()) + 0.7152 * channel(c.greenF()) + 0.0722 * channel(c.blueF());
}
double contrast(const QColor &a, const QColor &b)
{
    const double x = luminance(a);
    const double y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}
QColor over(QColor top, const QColor &ground, double alpha)
{
    const auto mix = [&](float a, float b) { return float(double(a) * alpha + double(b) * (1 - alpha)); };
    return QColor::fromRgbF(mix(top.redF(), ground.redF()), mix(top.greenF(), ground.greenF()),
                            mix(top.blueF(), ground.blueF()));
}
// What a person sees who lacks one kind of cones (Viénot 1999, in linear light).
QColor seenBy(const QColor &c, bool protan)
{
    const double r = channel(c.redF());
    const double g = channel(c.greenF());
    const double b = channel(c.blueF());
    const double both = protan ? 0.11238 * r + 0.88762 * g : 0.29275 * r + 0.70725 * g;
    const double blue = protan ? 0.00401 * r - 0.00401 * g + b : -0.02234 * r + 0.02234 * g + b;
    const auto back = [](double x) {
        x = std::clamp(x, 0.0, 1.0);
        return float(x <= 0.0031308 ? x * 12.92 : 1.055 * std::pow(x, 1 / 2.4) - 0.055);
    };
    return QColor::fromRgbF(back(both), back(both), back(blue));
}
double distance(const QColor &a, const QColor &b)
{
    return std::hypot(a.red() - b.red(), a.green() - b.green(), a.blue() - b.blue());
}

} // namespace

class TestTheme : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;

    static void looks()
    {
        QTest::addColumn<QString>("look");
        QTest::newRow("light") << u"light"_s;
        QTest::newRow("dark") << u"dark"_s;
    }

private Q_SLOTS:
    void everyTextCanBeRead_data() { looks(); }
    void everyTextCanBeRead()
    {
        QFETCH(QString, look);
        applyTheme(*qApp, look == "dark"_L1);
        QCOMPARE(isDark(), look == "dark"_L1);
        std::vector<std::pair<const char *, QColor>> grounds{
            {"window", colour(Hue::Window)},
            {"panel", colour(Hue::Panel)},
            {"header", colour(Hue::Header)},
            {"selected", colour(Hue::Selection)},
            {"hovered", over(colour(Hue::Selection), colour(Hue::Window), 0.5)}};
        constexpr double noticeTint = 28.0 / 255;
        for (const auto &[name, hue] :
             {std::pair("notice", Hue::Accent), std::pair("warning", Hue::Warning), std::pair("error", Hue::Danger)})
            grounds.emplace_back(name, over(colour(hue), colour(Hue::Panel), noticeTint));
        for (const Hue hue : {Hue::Text, Hue::Quiet, Hue::Accent, Hue::Danger, Hue::Warning, Hue::Good})
            for (const auto &[name, ground] : grounds)
                QVERIFY2(contrast(colour(hue), ground) >= 4.5,
                         qPrintable(u"%1 on %2 %3: %4"_s.arg(int(hue))
                                        .arg(QLatin1String(name), ground.name())
                                        .arg(contrast(colour(hue), ground))));
    }
    // Also where the window is not in front, or a control cannot be used.
    void thePaletteCanBeRead_data() { looks(); }
    void thePaletteCanBeRead()
    {
        QFETCH(QString, look);
        applyTheme(*qApp, look == "dark"_L1);
        const QPalette p = QApplication::palette();
        for (const auto group : {QPalette::Active, QPalette::Inactive, QPalette::Disabled})
            for (const auto &[text, ground] :
                 {std::pair(QPalette::WindowText, QPalette::Window), std::pair(QPalette::Text, QPalette::Base),
                  std::pair(QPalette::Text, QPalette::AlternateBase), std::pair(QPalette::ButtonText, QPalette::Button),
                  std::pair(QPalette::HighlightedText, QPalette::Highlight),
                  std::pair(QPalette::ToolTipText, QPalette::ToolTipBase),
                  std::pair(QPalette::PlaceholderText, QPalette::Base),
                  std::pair(QPalette::PlaceholderText, QPalette::Window), std::pair(QPalette::Link, QPalette::Base)})
                QVERIFY2(contrast(p.color(group, text), p.color(group, ground)) >= 4.5,
                         qPrintable(u"group %1, %2 on %3: %4"_s.arg(int(group))
                                        .arg(int(text))
                                        .arg(int(ground))
                                        .arg(contrast(p.color(group, text), p.color(group, ground)))));
    }
    void chartColoursCanBeToldApart_data() { looks(); }
    void chartColoursCanBeToldApart()
    {
        QFETCH(QString, look);
        applyTheme(*qApp, look == "dark"_L1);
        const Hue stacked[] = {Hue::Prompt, Hue::Cached, Hue::Completion};
        for (const Hue a : stacked) {
            QVERIFY(contrast(colour(a), colour(Hue::Window)) >= 1.6);
            for (const Hue b : stacked) {
                if (a == b)
                    continue;
                for (const bool protan : {true, false})
                    QVERIFY2(distance(seenBy(colour(a), protan), seenBy(colour(b), protan)) > 60,
                             qPrintable(u"%1 and %2"_s.arg(int(a)).arg(int(b))));
            }
        }
        // Of the cost by assistant, and of threads that are compared.
        for (std::size_t a = 0; a < 6; ++a) {
            QVERIFY(contrast(seriesColour(a), colour(Hue::Window)) >= 1.6);
            for (std::size_t b = 0; b < a; ++b)
                for (const bool protan : {true, false})
                    QVERIFY2(distance(seenBy(seriesColour(a), protan), seenBy(seriesColour(b), protan)) > 60,
                             qPrintable(u"series %1 and %2: %3"_s.arg(a).arg(b).arg(
                                 distance(seenBy(seriesColour(a), protan), seenBy(seriesColour(b), protan)))));
        }
    }
    // What was tinted follows when the look changes while the program runs.
    void aTintFollows()
    {
        QSettings settings(m_folder.filePath(u"w.ini"_s), QSettings::IniFormat);
        Appearance appearance(*qApp, settings);
        appearance.setLook(Appearance::Look::Light);
        QWidget window;
        tint(window, QPalette::WindowText, Hue::Warning);
        window.show();
        const QColor light = window.palette().color(QPalette::WindowText);
        QCOMPARE(light, colour(Hue::Warning));
        appearance.setLook(Appearance::Look::Dark);
        QCoreApplication::processEvents();
        QVERIFY(isDark());
        QCOMPARE(window.palette().color(QPalette::WindowText), colour(Hue::Warning));
        QVERIFY(window.palette().color(QPalette::WindowText) != light);
        const double usual = QApplication::font().pointSizeF();
        appearance.setTextSize(150);
        QVERIFY(QApplication::font().pointSizeF() > usual * 1.4);
        appearance.setTextSize(100);
        QCOMPARE(QApplication::font().pointSizeF(), usual);
        const Appearance again(*qApp, settings); // remembered
        QCOMPARE(int(again.look()), int(Appearance::Look::Dark));
    }
};

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
