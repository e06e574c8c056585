// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/idsdialog.h"

#include "models/store/whendone.h"

#include "models/core/errortext.h"
#include "models/core/format.h"
#include "models/providers/registry.h"
#include "ui/theme.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QLabel>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QUrl>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

// A text field that leaves dropped files to its dialog.
class PasteField final : public QPlainTextEdit {
protected:
    bool canInsertFromMimeData(const QMimeData *mime) const override
    {
        return !mime->hasUrls() && QPlainTextEdit::canInsertFromMimeData(mime);
    }
};

} // namespace

IdsDialog::IdsDialog(std::shared_ptr<Store> store, const std::vector<Connection> &connections, QWidget *parent)
    : QDialog(parent), m_store(std::move(store)), m_connections(connections), m_text(new PasteField),
      m_from(new QComboBox(this)), m_found(new QLabel), m_open(new QPushButton(tr("Open")))
{
    setWindowTitle(tr("Open ids"));
    setAcceptDrops(true);
    resizeWithin(*this, {560, 380});
    auto *intro =
        new QLabel(tr("Paste text or drop files here: logs, CSV, JSON, SQL dumps. Only the ids are taken; keys "
                      "in the text are never kept."));
    intro->setWordWrap(true);
    m_text->setPlaceholderText(u"thread_…"_s);
    m_text->setAccessibleName(tr("Text with thread ids"));
    m_text->setTabChangesFocus(true);
    m_found->setWordWrap(true);
    auto *files = new QPushButton(tr("Choose files…"));
    auto *buttons = new QDialogButtonBox;
    buttons->addButton(files, QDialogButtonBox::ActionRole);
    buttons->addButton(QDialogButtonBox::Cancel);
    buttons->addButton(m_open, QDialogButtonBox::AcceptRole);
    auto *column = new QVBoxLayout(this);
    column->addWidget(intro);
    column->addWidget(m_text, 1);
    column->addWidget(m_found);
    m_from->setVisible(!m_store);
    if (!m_store) {
        for (const Connection &c : connections)
            m_from->addItem(tr("Fetch from: %1").arg(c.name), c.id);
        m_from->addItem(tr("Fetch from: new connection…"), QString());
        m_from->setAccessibleName(tr("Fetch from"));
        column->addWidget(m_from);
    }
    column->addWidget(buttons);
    m_open->setDefault(true);
    shapesOfProvider();
    connect(m_from, &QComboBox::currentIndexChanged, this, [this] {
        shapesOfProvider();
        look();
    });
    connect(m_text, &QPlainTextEdit::textChanged, this, &IdsDialog::look);
    connect(files, &QPushButton::clicked, this,
            [this] { addFiles(QFileDialog::getOpenFileNames(this, tr("Files with ids"))); });
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    look();
}

// How ids look is the provider's: of the open store, or of the connection they are fetched from.
void IdsDialog::shapesOfProvider()
{
    const auto chosen = std::ranges::find(m_connections, connectionId(), &Connection::id);
    const auto provider = m_store
        ? Result<const Provider *>(&m_store->provider())
        : providerById(chosen != m_connections.end() ? chosen->provider : defaultProviderId());
    m_shapes = provider ? (*provider)->idShapes() : IdShapes();
}

QString IdsDialog::connectionId() const
{
    return m_from->currentData().toString();
}

void IdsDialog::dragEnterEvent(QDragEnterEvent *event)
{
    if (event->mimeData()->hasUrls() || event->mimeData()->hasText())
        event->acceptProposedAction();
}

void IdsDialog::dropEvent(QDropEvent *event)
{
    QStringList paths;
    for (const QUrl &url : event->mimeData()->urls())
        if (url.isLocalFile())
            paths << url.toLocalFile();
    if (!paths.isEmpty())
        addFiles(paths);
    else
        m_text->appendPlainText(event->mimeData()->text());
    event->acceptProposedAction();
}

void IdsDialog::addFiles(const QStringList &paths)
{
    for (const QString &path : paths) {
        auto worker = std::make_shared<Worker>(u"id-finder"_s);
        m_found->setText(tr("Reading %1…").arg(path));
        whenDone(worker->run([path, shapes = m_shapes] { return findIdsInFile(path, shapes); }), this,
                 [this, worker](const Result<FoundIds> &found) {
                     if (found) {
                         m_fromFiles << found->of(Resource::Threads);
                         if (found->secrets > 0)
                             m_note = tr("The file holds %n key(s): take care whom you give it to.", nullptr,
                                         found->secrets);
                     } else {
                         m_note = errorText(found.error()).line();
                     }
                     look();
                 });
    }
}

void IdsDialog::look()
{
    const QString text = m_text->toPlainText();
    m_threads = m_fromFiles + findIds(text.toUtf8(), m_shapes).of(Resource::Threads);
    // Other servers have ids of other shapes: a line that is one word is taken as it is.
    if (m_threads.isEmpty())
        for (const QString &line : text.split(u'\n', Qt::SkipEmptyParts))
            if (const QString word = line.trimmed(); !word.contains(u' ') && word.size() >= 4 && word.size() <= 128)
                m_threads << word;
    m_threads.removeDuplicates();
    const int generation = ++m_generation;
    const qint64 all = m_threads.size();
    const auto tell = [this, all](qint64 fresh) {
        m_open->setEnabled(all > 0);
        m_open->setText(all > 0 ? tr("Open %1 threads").arg(format::count(all)) : tr("Open"));
        QString words = all == 0
            ? tr("No thread id found yet.")
            : tr("%1 thread ids found, %2 of them new.").arg(format::count(all), format::count(fresh));
        m_found->setText(m_note.isEmpty() ? words : words + u" "_s + m_note);
    };
    tell(all);
    if (m_store && all > 0)
        whenDone(m_store->read([ids = m_threads](Reader &reader) { return reader.unknownThreads(ids); }), this,
                 [this, generation, tell](const Result<QStringList> &fresh) {
                     if (generation == m_generation && fresh)
                         tell(fresh->size());
                 });
}

} // namespace bobbin::ui
