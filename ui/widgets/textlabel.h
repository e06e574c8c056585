// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QLabel;

namespace bobbin::ui {

QLabel *makeTextLabel(); // plain text that wraps, and can be selected by mouse and keyboard

} // namespace bobbin::ui
