// SPDX-License-Identifier: GPL-3.0-or-later
// What operations came to, as bobbin-cli tells it; and archives, which need no connection.
#pragma once

#include "app/cli/options.h"
#include "models/store/store.h"

namespace bobbin::cli {

// An operation with the outcome of each target: as text, rows, or one JSON object.
void tellOutcome(Form form, const DoneOperation &operation);
void showActivity(const Options &options, const std::shared_ptr<Store> &store, QObject *context,
                  const std::function<void(int code)> &end);
int archiveCommand(const Options &options, const std::shared_ptr<const PriceTable> &prices); // verify, open

} // namespace bobbin::cli
