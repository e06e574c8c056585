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

# Operations: the plan first, then the deed, the journal, and back. One demo server for all of it.
server=$2
"$server" --port 0 --list-threads --threads 6 --runs-per-thread 2 --messages-per-thread 14 >"$home/server" 2>&1 &
trap 'kill $! 2>/dev/null; rm -rf "$home"' EXIT
for _ in $(seq 100); do grep -q listening "$home/server" && break; sleep 0.1; done
url=$(awk '{print $NF}' "$home/server")
export OPENAI_API_KEY=k
at="--base-url $url --store $home/ops.sqlite"
[ "$(code "$cli" sync $at)" = 0 ] || { cat "$home/err"; fail "sync for the operations"; }
[ "$(code "$cli" cleanup $at)" = 2 ] || fail "a clean-up without any condition must exit with 2"
[ "$(code "$cli" cleanup $at --idle-days 1)" = 6 ] || fail "nobody to ask: must be refused with 6"
[ "$(code "$cli" cleanup $at --idle-days 1 --dry-run --json)" = 0 ] || { cat "$home/err"; fail "--dry-run"; }
python3 -c 'import json,sys; rows=json.load(open(sys.argv[1])); assert len(rows)==6 and all(r["included"] for r in rows), rows' "$home/out"
thread=$("$cli" threads $at --json --limit 1 | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["id"])')
[ "$(code "$cli" rotate "$thread" $at --yes --json)" = 0 ] || { cat "$home/err"; fail "rotate"; }
python3 -c 'import json,sys; r=json.load(open(sys.argv[1]))[0]; assert r["state"]=="done" and r["made"], r' "$home/out"
[ "$(code "$cli" undo $at --yes)" = 0 ] || { cat "$home/err"; fail "undo of rotate"; }
[ "$(code "$cli" cleanup $at --idle-days 1 --yes)" = 0 ] || { cat "$home/err"; fail "cleanup"; }
[ "$(code "$cli" cleanup $at --idle-days 1 --yes)" = 5 ] || fail "nothing left: must exit with 5"
[ "$(code "$cli" undo $at --yes --json)" = 0 ] || { cat "$home/err"; fail "undo of cleanup"; }
[ "$(code "$cli" undo $at --yes)" = 6 ] || fail "an undo of an undo must be refused with 6"
[ "$(code "$cli" activity $at --json)" = 0 ] || fail "activity"
python3 -c 'import json,sys; assert len(json.load(open(sys.argv[1])))==4' "$home/out" || { cat "$home/out"; fail "four operations"; }
archive=$(ls "$home"/ops.sqlite.archives/*cleanup*)
[ "$(code "$cli" archive verify "$archive")" = 0 ] || { cat "$home/err"; fail "archive verify"; }
[ "$(code "$cli" archive open "$archive" --store "$home/archive.sqlite" --json)" = 0 ] || { cat "$home/err"; fail "archive open"; }
[ "$("$cli" threads --store "$home/archive.sqlite" --csv | wc -l)" = 7 ] || fail "the archive's threads are not in its store"
[ "$(code "$cli" archive export $at)" = 2 ] || fail "an export without --to must exit with 2"
[ "$(code "$cli" archive export $at --to "$home/mine.zst")" = 2 ] || fail "an export of nothing in particular must exit with 2"
[ "$(code "$cli" archive export $at --to "$home/mine.zst" --all --yes)" = 0 ] || { cat "$home/err"; fail "archive export"; }
[ "$(code "$cli" archive verify "$home/mine.zst" --json)" = 0 ] || { cat "$home/err"; fail "verify of an export"; }
rows=$("$cli" threads $at --csv | wc -l) # those that are gone from the server as well, and a heading
python3 -c 'import json,sys; assert json.load(open(sys.argv[1]))[0]["threads"]==int(sys.argv[2])-1' "$home/out" "$rows" || { cat "$home/out"; fail "all threads in the export"; }
[ "$(code "$cli" archive export $at --to "$home/mine.zst" --all --yes)" = 2 ] || fail "an export over another file must be refused"
[ "$(code "$cli" archive export thread_nowhere $at --to "$home/none.zst" --yes)" = 4 ] || fail "what failed must exit with 4"
[ "$(code "$cli" retry $at)" = 6 ] || fail "a retry that nobody confirms must be refused"
[ "$(code "$cli" retry $at --json --yes)" = 4 ] || { cat "$home/err"; fail "retry"; }
[ "$(code "$cli" finish $at)" = 5 ] || fail "nothing to finish must exit with 5"
[ "$(code "$cli" retry 999 $at)" = 6 ] || fail "an unknown operation must be refused"
[ "$(code "$cli" cleanup $at --rule nobody --dry-run)" = 2 ] || fail "an unknown rule must exit with 2"
[ "$(code "$cli" cleanup $at --cost-below 0.0001 --dry-run --json)" = 0 ] || [ "$(code "$cli" cleanup $at --cost-below 0.0001 --dry-run)" = 5 ] || fail "--cost-below"
head -c 300 "$archive" >"$home/cut.zst"
[ "$(code "$cli" archive verify "$home/cut.zst")" = 1 ] || fail "a damaged archive must be told"
grep -q 'byte 0' "$home/err" || { cat "$home/err"; fail "where the archive is damaged"; }
