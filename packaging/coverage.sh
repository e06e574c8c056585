#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Line coverage of models/ by all tests: a table, and build/coverage/html/index.html.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

install_missing $build_packages $run_packages $test_packages gcovr
build coverage
find build/coverage -name '*.gcda' -delete
ctest --preset coverage --output-on-failure -j2 >build/coverage.log 2>&1 || { tail -n 30 build/coverage.log >&2; die "tests fail"; }
mkdir -p build/coverage/html
gcovr -r . build/coverage --filter 'models/' --exclude '.*_autogen.*' --html-details build/coverage/html/index.html \
    --print-summary --exclude-throw-branches 2>/dev/null
