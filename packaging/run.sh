#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds Bobbin and opens it on the demo workspace. Arguments go to bobbin instead of --demo.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

install_missing $build_packages $run_packages
build release
arguments=("$@")
[ $# -gt 0 ] || arguments=(--demo)
if [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && [ "$(uname)" = Linux ] && [ -z "${QT_QPA_PLATFORM:-}" ]; then
    say "There is no display here: this is the demo workspace in words. Start it in a desktop session to see the window."
    exec build/release/bin/bobbin-cli summary --demo
fi
exec build/release/bin/bobbin "${arguments[@]}"
