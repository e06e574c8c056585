#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every measuring program in its small form: that it still runs, not how fast. usage: small.sh BIN_FOLDER
set -eu
bin=$1
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill $server 2>/dev/null; rm -rf "$work"' EXIT
export HOME=$work XDG_CONFIG_HOME=$work/config QT_QPA_PLATFORM=offscreen
fail() { echo "FAIL: $*" >&2; exit 1; }
run() { echo "$*"; "$@" >"$work/out" 2>"$work/err" || { tail -n 40 "$work/out" "$work/err"; fail "$*"; }; [ -s "$work/out" ] || fail "$* says nothing"; }

run "$bin/bench_store" "$work" --small --fill
for part in "" --first-paint --sync --proxy; do
    run "$bin/bench_store" "$work" --small $part
done
run "$bin/bench_plans" "$work" --small
run "$bin/bench_audit" "$work" --small
run "$bin/bench_chart" "$work" --small
run "$bin/bench_watch" --small
run "$bin/bench_guard" --small
"$bin/bobbin-demo-server" --port 0 --list-threads --threads 5 --runs-per-thread 3 --messages-per-thread 4 >"$work/server" 2>&1 &
server=$!
for _ in $(seq 100); do grep -q listening "$work/server" && break; sleep 0.1; done
url=$(awk '{print $NF}' "$work/server")
python3 - "$url" >"$work/ids" <<'P'
import json, sys, urllib.request
request = urllib.request.Request(sys.argv[1] + "/threads?limit=100", headers={"Authorization": "Bearer k", "OpenAI-Beta": "assistants=v2"})
print("\n".join(t["id"] for t in json.load(urllib.request.urlopen(request))["data"]))
P
run "$bin/bench_fetch" "$url" "$work/ids" 2 1
grep -q '"pages"' "$work/out" || fail "bench_fetch counts no pages"
here=$(dirname "$0")
run "$here/lastlook.py" --bin "$bin" --threads 8
run "$here/pagememory.py" --bin "$bin" --mb 2
