#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds with AddressSanitizer and UBSan, runs every test. Arguments go to ctest.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

install_missing $build_packages $run_packages $test_packages
command -v npm >/dev/null || install_missing nodejs npm
# For the report in a real browser, which is skipped where there is no such package (Ubuntu has a snap).
! apt-cache show chromium >/dev/null 2>&1 || install_missing chromium
say "Style"
git ls-files '*.cpp' '*.h' | xargs clang-format --dry-run --Werror || die "run clang-format -i on the files named above"
missing=$(git ls-files '*.cpp' '*.h' '*.sh' 'CMakeLists.txt' '*/CMakeLists.txt' '*.cmake' | xargs grep -L SPDX-License-Identifier || true)
[ -z "$missing" ] || die "no SPDX line in: $missing"
desktop-file-validate packaging/linux/*.desktop
appstreamcli validate --no-net packaging/linux/*.metainfo.xml >/dev/null || appstreamcli validate --no-net packaging/linux/*.metainfo.xml
build asan
say "Testing"
ctest --preset asan --output-on-failure -j "$(getconf _NPROCESSORS_ONLN)" "$@"
if [ $# -eq 0 ]; then
    say "Fuzzing the decoder"
    install_missing clang
    install_missing "libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev"
    build fuzz
    tests/fuzz/run.sh build/fuzz/bin/fuzz_decode 20
fi
