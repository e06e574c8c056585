// SPDX-License-Identifier: GPL-3.0-or-later
// bobbin-cli watch: the guard without a window.
#pragma once

#include "app/cli/guarding.h"

namespace bobbin::cli {

class WatchCommand : public GuardingCommand {
    Q_OBJECT
public:
    using GuardingCommand::GuardingCommand;

protected:
    [[nodiscard]] bool acts() const override;
    void begin() override;
    void beginToEnd() override;
    void finish() override;

private:
    std::unique_ptr<Watch> m_watch;
};

} // namespace bobbin::cli
