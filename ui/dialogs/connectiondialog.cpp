// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/connectiondialog.h"

#include "models/core/errortext.h"
#include "models/providers/registry.h"
#include "models/session/workspace.h"
#include "ui/theme.h"
#include "ui/widgets/notice.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPointer>
#include <QProcess>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableWidget>

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

// As QProcess::splitCommand() reads it.
QString asCommandLine(const QStringList &command)
{
    QStringList quoted;
    for (QString part : command) {
        part.replace(u'"', u"\"\"\""_s);
        quoted << (part.contains(u' ') || part.isEmpty() ? u'"' + part + u'"' : part);
    }
    return quoted.join(u' ');
}

void addRow(QFormLayout *form, const QString &label, QWidget *field)
{
    field->setAccessibleName(label);
    form->addRow(label, field);
}

QFormLayout *formOf(QWidget *page)
{
    auto *form = new QFormLayout(page);
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    return form;
}

QPlainTextEdit *lines(const QString &text, const QString &placeholder, int count)
{
    auto *edit = new QPlainTextEdit(text);
    edit->setPlaceholderText(placeholder);
    edit->setTabChangesFocus(true);
    edit->setFixedHeight(edit->fontMetrics().lineSpacing() * count + 14);
    return edit;
}

enum ProxyKind { SystemProxyKind, NoProxyKind, OwnProxyKind };

} // namespace

ConnectionDialog::ConnectionDialog(Connections &connections, Credentials &credentials,
                                   const std::optional<Connection> &existing, QWidget *parent)
    : QDialog(parent), m_connections(connections), m_credentials(credentials),
      m_connection(existing.value_or(Connection())), m_existing(existing.has_value()),
      m_providerChosen(!m_connection.provider.isEmpty()), m_notice(new Notice), m_sourceBefore(m_connection.keySource)
{
    setWindowTitle(m_existing ? tr("Edit connection") : tr("New connection"));
    if (m_connection.id.isEmpty())
        m_connection.id = Connections::newId();
    setMinimumWidth(620);
    resizeWithin(*this, {660, 620});
    auto *tabs = new QTabWidget;
    tabs->setAccessibleName(tr("Parts of the connection"));
    tabs->addTab(serverPage(), tr("Server and key"));
    tabs->addTab(networkPage(), tr("Network"));
    tabs->addTab(extrasPage(), tr("Headers and query"));
    m_test = new QPushButton(tr("Test connection"));
    m_save = new QPushButton(m_existing ? tr("Save") : tr("Connect"));
    auto *buttons = new QDialogButtonBox;
    buttons->addButton(m_test, QDialogButtonBox::ActionRole);
    buttons->addButton(QDialogButtonBox::Cancel);
    buttons->addButton(m_save, QDialogButtonBox::AcceptRole);
    auto *column = new QVBoxLayout(this);
    column->addWidget(tabs);
    column->addWidget(m_notice);
    column->addWidget(buttons);
    m_save->setDefault(true); // not before it is in the dialog, which else chooses another
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_save, &QPushButton::clicked, this, &ConnectionDialog::save);
    connect(m_test, &QPushButton::clicked, this, &ConnectionDialog::test);
    for (QPushButton *other : findChildren<QPushButton *>())
        if (other != m_save)
            other->setAutoDefault(false); // Enter saves, wherever it is pressed
    // The keychain may ask for its own password: not before there is a key to keep.
    connect(m_key, &QLineEdit::textEdited, this, &ConnectionDialog::probeKeychain);
    providerChanged();
}

ConnectionDialog::~ConnectionDialog()
{
    m_credentials.forgetTrial(m_connection.id);
}

QWidget *ConnectionDialog::serverPage()
{
    auto *page = new QWidget;
    m_form = formOf(page);
    m_name = new QLineEdit(m_connection.name);
    m_url = new QLineEdit(m_connection.baseUrl);
    m_provider = new QComboBox;
    m_provider->setObjectName(u"provider"_s);
    for (const Provider *one : allProviders())
        m_provider->addItem(one->name(), one->id());
    m_retirement = new QLabel;
    m_retirement->setWordWrap(true);
    m_features = new QTableWidget(0, 2);
    m_features->setHorizontalHeaderLabels({tr("What you may want there"), tr("Works")});
    m_features->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_features->horizontalHeader()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
    m_features->horizontalHeader()->setSectionResizeMode(1, QHeaderView::Stretch);
    m_features->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_features->verticalHeader()->hide();
    m_features->setShowGrid(false);
    m_features->setWordWrap(true);
    m_features->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_features->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_features->setTabKeyNavigation(false);
    m_features->setAccessibleName(tr("What works there"));
    m_features->setMinimumHeight(m_features->fontMetrics().lineSpacing() * 7); // it takes what is left
    addRow(m_form, tr("Name"), m_name);
    addRow(m_form, tr("Base URL"), m_url);
    addRow(m_form, tr("Provider"), m_provider);
    addKeyRows();
    m_form->addRow(m_retirement);
    m_form->addRow(m_features);
    connect(m_url, &QLineEdit::textEdited, this, &ConnectionDialog::urlEdited);
    connect(m_provider, &QComboBox::activated, this, [this] {
        m_providerChosen = true;
        m_report.reset();
        providerChanged();
    });
    const int known = m_provider->findData(m_connection.provider);
    m_provider->setCurrentIndex(known >= 0 ? known : m_provider->findData(defaultProviderId()));
    return page;
}

void ConnectionDialog::addKeyRows()
{
    m_keySource = new QComboBox;
    m_keySource->addItem(tr("A key, pasted here"), int(Connection::KeySource::Pasted));
    m_keySource->addItem(tr("A command that prints a token"), int(Connection::KeySource::Command));
    m_keySource->addItem(tr("Signing in, in the browser"), int(Connection::KeySource::SignIn));
    m_keySource->setCurrentIndex(m_keySource->findData(int(m_connection.keySource)));
    m_key = new QLineEdit;
    m_key->setEchoMode(QLineEdit::Password);
    m_key->setPlaceholderText(m_existing && m_sourceBefore == Connection::KeySource::Pasted ? tr("unchanged")
                                                                                            : QString());
    m_untilQuit = new QCheckBox(tr("Keep the key until I quit, not in the keychain"));
    m_keyForm = new QComboBox;
    m_keyForm->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_keySource->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_command = new QLineEdit(asCommandLine(m_connection.command));
    m_command->setPlaceholderText(
        u"az account get-access-token --resource https://ai.azure.com --query accessToken -o tsv"_s);
    m_tenant = new QLineEdit(m_connection.tenant);
    m_tenant->setPlaceholderText(tr("tenant id or domain"));
    m_clientId = new QLineEdit(m_connection.clientId);
    m_clientId->setPlaceholderText(tr("of an app registration with the redirect http://localhost"));
    m_signIn = new QPushButton(tr("Sign in…"));
    addRow(m_form, tr("Key from"), m_keySource);
    addRow(m_form, tr("Key"), m_key);
    m_form->addRow({}, m_untilQuit);
    addRow(m_form, tr("Sent as"), m_keyForm);
    addRow(m_form, tr("Command"), m_command);
    addRow(m_form, tr("Tenant"), m_tenant);
    addRow(m_form, tr("Client id"), m_clientId);
    m_form->addRow({}, m_signIn);
    connect(m_keySource, &QComboBox::currentIndexChanged, this, &ConnectionDialog::keySourceChanged);
    connect(m_signIn, &QPushButton::clicked, this, &ConnectionDialog::signIn);
}

void ConnectionDialog::keySourceChanged()
{
    const auto source = Connection::KeySource(m_keySource->currentData().toInt());
    const bool pasted = source == Connection::KeySource::Pasted;
    const bool signsIn = source == Connection::KeySource::SignIn;
    m_form->setRowVisible(m_key, pasted);
    m_form->setRowVisible(m_untilQuit, pasted);
    m_form->setRowVisible(m_keyForm, pasted && m_keyForm->count() > 1);
    m_form->setRowVisible(m_command, source == Connection::KeySource::Command);
    m_form->setRowVisible(m_tenant, signsIn);
    m_form->setRowVisible(m_clientId, signsIn);
    m_form->setRowVisible(m_signIn, signsIn);
    if (!isVisible())
        return;
    m_notice->hide(); // it was about what stood here before
    layout()->activate();
    resize(size().expandedTo(minimumSizeHint())); // rows that came must not squeeze the others
}

QWidget *ConnectionDialog::fileRow(QLineEdit *field, const QString &title)
{
    field->setAccessibleName(title);
    field->setPlaceholderText(tr("PEM file"));
    auto *choose = new QPushButton(tr("Choose…"));
    choose->setAccessibleName(tr("Choose: %1").arg(title));
    connect(choose, &QPushButton::clicked, this, [this, field, title] {
        const QString file = QFileDialog::getOpenFileName(this, title, field->text());
        if (!file.isEmpty())
            field->setText(file);
    });
    auto *row = new QWidget;
    auto *line = new QHBoxLayout(row);
    line->setContentsMargins({});
    line->addWidget(field);
    line->addWidget(choose);
    return row;
}

QWidget *ConnectionDialog::networkPage()
{
    auto *page = new QWidget;
    QFormLayout *form = formOf(page);
    m_caFile = new QLineEdit(m_connection.caFile);
    m_certificate = new QLineEdit(m_connection.certificateFile);
    m_certificateKey = new QLineEdit(m_connection.certificateKeyFile);
    m_proxyKind = new QComboBox;
    m_proxyKind->addItems({tr("As the system says"), tr("None"), tr("This one:")});
    const bool own = !m_connection.proxy.isEmpty() && m_connection.proxy != "none"_L1;
    m_proxy = new QLineEdit(own ? m_connection.proxy : QString());
    m_proxy->setPlaceholderText(u"http://host:3128"_s);
    m_proxy->setAccessibleName(tr("Address of the proxy"));
    m_proxyKind->setCurrentIndex(own ? OwnProxyKind : m_connection.proxy.isEmpty() ? SystemProxyKind : NoProxyKind);
    m_proxy->setEnabled(own);
    m_timeout = new QSpinBox;
    m_timeout->setRange(0, 3'600);
    m_timeout->setSpecialValueText(tr("the usual one (30 s)"));
    m_timeout->setSuffix(tr(" s"));
    m_timeout->setValue(m_connection.timeoutSeconds);
    form->addRow(tr("Trust besides (CA)"), fileRow(m_caFile, tr("CA certificates to trust besides the system's")));
    form->addRow(tr("Client certificate"), fileRow(m_certificate, tr("Client certificate")));
    form->addRow(tr("Its private key"), fileRow(m_certificateKey, tr("Private key of the client certificate")));
    auto *proxy = new QWidget;
    auto *line = new QHBoxLayout(proxy);
    line->setContentsMargins({});
    line->addWidget(m_proxyKind);
    line->addWidget(m_proxy, 1);
    m_proxyKind->setAccessibleName(tr("Proxy"));
    form->addRow(tr("Proxy"), proxy);
    addRow(form, tr("Time-out"), m_timeout);
    connect(m_proxyKind, &QComboBox::currentIndexChanged, this,
            [this](int kind) { m_proxy->setEnabled(kind == OwnProxyKind); });
    return page;
}

QWidget *ConnectionDialog::extrasPage()
{
    auto *page = new QWidget;
    QFormLayout *form = formOf(page);
    m_organization = new QLineEdit(m_connection.organization);
    m_project = new QLineEdit(m_connection.project);
    m_headers = lines(asLines(m_connection.headers, u':'), tr("Name: value, one a line"), 4);
    m_query = lines(asLines(m_connection.query, u'='), tr("api-version=2025-05-01, one a line"), 3);
    addRow(form, tr("Organization"), m_organization);
    addRow(form, tr("Project"), m_project);
    addRow(form, tr("Extra headers"), m_headers);
    addRow(form, tr("Extra query"), m_query);
    return page;
}

const Provider *ConnectionDialog::provider() const
{
    const Result<const Provider *> chosen = providerById(m_provider->currentData().toString());
    return chosen ? *chosen : nullptr;
}

void ConnectionDialog::urlEdited()
{
    m_report.reset();
    if (m_providerChosen)
        return;
    const Provider &likely = likeliestProvider(m_url->text());
    const int index = m_provider->findData(likely.id());
    if (index == m_provider->currentIndex())
        return;
    m_provider->setCurrentIndex(index);
    providerChanged();
}

void ConnectionDialog::providerChanged()
{
    const Provider *chosen = provider();
    if (!chosen)
        return;
    m_url->setPlaceholderText(chosen->exampleUrl());
    const std::vector<KeyForm> forms = chosen->keyForms();
    const QString before = m_keyForm->count() > 0 ? m_keyForm->currentData().toString() : m_connection.keyForm;
    m_keyForm->clear();
    for (const KeyForm &form : forms)
        m_keyForm->addItem(form.name, form.id);
    m_keyForm->setCurrentIndex(std::max(0, m_keyForm->findData(before)));
    const bool signsIn = chosen->signInPlace().has_value();
    const int signIn = m_keySource->findData(int(Connection::KeySource::SignIn));
    if (!signsIn && signIn >= 0) {
        m_keySource->removeItem(signIn);
    } else if (signsIn && signIn < 0) {
        m_keySource->addItem(tr("Signing in, in the browser"), int(Connection::KeySource::SignIn));
    }
    const auto retirement = chosen->retirement();
    m_form->setRowVisible(m_retirement, retirement.has_value());
    if (retirement)
        m_retirement->setText(retirement->words);
    showFeatures();
    keySourceChanged();
}

void ConnectionDialog::showFeatures()
{
    using Works = FeatureLine::Works;
    const Provider *chosen = provider();
    const std::vector<FeatureLine> lines = chosen ? featureTable(*chosen, m_report) : std::vector<FeatureLine>();
    m_features->setRowCount(int(lines.size()));
    for (int row = 0; row < int(lines.size()); ++row) {
        const FeatureLine &line = lines[std::size_t(row)];
        const QString works = line.works == Works::Yes ? tr("yes")
            : line.works == Works::No                  ? tr("no: %1").arg(line.why)
                                                       : tr("perhaps: %1").arg(line.why);
        m_features->setItem(row, 0, new QTableWidgetItem(line.what));
        m_features->setItem(row, 1, new QTableWidgetItem(works));
        if (line.works != Works::Yes)
            m_features->item(row, 0)->setForeground(palette().placeholderText());
    }
}

void ConnectionDialog::probeKeychain()
{
    if (std::exchange(m_probed, true))
        return;
    m_credentials.secrets().probe([this, alive = QPointer(this)](const Done &done) {
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
    m_connection.provider = m_provider->currentData().toString();
    m_connection.keySource = Connection::KeySource(m_keySource->currentData().toInt());
    m_connection.keyForm = m_keyForm->currentIndex() > 0 ? m_keyForm->currentData().toString() : QString();
    m_connection.command = QProcess::splitCommand(m_command->text());
    m_connection.tenant = m_tenant->text().trimmed();
    m_connection.clientId = m_clientId->text().trimmed();
    m_connection.organization = m_organization->text().trimmed();
    m_connection.project = m_project->text().trimmed();
    m_connection.headers = fromLines(m_headers->toPlainText(), u':');
    m_connection.query = fromLines(m_query->toPlainText(), u'=');
    m_connection.caFile = m_caFile->text().trimmed();
    m_connection.certificateFile = m_certificate->text().trimmed();
    m_connection.certificateKeyFile = m_certificateKey->text().trimmed();
    const int proxy = m_proxyKind->currentIndex();
    m_connection.proxy = proxy == NoProxyKind ? u"none"_s
        : proxy == OwnProxyKind               ? m_proxy->text().trimmed()
                                              : QString();
    m_connection.timeoutSeconds = m_timeout->value();
    const Done done = Connections::check(m_connection);
    if (!done)
        m_notice->show(done.error());
    return done.has_value();
}

Connection ConnectionDialog::onTrial() const
{
    Connection tried = m_connection;
    tried.id = Credentials::trialId(m_connection.id);
    return tried;
}

// As it is entered here; where nothing was, as it is kept.
void ConnectionDialog::withKey(const std::function<void(const QByteArray &key)> &use)
{
    using Source = Connection::KeySource;
    const bool kept = m_existing && m_sourceBefore == Source::Pasted;
    if (m_connection.keySource == Source::Pasted && (!m_key->text().isEmpty() || !kept)) {
        use(m_key->text().trimmed().toUtf8());
        return;
    }
    const bool trial = m_connection.keySource == Source::Command || m_signedIn;
    if (m_connection.keySource == Source::Command)
        m_credentials.forgetTrial(m_connection.id); // it may have been another command
    m_credentials.ask(trial ? onTrial() : m_connection, false,
                      [this, alive = QPointer(this), use](const Result<QByteArray> &key) {
                          if (!alive)
                              return;
                          if (key) {
                              use(*key);
                              return;
                          }
                          m_test->setEnabled(true);
                          m_notice->show(key.error());
                      });
}

void ConnectionDialog::signIn()
{
    if (!read())
        return;
    m_notice->show(tr("Sign in on the page that opens in the browser, then come back."), Notice::Tone::Info);
    m_credentials.signIn(onTrial(), [this, alive = QPointer(this)](const Result<QByteArray> &token) {
        if (!alive)
            return;
        m_signedIn = m_signedIn || token.has_value();
        if (token)
            m_notice->show(tr("You are signed in."), Notice::Tone::Info);
        else if (token.error().kind != Error::Kind::Cancelled)
            m_notice->show(token.error());
    });
}

void ConnectionDialog::test()
{
    if (!read())
        return;
    m_test->setEnabled(false);
    m_notice->show(tr("Asking the server…"), Notice::Tone::Info);
    withKey([this](const QByteArray &key) {
        Connection tried = m_connection;
        if (!m_providerChosen)
            tried.provider.clear(); // found out
        Workspace::test(tried, key, this, [this](const Result<ConnectionReport> &report) { tested(report); });
    });
}

void ConnectionDialog::tested(const Result<ConnectionReport> &report)
{
    m_test->setEnabled(true);
    if (!report) {
        m_notice->show(report.error());
        return;
    }
    m_report = *report;
    m_provider->setCurrentIndex(m_provider->findData(report->provider));
    providerChanged();
    m_notice->show(tr("The server answers and accepts the key."), Notice::Tone::Info);
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
    m_credentials.forget(m_connection.id); // a token of what it was before
    if (m_connection.keySource == Connection::KeySource::SignIn)
        m_credentials.keepSignIn(m_connection.id);
    if (key.isEmpty() || m_connection.keySource != Connection::KeySource::Pasted) {
        accept();
        return;
    }
    if (m_untilQuit->isChecked()) {
        m_credentials.secrets().keepUntilQuit(m_connection.id, key);
        accept();
        return;
    }
    m_save->setEnabled(false);
    m_notice->show(tr("Waiting for the keychain…"), Notice::Tone::Info);
    m_credentials.secrets().write(m_connection.id, key, [this, alive = QPointer(this)](const Done &done) {
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
