// SPDX-License-Identifier: GPL-3.0-or-later
// Thread ids out of anything: typed, pasted, dropped, or found in files.
#pragma once

#include "models/discovery/idfinder.h"
#include "models/providers/provider.h"
#include "models/store/store.h"

#include <QDialog>

class QComboBox;
class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace bobbin::ui {

class IdsDialog : public QDialog {
    Q_OBJECT
public:
    // Without an open store, the person says which of `connections` (or a new one) the threads are fetched from.
    IdsDialog(std::shared_ptr<Store> store, const std::vector<Connection> &connections, QWidget *parent = nullptr);
    [[nodiscard]] QString connectionId() const; // empty: a new one
    [[nodiscard]] QStringList threadIds() const { return m_threads; }
    void addFiles(const QStringList &paths);

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    std::shared_ptr<Store> m_store;
    std::vector<Connection> m_connections;
    IdShapes m_shapes;
    QPlainTextEdit *m_text;
    QComboBox *m_from;
    QLabel *m_found;
    QPushButton *m_open;
    QStringList m_fromFiles, m_threads;
    QString m_note;
    int m_generation = 0;
    void look();
    void shapesOfProvider();
};

} // namespace bobbin::ui
