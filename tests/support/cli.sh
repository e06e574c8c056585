#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# bobbin-cli as a shell user meets it: clean output to a pipe, JSON that parses, exit codes that tell.
set -eu
cli=$1
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export HOME=$home XDG_DATA_HOME=$home/data XDG_CONFIG_HOME=$home/config
fail() { echo "FAIL: $*" >&2; exit 1; }
code() { local rc=0; "$@" >"$home/out" 2>"$home/err" || rc=$?; echo $rc; }

[ "$(code "$cli" --help)" = 0 ] || fail "--help"
grep -q 'exit codes' "$home/out" || fail "--help says nothing of exit codes"
[ "$(code "$cli" nonsense)" = 2 ] || fail "an unknown command must exit with 2"
[ "$(code "$cli" threads)" = 2 ] || fail "no connection must exit with 2"
[ "$(code "$cli" sync --base-url http://127.0.0.1:1/v1)" = 3 ] || fail "an unreachable server must exit with 3"
[ "$(code "$cli" sync --base-url http://example.com/v1)" = 2 ] || fail "plain http to elsewhere must exit with 2"
[ "$(code "$cli" threads --demo --json --store "$home/demo.sqlite")" = 0 ] || { cat "$home/err"; fail "threads --demo --json"; }
[ ! -s "$home/err" ] || { cat "$home/err"; fail "stderr must be empty when it is no terminal"; }
python3 - "$home/out" <<'P' || fail "the JSON of threads"
import json, sys
rows = json.load(open(sys.argv[1]))
assert 110 <= len(rows) <= 130, len(rows)
top = max(rows, key=lambda r: r["cost"] or 0)
assert top["turns"] >= 200 and top["promptNow"] > 170000, top
assert any(r["cost"] is None for r in rows), "threads without any priced run must be null, not 0"
P
[ "$(code "$cli" threads --state nonsense --store "$home/demo.sqlite")" = 2 ] || fail "an unknown state must exit with 2"
[ "$(code "$cli" files --assistant x --store "$home/demo.sqlite")" = 2 ] || fail "a filter that means nothing must exit with 2"
[ "$(code "$cli" threads --sort nonsense --store "$home/demo.sqlite")" = 2 ] || fail "an unknown column must exit with 2"
for command in assistants runs stores files; do
    [ "$(code "$cli" $command --store "$home/demo.sqlite" --csv)" = 0 ] || fail "$command --csv"
    [ "$(wc -l <"$home/out")" -gt 4 ] || fail "$command has no rows"
done
[ "$(code "$cli" cost --by day --store "$home/demo.sqlite")" = 0 ] || fail "cost"
run=$("$cli" runs --store "$home/demo.sqlite" --json --state completed --limit 1 | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["run"])')
[ "$(code "$cli" steps "$run" --store "$home/demo.sqlite")" = 0 ] || fail "steps"
grep -q message_creation "$home/out" || fail "steps shows no message step"
