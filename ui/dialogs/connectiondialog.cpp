// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/connectiondialog.h"

#include "models/core/errortext.h"
#include "models/providers/registry.h"
#include "models/session/workspace.h"
#include "ui/widgets/notice.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPointer>
#include <QPushButton>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

QString asLines(const std::vector<std::pair<QString, QString>> &pairs, QChar between)
{
    QStringList lines;
    for (const auto &[name, value] : pairs)
        lines << name + between + value;
    return lines.join(u'\n');
}

std::vector<std::pair<QString, QString>> fromLines(const QString &text, QChar between)
{
    std::vector<std::pair<QString, QString>> pairs;
    for (const QString &line : text.split(u'\n', Qt::SkipEmptyParts))
        if (const QString name = line.section(between, 0, 0).trimmed(); !name.isEmpty())
            pairs.emplace_back(name, line.section(between, 1).trimmed());
    return pairs;
}

} // namespace

ConnectionDialog::ConnectionDialog(Connections &connections, SecretStore &secrets,
                                   const std::optional<Connection> &existing, QWidget *parent)
    : QDialog(parent), m_connections(connections), m_secrets(secrets), m_connection(existing.value_or(Connection())),
      m_existing(existing.has_value()), m_name(new QLineEdit(m_connection.name)),
      m_url(new QLineEdit(m_connection.baseUrl)), m_key(new QLineEdit),
      m_organization(new QLineEdit(m_connection.organization)), m_project(new QLineEdit(m_connection.project)),
      m_headers(new QPlainTextEdit(asLines(m_connection.headers, u':'))),
      m_query(new QPlainTextEdit(asLines(m_connection.query, u'='))),
      m_untilQuit(new QCheckBox(tr("Keep the key until I quit, not in the keychain"))),
      m_test(new QPushButton(tr("Test connection"))), m_save(new QPushButton(m_existing ? tr("Save") : tr("Connect"))),
      m_notice(new Notice)
{
    setWindowTitle(m_existing ? tr("Edit connection") : tr("New connection"));
    if (m_connection.id.isEmpty())
        m_connection.id = Connections::newId();
    if (m_connection.provider.isEmpty())
        m_connection.provider = defaultProviderId();
    setMinimumWidth(520);
    m_url->setPlaceholderText(u"https://host/v1"_s);
    m_key->setEchoMode(QLineEdit::Password);
    m_key->setPlaceholderText(m_existing ? tr("unchanged") : QString());
    const int line = fontMetrics().lineSpacing();
    m_headers->setFixedHeight(line * 3 + 10);
    m_query->setFixedHeight(line * 2 + 10);
    m_headers->setPlaceholderText(tr("Name: value, one a line"));
    m_query->setPlaceholderText(tr("api-version=2025-05-01, one a line"));
    m_headers->setTabChangesFocus(true);
    m_query->setTabChangesFocus(true);
    auto *form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    const auto row = [form](const QString &label, QWidget *field) {
        field->setAccessibleName(label);
        form->addRow(label, field);
    };
    row(tr("Name"), m_name);
    row(tr("Base URL"), m_url);
    row(tr("Key"), m_key);
    form->addRow({}, m_untilQuit);
    row(tr("Organization"), m_organization);
    row(tr("Project"), m_project);
    row(tr("Extra headers"), m_headers);
    row(tr("Extra query"), m_query);
    auto *buttons = new QDialogButtonBox;
    buttons->addButton(m_test, QDialogButtonBox::ActionRole);
    buttons->addButton(QDialogButtonBox::Cancel);
    buttons->addButton(m_save, QDialogButtonBox::AcceptRole);
    auto *column = new QVBoxLayout(this);
    column->addLayout(form);
    column->addWidget(m_notice);
    column->addWidget(buttons);
    m_save->setDefault(true); // not before it is in the dialog, which else chooses another
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_save, &QPushButton::clicked, this, &ConnectionDialog::save);
    connect(m_test, &QPushButton::clicked, this, &ConnectionDialog::test);
    for (QPushButton *other : {m_test, buttons->button(QDialogButtonBox::Cancel)})
        other->setAutoDefault(false); // Enter saves, wherever it is pressed
    // The keychain may ask for its own password: not before there is a key to keep.
    connect(m_key, &QLineEdit::textEdited, this, &ConnectionDialog::probeKeychain);
}

void ConnectionDialog::probeKeychain()
{
    if (std::exchange(m_probed, true))
        return;
    m_secrets.probe([this, alive = QPointer(this)](const Done &done) {
        if (!alive || done)
            return;
        m_untilQuit->setChecked(true);
        m_notice->show(tr("%1 The key can be kept until you quit.").arg(errorText(done.error()).line()),
                       Notice::Tone::Warning);
    });
}

bool ConnectionDialog::read()
{
    m_connection.name = m_name->text().trimmed();
    m_connection.baseUrl = m_url->text().trimmed();
    if (m_connection.name.isEmpty())
        m_connection.name = m_connection.baseUrl.section(u'/', 2, 2);
    m_connection.organization = m_organization->text().trimmed();
    m_connection.project = m_project->text().trimmed();
    m_connection.headers = fromLines(m_headers->toPlainText(), u':');
    m_connection.query = fromLines(m_query->toPlainText(), u'=');
    const Done done = Connections::check(m_connection);
    if (!done)
        m_notice->show(done.error());
    return done.has_value();
}

void ConnectionDialog::test()
{
    if (!read())
        return;
    m_test->setEnabled(false);
    m_notice->show(tr("Asking the server…"), Notice::Tone::Info);
    const auto run = [this](const QByteArray &key) {
        Workspace::test(m_connection, key, this, [this](const Done &done) {
            m_test->setEnabled(true);
            if (done)
                m_notice->show(tr("The server answers and accepts the key."), Notice::Tone::Info);
            else
                m_notice->show(done.error());
        });
    };
    if (!m_key->text().isEmpty() || !m_existing)
        run(m_key->text().trimmed().toUtf8());
    else
        m_secrets.read(m_connection.id, [this, alive = QPointer(this), run](const Result<QByteArray> &key) {
            if (!alive)
                return;
            if (key) {
                run(*key);
                return;
            }
            m_test->setEnabled(true);
            m_notice->show(key.error());
        });
}

void ConnectionDialog::save()
{
    if (!read())
        return;
    if (const Done done = m_connections.save(m_connection); !done) {
        m_notice->show(done.error());
        return;
    }
    keepKey();
}

void ConnectionDialog::keepKey()
{
    const QByteArray key = m_key->text().trimmed().toUtf8();
    if (key.isEmpty()) {
        accept();
        return;
    }
    if (m_untilQuit->isChecked()) {
        m_secrets.keepUntilQuit(m_connection.id, key);
        accept();
        return;
    }
    m_save->setEnabled(false);
    m_notice->show(tr("Waiting for the keychain…"), Notice::Tone::Info);
    m_secrets.write(m_connection.id, key, [this, alive = QPointer(this)](const Done &done) {
        if (!alive)
            return;
        m_save->setEnabled(true);
        if (done) {
            accept();
            return;
        }
        m_untilQuit->setChecked(true);
        m_notice->show(done.error());
    });
}

} // namespace bobbin::ui
