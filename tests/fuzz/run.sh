#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Feeds the decoder mutations of the fixtures. usage: tests/fuzz/run.sh FUZZ_DECODE [SECONDS]
set -euo pipefail
program=$1
seconds=${2:-20}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Each fixture once for each reader: the first byte chooses it.
find "$(dirname "$0")/../fixtures" -name '*.json' | while read -r file; do
    for choice in 0 1 2 3 4 5 6 7 8 9 10 11 12; do
        { printf "\\x$(printf %x "$choice")"; cat "$file"; } >"$work/$(basename "$file" .json)-$choice"
    done
done
"$program" -max_total_time="$seconds" -max_len=20000 -timeout=10 -rss_limit_mb=2000 -print_final_stats=1 \
    -artifact_prefix="$work/" -verbosity=0 "$work" 2>&1 | grep -E "SUMMARY|ERROR|number_of_executed|new_units" || true
if compgen -G "$work/crash-*" >/dev/null || compgen -G "$work/timeout-*" >/dev/null || compgen -G "$work/oom-*" >/dev/null; then
    cp "$work"/crash-* "$work"/timeout-* "$work"/oom-* . 2>/dev/null || true
    echo "the decoder fails on an input; it is kept in this folder" >&2
    exit 1
fi
