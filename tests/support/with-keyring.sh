#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a test with an unlocked gnome-keyring in a private D-Bus session and a fresh home.
set -eu
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
mkdir -m 700 "$home/run"
HOME=$home XDG_RUNTIME_DIR=$home/run BOBBIN_TEST_KEYRING=1 dbus-run-session -- bash -c '
    printf "pw\n" | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null 2>&1
    "$0"' "$1"
