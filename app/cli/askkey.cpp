// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/askkey.h"

#include <cstdio>
#include <iostream>
#include <string>

#ifdef Q_OS_WIN
#include <io.h>
#include <windows.h>
#else
#include <termios.h>
#include <unistd.h>
#endif

namespace bobbin::cli {

namespace {

#ifdef Q_OS_WIN
class Unseen {
public:
    Unseen() : m_input(GetStdHandle(STD_INPUT_HANDLE)), m_terminal(GetConsoleMode(m_input, &m_before) != 0)
    {
        if (m_terminal)
            SetConsoleMode(m_input, m_before & ~DWORD(ENABLE_ECHO_INPUT));
    }
    ~Unseen()
    {
        if (m_terminal)
            SetConsoleMode(m_input, m_before);
    }
    [[nodiscard]] bool terminal() const { return m_terminal; }

private:
    HANDLE m_input;
    DWORD m_before = 0;
    bool m_terminal;
};
#else
class Unseen {
public:
    Unseen() : m_terminal(isatty(STDIN_FILENO) != 0 && tcgetattr(STDIN_FILENO, &m_before) == 0)
    {
        if (!m_terminal)
            return;
        termios silent = m_before;
        silent.c_lflag &= ~tcflag_t(ECHO);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    ~Unseen()
    {
        if (m_terminal)
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &m_before);
    }
    [[nodiscard]] bool terminal() const { return m_terminal; }

private:
    termios m_before = {};
    bool m_terminal;
};
#endif

} // namespace

std::optional<QByteArray> askKey(const char *prompt)
{
    std::string line;
    bool read = false;
    bool terminal = false;
    {
        const Unseen unseen;
        terminal = unseen.terminal();
        if (terminal) {
            std::fputs(prompt, stderr);
            std::fflush(stderr);
        }
        read = bool(std::getline(std::cin, line));
    }
    if (terminal)
        std::fputc('\n', stderr);
    if (!read)
        return std::nullopt;
    return QByteArray::fromStdString(line).trimmed();
}

} // namespace bobbin::cli
