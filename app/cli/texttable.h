// SPDX-License-Identifier: GPL-3.0-or-later
// Rows as aligned text for a terminal, or as CSV or JSON for a pipe.
#pragma once

#include "models/items/export.h"

#include <QJsonArray>
#include <QJsonObject>
#include <cstdio>

namespace bobbin::cli {

enum class Form { Text, Csv, Json };

struct Cell {
    QString text;
    QVariant value;
};

class Output {
public:
    struct Head {
        QString key, title;
        bool number;
    };
    Output(Form form, std::vector<Head> heads);
    void add(std::vector<Cell> cells);
    void finish(); // writes to stdout
    [[nodiscard]] QJsonArray toJson() const; // the rows, for an object around them

private:
    Form m_form;
    std::vector<Head> m_heads;
    std::vector<std::vector<Cell>> m_rows;
    void writeText();
};

Cell number(std::optional<qint64> n); // unknown is a dash, and null for programs
bool written(); // what was printed has reached its place; says so where it has not
void printJson(const QJsonObject &object);
void print(const QString &line); // stdout
void complain(const QString &line); // stderr
bool isTerminal(FILE *stream); // a person sits there

} // namespace bobbin::cli
