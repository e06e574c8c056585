// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/export.h"

#include "models/core/format.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

QString csvField(const QVariant &value)
{
    QString text = value.typeId() == QMetaType::Double ? QString::number(value.toDouble(), 'g', 12)
                                                       : format::visible(value.toString());
    // A spreadsheet would run a text that begins like a formula.
    if (value.typeId() == QMetaType::QString && !text.isEmpty() && u"=+-@\t\r"_s.contains(text[0]))
        text.prepend(u'\'');
    if (text.contains(u'"') || text.contains(u',') || text.contains(u'\n') || text.contains(u'\r'))
        return u'"' + text.replace(u'"', u"\"\""_s) + u'"';
    return text;
}

} // namespace

RowWriter::RowWriter(QIODevice &device, ExportFormat format, const QStringList &columns, bool mark)
    : m_device(device), m_format(format), m_columns(columns)
{
    if (m_format == ExportFormat::Json) {
        m_device.write("[");
        return;
    }
    if (mark)
        m_device.write("\xEF\xBB\xBF");
    m_device.write(columns.join(u","_s).toUtf8() + "\r\n");
}

void RowWriter::add(const QVariantList &values)
{
    if (m_format == ExportFormat::Csv) {
        QStringList fields;
        for (const QVariant &value : values)
            fields << csvField(value);
        m_device.write(fields.join(u","_s).toUtf8() + "\r\n");
        return;
    }
    QJsonObject object;
    for (qsizetype i = 0; i < values.size(); ++i)
        object.insert(m_columns[i], QJsonValue::fromVariant(values[i]));
    m_device.write(m_first ? "\n" : ",\n");
    m_device.write(QJsonDocument(object).toJson(QJsonDocument::Compact));
    m_first = false;
}

Done RowWriter::finish()
{
    if (m_format == ExportFormat::Json)
        m_device.write(m_first ? "]\n" : "\n]\n");
    if (!m_device.isOpen() || !m_device.errorString().isEmpty()) {
        const QString error = m_device.errorString();
        if (!error.isEmpty() && error != "Unknown error"_L1)
            return fail(Error::Kind::Storage, error);
    }
    return {};
}

} // namespace bobbin
