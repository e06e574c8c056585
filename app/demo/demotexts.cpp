// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demotexts.h"

#include "app/demo/state.h"

namespace bobbin::demo {

using namespace Qt::Literals::StringLiterals;

const std::vector<QByteArray> &questions()
{
    static const std::vector<QByteArray> all{
        "Where is my order #88213? It was promised for Friday.",
        "I would like to exchange the blue jacket for a green one, size M.",
        "Wo bleibt meine Rückerstattung? Bestellung 77120, 42,90 €, seit zwei Wochen nichts gehört.",
        "契約書の第5条について説明してください。更新期限はいつですか？",
        "¿Pueden enviar la factura a otra dirección de correo?",
        "Pouvez-vous comparer les deux offres et faire un tableau ?",
        "أين وصل طلبي رقم 55121؟",
        "Сколько времени занимает доставка в Казань?",
        "Please summarise the attached contract in five bullet points and list every deadline.",
        "Compare revenue of Q2 and Q3 by region, and explain the difference in Torino.",
        "The export of the ledger fails with error 1042. What now?",
        "क्या आप इस रिपोर्ट का सारांश हिंदी में दे सकते हैं?",
        "Draft a friendly reminder for invoice 2026-0914, tracking 1Z 999 AA1.",
        "Thanks! One more thing: can the address be changed to Via Roma 12, Torino?",
    };
    return all;
}

const std::vector<QByteArray> &answers()
{
    static const std::vector<QByteArray> all{
        "Order **#88213** left the warehouse on 3 September and should arrive on Friday. I have sent the tracking link "
        "again.",
        "I have noted the exchange. Please send the jacket back with the label in your mail; the green one is reserved "
        "for 14 days.",
        "Die Rückerstattung über 42,90 € wurde am 14. September freigegeben und ist spätestens in fünf Werktagen auf "
        "Ihrem Konto.",
        "第5条は契約の自動更新を定めています。期限は**2026年12月31日**で、60日前までの通知が必要です。",
        "| Region | Q2 | Q3 |\n| --- | ---: | ---: |\n| Milano | 18,211 | 20,977 |\n| Torino | 9,410 | 7,120 "
        "|\n\nTorino "
        "fell because two large orders moved to October.",
        "Run this to rebuild the index, then export again:\n\n```sql\nREINDEX TABLE ledger;\nSELECT month, sum(amount) "
        "FROM ledger GROUP BY month;\n```",
        "Here are the five points:\n\n1. Term of two years\n2. Notice of 60 days\n3. Liability capped at the yearly "
        "fee\n"
        "4. Data stays in the EU\n5. Price review every January",
        "تم شحن طلبك اليوم وسيصل خلال ثلاثة أيام.",
        "Done. The invoice reminder is drafted below; it mentions the due date and the bank account.",
    };
    return all;
}

QByteArray citedContent(const QString &fileId)
{
    return "[{\"type\":\"text\",\"text\":{\"value\":\"You may return items within 30 days【4:0†returns-policy.pdf】. "
           "The "
           "refund goes to the card you paid with.\",\"annotations\":[{\"type\":\"file_citation\",\"text\":"
           "\"【4:0†returns-policy.pdf】\",\"start_index\":36,\"end_index\":60,\"file_citation\":{\"file_id\":" +
        jsonString(fileId.toUtf8()) + "}}]}}]";
}

QByteArray imageContent(const QString &fileId)
{
    return "[{\"type\":\"text\",\"text\":{\"value\":\"Here is the chart you asked "
           "for.\",\"annotations\":[]}},{\"type\":"
           "\"image_file\",\"image_file\":{\"file_id\":" +
        jsonString(fileId.toUtf8()) + ",\"detail\":\"auto\"}}]";
}

} // namespace bobbin::demo
