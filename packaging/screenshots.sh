#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes the pictures of the README anew: the real window on the demo workspace, light and dark.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

install_missing $build_packages $run_packages fonts-wqy-microhei
build release
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
mkdir -m 700 "$home/run"
for theme in light dark; do
    HOME=$home XDG_RUNTIME_DIR=$home/run QT_QPA_PLATFORM=offscreen TZ=UTC \
        build/release/bin/bobbin --theme $theme --screenshots "$home/$theme" 2>/dev/null
done
for picture in overview threads conversation turn steps runs stores findings costs whatif checklist forecast reconcile budgets guard consent rotate cleanup consolidate activity connection; do
    cp "$home/light/$picture.png" "packaging/screenshots/$picture.png"
done
cp "$home/dark/threads.png" packaging/screenshots/threads-dark.png
say "Pictures are in packaging/screenshots"
