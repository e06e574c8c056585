// SPDX-License-Identifier: GPL-3.0-or-later
// What the views of the Costs page show figures of.
#pragma once

#include "models/session/auditor.h"

#include <QPointer>

namespace bobbin::ui {

struct CostSource {
    std::shared_ptr<Store> store; // null: nothing is open
    QPointer<Auditor> auditor; // holds the ledger
    [[nodiscard]] bool ready() const { return store && auditor && auditor->hasLedger(); }
};

} // namespace bobbin::ui
