// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chartexport.h"

#include <QCoreApplication>
#include <QFileDialog>
#include <QPainter>
#include <QSvgGenerator>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ChartExport {
    Q_DECLARE_TR_FUNCTIONS(ChartExport)
};

} // namespace

QString chartFileNamed(QWidget *parent, const QString &usual)
{
    return QFileDialog::getSaveFileName(parent, ChartExport::tr("Export the chart"), usual,
                                        ChartExport::tr("Picture (*.png);;Drawing (*.svg);;Figures (*.csv)"));
}

Done savePicture(QWidget &chart, const QString &title, const QString &path)
{
    const auto cannot = [&] { return fail(Error::Kind::Storage, ChartExport::tr("the file cannot be written"), path); };
    if (!path.endsWith(".svg"_L1, Qt::CaseInsensitive))
        return chart.grab().save(path) ? Done() : cannot();
    QSvgGenerator svg;
    svg.setFileName(path);
    svg.setSize(chart.size());
    svg.setViewBox(chart.rect());
    svg.setTitle(title);
    QPainter painter;
    if (!painter.begin(&svg))
        return cannot();
    chart.render(&painter);
    return {};
}

} // namespace bobbin::ui
