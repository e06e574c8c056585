#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# clang-tidy (.clang-tidy) and clazy (level 1) over the sources; takes ten minutes. usage: packaging/lint.sh [FILE…]
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

install_missing $build_packages $run_packages $test_packages clang-tidy-19 clazy
build asan
files=${*:-$(git ls-files 'models/*.cpp' 'ui/*.cpp' 'app/*.cpp')}
printf '%s\n' $files | xargs -P "$(nproc)" -I{} clang-tidy-19 --quiet -p build/asan {} 2>/dev/null | grep -E "^$root/(models|ui|app)/.*(warning|error):" | sort -u | tee build/lint.log || true
# Left out: rules of Qt 5 (qstring-ref), and those that take the values of a QJsonArray for references.
printf '%s\n' $files | xargs -P "$(nproc)" -I{} clazy-standalone -p build/asan -checks=level1,no-qstring-ref,no-range-loop-reference,no-range-loop-detach {} 2>&1 |
    grep -E "^$root/(models|ui|app)/.*-Wclazy" | sort -u | tee -a build/lint.log || true
[ ! -s build/lint.log ] || die "findings: see above"
