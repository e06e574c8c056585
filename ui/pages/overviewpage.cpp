// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/overviewpage.h"

#include "models/providers/lists.h"
#include "models/store/whendone.h"

#include "models/audit/causetext.h"
#include "models/audit/findingtext.h"
#include "models/columns/causewords.h"
#include "models/core/clock.h"
#include "models/core/format.h"
#include "ui/charts/costchart.h"
#include "ui/charts/partsbar.h"
#include "ui/theme.h"
#include "ui/widgets/notice.h"
#include "ui/widgets/paddeddelegate.h"

#include <QApplication>
#include <QDateTime>
#include <QFrame>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QStyledItemDelegate>
#include <QTableWidget>
#include <QTimer>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int daysShown = 62;
enum Tile { Month, Cost, Active, Threads, Stores, TileCount };
enum ThreadColumn {
    NameColumn,
    ShareColumn,
    CostColumn,
    CauseColumn,
    SinceColumn,
    TurnColumn,
    SavesColumn,
    RemedyColumn
};
constexpr int shareRole = Qt::UserRole + 1; // 0 to 1
constexpr std::size_t mostAttention = 8;

QLabel *quietLabel()
{
    auto *label = new QLabel;
    label->setForegroundRole(QPalette::PlaceholderText);
    return label;
}

QPushButton *rowButton()
{
    auto *button = new QPushButton;
    button->setFlat(true); // ten boxes beneath each other would be louder than what they are about
    QPalette palette = button->palette();
    palette.setColor(QPalette::ButtonText, colour(Hue::Accent));
    button->setPalette(palette);
    button->setCursor(Qt::PointingHandCursor);
    return button;
}

// A bar as long as the share, with its percent beside it.
class ShareDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        QStyleOptionViewItem plain = option;
        initStyleOption(&plain, index);
        const QString text = std::exchange(plain.text, {});
        const QStyle *style = plain.widget ? plain.widget->style() : QApplication::style();
        style->drawControl(QStyle::CE_ItemViewItem, &plain, painter, plain.widget);
        const int words = plain.fontMetrics.horizontalAdvance(u"100 %"_s) + 6;
        const QRect room = plain.rect.adjusted(6, 8, -6, -8);
        const int most = std::max(0, room.width() - words);
        painter->fillRect(QRect(room.left(), room.top(), most, room.height()), colour(Hue::Line));
        painter->fillRect(QRect(room.left(), room.top(), int(most * index.data(shareRole).toDouble()), room.height()),
                          colour(Hue::Accent));
        painter->setPen(
            plain.palette.color(plain.state & QStyle::State_Selected ? QPalette::HighlightedText : QPalette::Text));
        painter->drawText(plain.rect.adjusted(0, 0, -6, 0), Qt::AlignRight | Qt::AlignVCenter, text);
    }
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        return QStyledItemDelegate::sizeHint(option, index) + QSize(70, 0);
    }
};

QTableWidget *makeTable(const QStringList &heads, const QString &name)
{
    auto *table = new QTableWidget(0, int(heads.size()));
    table->setHorizontalHeaderLabels(heads);
    table->setAccessibleName(name);
    table->verticalHeader()->hide();
    table->setShowGrid(false);
    table->setFrameShape(QFrame::NoFrame);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setTabKeyNavigation(false);
    table->setWordWrap(false);
    table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeaderItem(0)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    for (int c = 1; c < table->columnCount(); ++c)
        table->horizontalHeaderItem(c)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    table->verticalHeader()->setDefaultSectionSize(27);
    return table;
}

void setCell(QTableWidget *table, int row, int column, const QString &text, bool number)
{
    auto *item = new QTableWidgetItem(text);
    item->setTextAlignment((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    item->setToolTip(text);
    table->setItem(row, column, item);
}

void fitHeight(QTableWidget *table)
{
    int height = table->horizontalHeader()->sizeHint().height() + 4;
    for (int r = 0; r < table->rowCount(); ++r)
        height += table->rowHeight(r);
    table->setFixedHeight(height);
    table->resizeColumnsToContents();
    table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
}

} // namespace

OverviewPage::OverviewPage(std::shared_ptr<const PriceTable> prices, QWidget *parent)
    : QScrollArea(parent), m_prices(std::move(prices)), m_again(new QTimer(this)), m_retirement(new Notice),
      m_headline(new QLabel), m_findings(new QPushButton), m_parts(new PartsBar), m_partsTitle(quietLabel()),
      m_threadsTitle(quietLabel()),
      m_attention(makeTable({tr("Needs attention"), tr("Since"), QString()}, tr("Needs attention"))),
      m_chart(new CostChart), m_threads(makeTable({tr("Thread"), tr("Share"), tr("Cost"), tr("Cause"), tr("Since"),
                                                   tr("A turn now"), tr("Saves a turn"), QString()},
                                                  tr("Costliest threads"))),
      m_models(makeTable({tr("Model"), tr("Runs"), tr("Cost"), tr("Switched off")}, tr("Cost by model")))
{
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    auto *content = new QWidget;
    content->setBackgroundRole(QPalette::Base);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(20, 16, 20, 20);
    column->setSpacing(16);
    column->addWidget(m_retirement);
    QFont strong = m_headline->font();
    strong.setPointSizeF(strong.pointSizeF() * 1.25);
    strong.setWeight(QFont::DemiBold);
    m_headline->setFont(strong);
    m_headline->setWordWrap(true);
    m_headline->setTextFormat(Qt::PlainText);
    m_headline->setAccessibleName(tr("What made the bill"));
    auto *top = new QHBoxLayout;
    top->setSpacing(16);
    top->addWidget(m_headline, 1);
    top->addWidget(m_findings, 0, Qt::AlignTop);
    column->addLayout(top);
    auto *tiles = new QHBoxLayout;
    tiles->setSpacing(10);
    const QString names[] = {tr("This month (UTC)"), tr("Cost of all runs"), tr("Active now"), tr("Threads"),
                             tr("Vector stores")};
    for (const QString &name : names) {
        auto *tile = new QFrame;
        tile->setFrameShape(QFrame::StyledPanel);
        auto *inner = new QVBoxLayout(tile);
        inner->setContentsMargins(12, 8, 12, 8);
        inner->setSpacing(2);
        auto *title = new QLabel(name);
        title->setForegroundRole(QPalette::PlaceholderText);
        auto *value = new QLabel;
        QFont big = value->font();
        big.setPointSizeF(big.pointSizeF() * 1.45);
        big.setWeight(QFont::DemiBold);
        value->setFont(big);
        value->setAccessibleName(name);
        auto *note = new QLabel;
        note->setForegroundRole(QPalette::PlaceholderText);
        note->setWordWrap(true);
        inner->addWidget(title);
        inner->addWidget(value);
        inner->addWidget(note);
        inner->addStretch(1);
        tiles->addWidget(tile, 1);
        m_tiles.emplace_back(value, note);
    }
    column->addLayout(tiles);
    column->addWidget(m_partsTitle);
    column->addWidget(m_parts);
    column->addWidget(m_threadsTitle);
    column->addWidget(m_threads);
    for (QTableWidget *table : {m_threads, m_attention, m_models}) {
        table->setItemDelegate(new PaddedDelegate(6, table));
        PaddedHeaderStyle::applyTo(table->horizontalHeader(), 6);
    }
    m_threads->setItemDelegateForColumn(ShareColumn, new ShareDelegate(m_threads));
    for (const int left : {int(CauseColumn), int(SinceColumn)})
        m_threads->horizontalHeaderItem(left)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    auto *chartTitle = quietLabel();
    chartTitle->setText(tr("Cost by day and assistant, last %1 days (UTC)").arg(daysShown));
    column->addWidget(chartTitle);
    column->addWidget(m_chart);
    auto *tables = new QHBoxLayout;
    tables->setSpacing(20);
    tables->addWidget(m_attention, 1, Qt::AlignTop);
    tables->addWidget(m_models, 1, Qt::AlignTop);
    column->addLayout(tables);
    column->addStretch(1);
    setWidget(content);
    m_again->setSingleShot(true);
    m_again->setInterval(1500);
    connect(m_again, &QTimer::timeout, this, &OverviewPage::refresh);
    connect(m_findings, &QPushButton::clicked, this, [this] { Q_EMIT findingsWanted({}); });
    connect(m_threads, &QTableWidget::itemActivated, this, [this](QTableWidgetItem *item) {
        Q_EMIT threadChosen(m_threads->item(item->row(), 0)->data(Qt::UserRole).toString());
    });
}

void OverviewPage::setStore(std::shared_ptr<Store> store)
{
    m_store = std::move(store);
    const auto retirement = m_store ? m_store->provider().retirement() : std::nullopt;
    if (retirement)
        m_retirement->show(retirement->words, Notice::Tone::Warning);
    else
        m_retirement->hide();
    m_before.clear();
    if (m_store)
        refresh();
    else
        show({});
}

void OverviewPage::setPrices(std::shared_ptr<const PriceTable> prices)
{
    m_prices = std::move(prices);
    refresh();
}

void OverviewPage::storeChanged(const Changes &changes)
{
    if ((changes.kinds & ~ChangedKinds(Changed::Findings)) && !m_again->isActive())
        m_again->start();
}

void OverviewPage::showEvent(QShowEvent *event)
{
    QScrollArea::showEvent(event);
    if (m_stale)
        refresh();
    if (m_billStale)
        refreshBill();
}

void OverviewPage::refresh()
{
    m_stale = !isVisible();
    if (!m_store || m_stale)
        return;
    if (m_asking) {
        m_due = true;
        return;
    }
    m_asking = true;
    whenDone(m_store->read([](Reader &reader) { return reader.overview(QDateTime::currentMSecsSinceEpoch()); },
                           Store::Lane::Scan),
             this, [this, asked = std::weak_ptr(m_store)](const Result<Overview> &overview) {
                 m_asking = false;
                 const bool current = asked.lock() == m_store;
                 if (overview && current)
                     show(*overview);
                 if (std::exchange(m_due, false) || !current)
                     m_again->start();
             });
}

void OverviewPage::setTile(int tile, const QString &value, const QString &note)
{
    m_tiles[std::size_t(tile)].first->setText(value);
    m_tiles[std::size_t(tile)].second->setText(note);
}

void OverviewPage::show(const Overview &o)
{
    const auto leftOut = [this](const CostSum &sum) {
        return sum.unknownRuns > 0 ? tr("%1 runs without usage or price left out").arg(format::count(sum.unknownRuns))
                                   : tr("estimate, prices of %1").arg(m_prices->generated());
    };
    const auto known = [](const CostSum &sum) {
        return format::money(CostSum{sum.known, sum.pricedRuns, 0, sum.assumedRuns});
    };
    setTile(Cost, known(o.total),
            o.threadsGone > 0 ? tr("deleted threads included; %1").arg(leftOut(o.total)) : leftOut(o.total));
    m_monthNote = leftOut(o.month);
    setTile(Month, known(o.month), {});
    tellMonth();
    m_runs = o.runs;
    setTile(Active, format::count(o.activeRuns), {});
    tellActive();
    setTile(Threads, format::count(o.threads),
            o.threadsGone > 0
                ? tr("on the server; %1 more are gone and kept here").arg(format::count(o.threadsGone))
                : tr("%1 messages, %2 assistants").arg(format::count(o.messages), format::count(o.assistants)));
    if (m_store && !workspaceList(m_store->provider(), Resource::VectorStores))
        setTile(Stores, u"—"_s, tr("%1 has none").arg(m_store->provider().name()));
    else
        setTile(Stores, format::count(o.stores),
                o.storeBytes
                    ? tr("%1, %2 a day at the list price, %3 after the free gigabyte")
                          .arg(format::bytes(o.storeBytes), format::money(m_prices->storageListPrice(*o.storeBytes)),
                               format::money(m_prices->storagePerDay(*o.storeBytes)))
                    : QString());
    const QDate today = QDateTime::currentDateTimeUtc().date();
    m_chart->setDays(o.days, today.toString(Qt::ISODate), daysShown);
    m_models->setRowCount(int(o.models.size()));
    for (int i = 0; i < m_models->rowCount(); ++i) {
        const NamedCost &row = o.models[std::size_t(i)];
        const ModelPrices *model = m_prices->find(row.name);
        const QDate end = model ? model->shutdown : QDate();
        setCell(m_models, i, 0, row.name, false);
        setCell(m_models, i, 1, format::count(row.runs), true);
        setCell(m_models, i, 2, format::money(row.cost), true);
        setCell(m_models, i, 3, end.isValid() ? end.toString(Qt::ISODate) : u"–"_s, true);
        if (end.isValid())
            m_models->item(i, 3)->setToolTip(
                end < today ? tr("%1 is switched off").arg(row.name)
                            : tr("%1 is switched off in %2 days").arg(row.name, format::count(today.daysTo(end))));
        if (end.isValid() && today.daysTo(end) < 60)
            m_models->item(i, 3)->setForeground(colour(Hue::Danger));
    }
    fitHeight(m_models);
}

void OverviewPage::setAuditor(Auditor *auditor)
{
    m_auditor = auditor;
    showBill({});
    if (!auditor)
        return;
    m_headline->setText(tr("Adding up what made the bill…"));
    m_billStale = true;
    connect(auditor, &Auditor::audited, this, [this](const AuditReport &report) {
        if (report.judged > 0 || report.changed > 0 || m_billStale)
            refreshBill();
    });
}

Result<OverviewPage::Shown> OverviewPage::readBill(const Ledger &ledger, Reader &reader, const LimitSet &limits)
{
    Shown shown;
    shown.bill = billOf(ledger, limits, nowMs());
    auto findings = reader.findings();
    if (!findings)
        return fail(findings.error());
    for (Finding &finding : *findings)
        if (finding.state == Finding::State::Open)
            shown.findings.push_back(std::move(finding));
    const auto &costly = shown.bill.threads.empty() ? shown.bill.costliestEver : shown.bill.threads;
    std::vector<RowKey> keys;
    for (const CostlyThread &thread : costly)
        keys.push_back(thread.key);
    auto rows = reader.rows<ThreadRow>(keys);
    if (!rows)
        return fail(rows.error());
    for (std::size_t i = 0; i < costly.size(); ++i) {
        const auto helps = std::ranges::find_if(shown.findings, [&](const Finding &finding) {
            return finding.subject == SubjectKind::Thread && finding.key == costly[i].key &&
                finding.remedy != Remedy::None;
        });
        shown.threads.push_back(
            {costly[i], std::move((*rows)[i]), helps == shown.findings.end() ? std::nullopt : std::optional(*helps)});
    }
    return shown;
}

void OverviewPage::refreshBill()
{
    m_billStale = !isVisible();
    if (!m_auditor || !m_store || m_billStale)
        return;
    if (m_billAsked) {
        m_billDue = true;
        return;
    }
    m_billAsked = true;
    whenDone(m_auditor->withLedger([limits = m_limits](const Ledger &ledger, Reader &reader) {
        return readBill(ledger, reader, limits);
    }),
             this, [this, asked = std::weak_ptr(m_store)](const Result<Shown> &shown) {
                 m_billAsked = false;
                 if (asked.lock() == m_store && m_store && shown)
                     showBill(*shown);
                 if (std::exchange(m_billDue, false))
                     refreshBill();
             });
}

QString OverviewPage::headlineOf(const Shown &shown) const
{
    const Bill &bill = shown.bill;
    if (bill.cost.pricedRuns + bill.cost.unknownRuns == 0)
        return shown.threads.empty() ? tr("No run has a known cost yet.")
                                     : tr("Nothing ran this month; below are the costliest threads of all time.");
    QString said = tr("%1 this month").arg(format::money(bill.cost));
    if (bill.beforeByNow.pricedRuns > 0) {
        const double before = bill.beforeByNow.known.dollars();
        const double more = before > 0 ? (bill.cost.known.dollars() / before - 1) * 100 : 0;
        said += u", "_s +
            (std::abs(more) < 1 ? tr("as much as by this day of %1").arg(bill.lastMonth)
                                : tr("%1 by this day of %2 (%3 %)")
                                      .arg(format::money(bill.beforeByNow), bill.lastMonth,
                                           (more > 0 ? u"+"_s : u"−"_s) + format::count(std::llround(std::abs(more)))));
    }
    said += u'.';
    QStringList waste;
    const auto add = [&](Money money, const QString &what) {
        if (money.pico > 0 && money.pico * 50 >= bill.cost.known.pico) // two percent: less is noise
            waste << tr("%1 %2").arg(format::money(money), what);
    };
    add(bill.parts.history, tr("for history carried along"));
    add(bill.parts.toolRounds, tr("in tool rounds"));
    add(bill.parts.retries, tr("for retries that failed"));
    if (!waste.isEmpty())
        said += u' ' + tr("Of it %1.").arg(waste.join(u", "_s));
    return said;
}

void OverviewPage::showBill(const Shown &shown)
{
    m_headline->setText(m_auditor ? headlineOf(shown) : QString());
    const auto open = qint64(shown.findings.size());
    m_findings->setText(tr("%n finding(s)", nullptr, int(open)));
    m_findings->setVisible(open > 0);
    const bool any = shown.bill.parts.known().pico > 0;
    m_partsTitle->setText(shown.bill.parts.estimated ? tr("Where this month's money went (in part estimated)")
                                                     : tr("Where this month's money went"));
    m_partsTitle->setVisible(any);
    m_parts->setVisible(any);
    m_parts->setParts(shown.bill.parts);
    const CostSum &before = shown.bill.before;
    m_before = before.pricedRuns > 0 ? tr("%1 in %2").arg(format::money(before), shown.bill.lastMonth) : QString();
    tellMonth();
    const auto stuck = std::ranges::count(shown.findings, "stuck-run", &Finding::rule);
    m_stuck = stuck > 0 ? tr("%n stuck", nullptr, int(stuck)) : QString();
    tellActive();
    showThreads(shown);
    showAttention(shown.findings);
}

void OverviewPage::tellMonth()
{
    m_tiles[Month].second->setText(m_before.isEmpty() ? m_monthNote : m_before + u" · "_s + m_monthNote);
}

void OverviewPage::tellActive()
{
    const QString of = tr("of %1 runs").arg(format::count(m_runs));
    m_tiles[Active].second->setText(m_stuck.isEmpty() ? of : m_stuck + u", "_s + of);
}

void OverviewPage::showThreads(const Shown &shown)
{
    const bool month = !shown.bill.threads.empty();
    m_threadsTitle->setText(month ? tr("The costliest threads of this month") : tr("The costliest threads"));
    m_threadsTitle->setVisible(!shown.threads.empty());
    m_threads->setVisible(!shown.threads.empty());
    const Money all = month ? shown.bill.cost.known : shown.bill.ever;
    m_threads->clearContents();
    m_threads->setRowCount(int(shown.threads.size()));
    for (int i = 0; i < m_threads->rowCount(); ++i) {
        const auto &[thread, row, helps] = shown.threads[std::size_t(i)];
        const QString name = format::visible(row.title.isEmpty() ? row.id : row.title);
        const double share = double(thread.cost.pico) / double(std::max<qint64>(1, all.pico));
        setCell(m_threads, i, NameColumn, name, false);
        m_threads->item(i, NameColumn)->setData(Qt::UserRole, row.id);
        setCell(m_threads, i, ShareColumn, share < 0.01 ? tr("<1 %") : tr("%1 %").arg(std::llround(share * 100)), true);
        m_threads->item(i, ShareColumn)->setData(shareRole, share);
        setCell(m_threads, i, CostColumn, format::money(thread.cost), true);
        setCell(m_threads, i, CauseColumn, causeName(thread.cause), false);
        m_threads->item(i, CauseColumn)->setToolTip(causeText(row.cost, thread.cause, thread.runs));
        setCell(m_threads, i, SinceColumn,
                thread.runs.from > 0 ? QDateTime::fromMSecsSinceEpoch(thread.runs.from).date().toString(Qt::ISODate)
                                     : u"–"_s,
                false);
        setCell(m_threads, i, TurnColumn, thread.perTurn ? format::money(*thread.perTurn) : u"–"_s, true);
        const bool saves = helps && helps->facts.contains("savesPerTurn"_L1);
        setCell(m_threads, i, SavesColumn,
                saves ? format::money(Money{helps->facts["savesPerTurn"_L1].toInteger()}) : u"–"_s, true);
        setCell(m_threads, i, RemedyColumn, {}, false);
        auto *button = rowButton();
        if (helps) {
            button->setText(findingText(*helps).remedy);
            button->setToolTip(findingText(*helps).advice);
            connect(button, &QPushButton::clicked, this, [this, finding = *helps] { Q_EMIT remedyWanted(finding); });
        } else {
            button->setText(tr("Open"));
            connect(button, &QPushButton::clicked, this, [this, id = row.id] { Q_EMIT threadChosen(id); });
        }
        button->setAccessibleName(tr("%1: %2").arg(name, button->text()));
        m_threads->setCellWidget(i, RemedyColumn, button);
    }
    m_threads->verticalHeader()->setDefaultSectionSize(std::max(27, QPushButton(u"x"_s).sizeHint().height()));
    fitHeight(m_threads);
}

void OverviewPage::showAttention(const std::vector<Finding> &findings)
{
    std::vector<const Finding *> shown;
    for (const char *rule : {"stuck-run", "model-switched-off", "unusual-day", "unknown-price"})
        for (const Finding &finding : findings)
            if (finding.rule == rule && shown.size() < mostAttention)
                shown.push_back(&finding);
    m_attention->setVisible(!shown.empty());
    m_attention->clearContents();
    m_attention->setRowCount(int(shown.size()));
    for (int i = 0; i < m_attention->rowCount(); ++i) {
        const Finding &finding = *shown[std::size_t(i)];
        const FindingText text = findingText(finding);
        const QString name = format::visible(finding.name.isEmpty() ? finding.id : finding.name);
        setCell(m_attention, i, 0, name + u": "_s + format::visible(text.sentence), false);
        setCell(m_attention, i, 1, format::when(finding.firstSeen).left(10), true);
        setCell(m_attention, i, 2, {}, false);
        auto *button = rowButton();
        button->setText(text.remedy.isEmpty() ? tr("Finding") : text.remedy);
        button->setAccessibleName(tr("%1: %2").arg(name, button->text()));
        m_attention->setCellWidget(i, 2, button);
        connect(button, &QPushButton::clicked, this, [this, finding] {
            if (finding.remedy == Remedy::None)
                Q_EMIT findingsWanted(finding.rule);
            else
                Q_EMIT remedyWanted(finding);
        });
    }
    m_attention->verticalHeader()->setDefaultSectionSize(std::max(27, QPushButton(u"x"_s).sizeHint().height()));
    fitHeight(m_attention);
}

} // namespace bobbin::ui
