#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Shared by run.sh and test.sh: installs what is missing, configures, builds. Quiet and quick when nothing changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD

build_packages="g++ cmake ninja-build ccache qt6-base-dev libqt6opengl6-dev qt6-charts-dev qt6-svg-dev qt6-networkauth-dev qt6-tools-dev
 qt6-tools-dev-tools qt6-l10n-tools qtkeychain-qt6-dev qcoro-qt6-dev libsimdjson-dev libsqlite3-dev libexpected-dev
 libzstd-dev libcli11-dev libgl1-mesa-dev libboost-dev libssl-dev zlib1g-dev"
run_packages="libqt6svg6 libsecret-1-0 fonts-noto-core"
test_packages="python3 zstd dbus gnome-keyring libsecret-tools clang-format fonts-wqy-microhei desktop-file-utils appstream openssl nghttp2-proxy python3-prometheus-client faketime lld"

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

install_missing() {
    local wanted="$*" missing=""
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        for tool in cmake ninja; do
            command -v $tool >/dev/null ||
                die "$tool is missing, and this system has no apt-get. README.md (Building) names the packages for Fedora, Arch, macOS and Windows."
        done
        return 0
    fi
    for package in $wanted; do
        dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing+=" $package"
    done
    [ -n "$missing" ] || return 0
    local sudo=""
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "these packages are missing and only root can install them:$missing"
        sudo=sudo
    fi
    say "Installing:$missing"
    local log
    log=$(mktemp)
    # Another package manager may be at work: it is waited for, ten minutes at the most.
    local tries=0
    until { $sudo apt-get update && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; do
        if grep -qE 'Could not get lock|Unable to (acquire|lock)' "$log" && [ $tries -lt 120 ]; then
            [ $tries -gt 0 ] || say "Another package manager is at work; waiting for it"
            tries=$((tries + 1))
            sleep 5
            continue
        fi
        tail -n 15 "$log" >&2
        die "the packages could not be installed (whole log: $log)"
    done
    rm -f "$log"
}

# build PRESET [TARGET…]
build() {
    local preset=$1
    shift
    export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
    local launcher=()
    command -v ccache >/dev/null && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
    local log=build/$preset.log
    mkdir -p build
    if [ ! -f "build/$preset/build.ninja" ]; then
        say "Configuring ($preset)"
        cmake --preset "$preset" "${launcher[@]}" >"$log" 2>&1 || { cat "$log" >&2; die "configuring failed"; }
    fi
    local targets=()
    [ $# -eq 0 ] || targets=(--target "$@")
    if [ -t 2 ]; then
        say "Building ($preset)"
        cmake --build --preset "$preset" "${targets[@]}" >&2 || die "the build failed"
    else
        cmake --build --preset "$preset" "${targets[@]}" >"$log" 2>&1 ||
            { grep -E 'error|FAILED|undefined' "$log" | head -n 40 >&2; die "the build failed (whole log: $log)"; }
    fi
}
