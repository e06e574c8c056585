// SPDX-License-Identifier: GPL-3.0-or-later
// From where on something stands out: everywhere, for this connection, for one of its assistants.
#pragma once

#include "models/domain/rows.h"
#include "models/providers/provider.h"
#include "models/settings/settings.h"

#include <QDialog>

#include <map>

class QComboBox;
class QSpinBox;

namespace bobbin::ui {

class LimitsDialog : public QDialog {
    Q_OBJECT
public:
    // Written to the file on OK. Without a connection: those of everywhere.
    LimitsDialog(QSettings &file, const Connection &connection, const std::vector<NamedCost> &assistants,
                 QWidget *parent = nullptr);
    void accept() override;
    [[nodiscard]] QComboBox *scope() const { return m_scope; }
    [[nodiscard]] QSpinBox *field(qint64 Limits::*member) const;

private:
    QSettings &m_file;
    QString m_connection;
    QComboBox *m_scope;
    std::vector<std::pair<qint64 Limits::*, QSpinBox *>> m_fields;
    std::map<int, std::map<QSpinBox *, qint64 Limits::*>> m_changed; // by the place of their scope
    std::map<int, Limits> m_values;
    Limits m_shown; // as they were when their scope was chosen
    int m_current = -1;

    [[nodiscard]] QString assistantOf(int scope) const;
    [[nodiscard]] QString connectionOf(int scope) const;
    void showScope(int scope);
    void keep();
    void fill(const Limits &limits);
    [[nodiscard]] Limits limits() const;
};

} // namespace bobbin::ui
