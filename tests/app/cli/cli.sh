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
# Connections, by hand: the key comes from a command, or from standard input.
"$2" --port 0 --protocol foundry >"$home/foundry" 2>&1 &
foundry=$!
trap 'kill $foundry 2>/dev/null; rm -rf "$home"' EXIT
for _ in $(seq 100); do grep -q listening "$home/foundry" && break; sleep 0.1; done
project=$(awk '/listening/{print $NF}' "$home/foundry")
[ "$(code "$cli" connections add Project)" = 2 ] || fail "a connection without an address must exit with 2"
[ "$(code "$cli" connections add Project --base-url "$project" --key-command "echo a-token-of-the-demo")" = 0 ] || { cat "$home/err"; fail "connections add"; }
[ "$(code "$cli" connections --json)" = 0 ] || fail "connections --json"
python3 -c 'import json,sys; c=json.load(open(sys.argv[1]))[0]; assert c["provider"]=="foundry-agents" and c["keyFrom"]=="command", c' "$home/out" || { cat "$home/out"; fail "what was added"; }
[ "$(code "$cli" connections test Project --json)" = 0 ] || { cat "$home/err"; fail "connections test"; }
python3 -c 'import json,sys; rows=json.load(open(sys.argv[1])); assert {r["works"] for r in rows} == {"yes","no"} and all(r["why"] for r in rows if r["works"]=="no"), rows' "$home/out" || { cat "$home/out"; fail "what works there"; }
grep -q 2027 "$home/err" || { cat "$home/err"; fail "when it ends"; }
[ "$(code "$cli" sync --connection Project --no-steps)" = 0 ] || { cat "$home/err"; fail "sync of the project"; }
[ "$(code "$cli" connections edit Project --key-command "no-such-program-at-all")" = 0 ] || fail "connections edit"
[ "$(code "$cli" connections test Project)" = 3 ] || fail "a command that cannot be started must exit with 3"
grep -q no-such-program-at-all "$home/err" || { cat "$home/err"; fail "which command failed"; }
[ "$(code "$cli" connections edit Project --request-timeout 99999)" = 2 ] || fail "a silly time-out must exit with 2"
[ "$(code "$cli" connections edit Project --ca-file "$home/none.pem")" = 2 ] || fail "a CA file that is not there must exit with 2"
[ "$(code "$cli" connections test Nobody)" = 2 ] || fail "an unknown connection must exit with 2"
[ "$(code "$cli" connections add Keyless --base-url "$project" </dev/null)" = 2 ] || fail "no key on standard input must exit with 2"
"$cli" connections remove Project >"$home/out" 2>&1 || true
"$cli" connections --csv | grep -q Project && fail "a removed connection is listed"
kill $foundry

[ "$(code "$cli" threads --demo --json --store "$home/demo.sqlite")" = 0 ] || { cat "$home/err"; fail "threads --demo --json"; }
[ ! -s "$home/err" ] || { cat "$home/err"; fail "stderr must be empty when it is no terminal"; }
python3 - "$home/out" <<'P' || fail "the JSON of threads"
import json, sys
rows = json.load(open(sys.argv[1]))
assert 145 <= len(rows) <= 160, len(rows)
top = max(rows, key=lambda r: r["costUsd"] or 0)
assert all("unknownRuns" in r for r in rows), "a sum without what it leaves out"
assert top["turns"] >= 200 and top["contextNow"] > 170000, top
assert any(r["costUsd"] is None for r in rows), "threads without any priced run must be null, not 0"
P
[ "$(code "$cli" threads --state nonsense --store "$home/demo.sqlite")" = 2 ] || fail "an unknown state must exit with 2"
[ "$(code "$cli" files --assistant x --store "$home/demo.sqlite")" = 2 ] || fail "a filter that means nothing must exit with 2"
[ "$(code "$cli" threads --sort nonsense --store "$home/demo.sqlite")" = 2 ] || fail "an unknown column must exit with 2"
for command in assistants runs stores files; do
    [ "$(code "$cli" $command --store "$home/demo.sqlite" --csv)" = 0 ] || fail "$command --csv"
    [ "$(wc -l <"$home/out")" -gt 4 ] || fail "$command has no rows"
done
[ "$(code "$cli" threads --cause nonsense --store "$home/demo.sqlite")" = 2 ] || fail "an unknown cause must exit with 2"
[ "$(code "$cli" threads --cause retries --store "$home/demo.sqlite" --json)" = 0 ] || fail "threads --cause"
grep -q "import watchdog" "$home/out" || fail "the thread of retries is not told by its cause"
# The audit: the exit code tells the worst that was found.
[ "$(code "$cli" audit --store "$home/demo.sqlite" --json)" = 12 ] || { cat "$home/err"; fail "audit must exit with 12 where something is serious"; }
python3 - "$home/out" <<'P' || fail "the JSON of the audit"
import json, sys
told = json.load(open(sys.argv[1]))
assert told["worst"] == "serious", told["worst"]
found = told["findings"]
assert {"history-growth", "retry-spiral", "step-explosion", "repeated-file"} <= {f["rule"] for f in found}
spent = [f["spentUsd"] for f in found if f["spentUsd"] is not None]
assert spent == sorted(spent, reverse=True) and spent[0] > 1, spent[:5]
for f in found:
    assert f["sentence"] and f["advice"] and f["confidence"] in ("measured", "estimated"), f
    assert f["evidenceCount"] >= len(f["evidence"]), f
    assert all(e["id"] and (e["thread"] or e["kind"] != "run") for e in f["evidence"]), f
P
[ "$(code "$cli" audit --store "$home/demo.sqlite" --only missing-usage --csv)" = 11 ] || fail "audit --only"
[ "$(code "$cli" audit --store "$home/demo.sqlite" --only missing-usage --fail-on serious)" = 0 ] || fail "audit --fail-on"
[ "$(code "$cli" audit --store "$home/demo.sqlite" --only nonsense)" = 2 ] || fail "an unknown rule must exit with 2"
[ "$(code "$cli" audit --store "$home/demo.sqlite" --fail-on nonsense)" = 2 ] || fail "an unknown severity must exit with 2"
# The report: a page, twice the same, written once; and as an object and rows.
[ "$(code "$cli" report --store "$home/demo.sqlite" --to "$home/report.html")" = 0 ] || { cat "$home/err"; fail "report"; }
[ "$(code "$cli" report --store "$home/demo.sqlite")" = 0 ] || fail "report to standard output"
cmp -s "$home/out" "$home/report.html" || fail "the same report is another page"
grep -q "What to do, in this order" "$home/report.html" || fail "the report does not say what to do"
grep -qiE "<script|https?:" "$home/report.html" && fail "the report asks for something from elsewhere"
[ "$(code "$cli" report --store "$home/demo.sqlite" --to "$home/report.html")" = 2 ] || fail "a report must not go over another file"
[ "$(code "$cli" report --store "$home/demo.sqlite" --json)" = 0 ] || fail "report --json"
python3 -c 'import json,sys; r=json.load(open(sys.argv[1])); assert r["actions"] and r["weeks"] and r["unknown"] and r["monthCost"]["usd"] is not None, list(r)' "$home/out" || fail "the JSON of the report"
[ "$(code "$cli" report --store "$home/demo.sqlite" --csv)" = 0 ] && grep -q "costUsd" "$home/out" || fail "report --csv"
# What was billed: from a file behind an option that takes one value, and of the demo's own organization.
printf 'date,amount_value,line_item\n%s,0.5,"gpt-4o, input"\n%s,0.25,file storage\n' "$(date -u +%F)" "$(date -u +%F)" >"$home/costs.csv"
reconciled='
import json, sys
r = json.load(open(sys.argv[1]))
assert abs(r["billedUsd"] - r["hereUsd"] - r["differenceUsd"]) < 1e-9 and r["days"] == int(sys.argv[2]), r
assert abs(sum(r["gaps"].values()) - r["differenceUsd"]) < 1e-9 and r["gaps"][sys.argv[3]] > 0, r["gaps"]'
[ "$(code "$cli" reconcile --json --store "$home/demo.sqlite" "$home/costs.csv")" = 0 ] || { cat "$home/err"; fail "reconcile"; }
python3 -c "$reconciled" "$home/out" 1 storage || fail "what a file says was billed"
[ "$(code "$cli" reconcile --store "$home/demo.sqlite" "$home/report.html")" = 1 ] || fail "a file that is no export must be refused"
[ "$(code "$cli" reconcile --store "$home/demo.sqlite" --by thread)" = 2 ] || fail "reconcile is by model or day"
[ "$(code "$cli" reconcile --demo --of-project proj_bots --json)" = 0 ] || { cat "$home/err"; fail "reconcile with the demo"; }
python3 -c "$reconciled" "$home/out" 30 other-projects || fail "what the demo's organization was billed"

# A policy: what is wrong with the file is named with its place; tried on a workspace it tells what it would have done.
echo '{"policy": 1, "rules": {"tool-steps": {"act": "cancel"}, "retries": {"act": "refuse"}, "turn-cap": {"limit": 30, "act": "rotate"}}}' >"$home/policy.json"
[ "$(code "$cli" policy check "$home/policy.json")" = 0 ] || { cat "$home/err"; fail "policy check"; }
grep -q "preset general" "$home/out" || fail "where a value comes from"
[ "$(code "$cli" policy check "$home/policy.json" --store "$home/demo.sqlite" --json)" = 0 ] || { cat "$home/err"; fail "a policy tried"; }
python3 - "$home/out" <<'P' || fail "what a policy would have done"
import json, sys
told = json.load(open(sys.argv[1]))
rules = {rule["rule"]: rule for rule in told["rules"]}
assert rules["tool-steps"]["times"] > 0 and rules["tool-steps"]["sparedUsd"] > 0
assert rules["requires-action-minutes"]["times"] is None and rules["money-a-day"]["limit"] is None
assert 0 < told["trial"]["sparedUsd"] < told["trial"]["actualUsd"]
assert all(act["thread"] for act in told["trial"]["newestActs"])
P
echo '{"policy": 1, "rules": {"tool-step": {"limit": 3}}}' >"$home/wrong.json"
[ "$(code "$cli" policy check "$home/wrong.json")" = 1 ] || fail "a policy with a wrong name must be refused"
grep -q "wrong.json: rules.tool-step" "$home/err" || fail "where a policy is wrong"
[ "$(code "$cli" policy check "$home/policy.json" --since 2026-01-01)" = 2 ] || fail "--since without a workspace"

# Budgets: their state, and an exit code for scripts.
[ "$(code "$cli" budget --store "$home/demo.sqlite")" = 5 ] || { cat "$home/err"; fail "no budget is nothing to do"; }
for case in "1000000000000 within 0" "1 over 12"; do
    read -r limit level exit <<<"$case"
    echo "{\"policy\": 1, \"rules\": {\"tokens-a-month\": {\"limit\": $limit}, \"money-a-month\": {\"limit\": 1000000}}}" >"$home/budget.json"
    [ "$(code "$cli" budget --store "$home/demo.sqlite" --policy "$home/budget.json" --json)" = "$exit" ] || { cat "$home/out" "$home/err"; fail "budget $level must exit with $exit"; }
    python3 -c 'import json,sys; rows={r["budget"]: r for r in json.load(open(sys.argv[1]))}; t=rows["tokens-a-month"]; assert t["level"]==sys.argv[2] and t["used"]>0 and rows["money-a-month"]["level"]=="within", rows' \
        "$home/out" "$level" || fail "budget $level"
done

# The guard: a policy that acts is agreed to first; what it sees comes as a line of JSON each, until a signal.
[ "$(code "$cli" watch --demo --policy "$home/policy.json" </dev/null)" = 6 ] || { cat "$home/err"; fail "a policy that acts must be agreed to"; }
grep -q "in the last 30 days it would have" "$home/err" || fail "what a policy would have done is shown before it acts"
[ "$(code "$cli" watch --demo --policy "$home/wrong.json")" = 1 ] || fail "a wrong policy must not be watched by"
[ "$(code "$cli" watch --store "$home/demo.sqlite")" = 2 ] || fail "watch without a server"
"$cli" watch --demo --policy "$home/policy.json" --yes >"$home/watched" 2>"$home/err" &
watching=$!
for i in $(seq 200); do grep -q '"event":"watching"' "$home/watched" && break; sleep 0.2; done
kill -TERM $watching
wait $watching || { cat "$home/err"; fail "watch must end well with SIGTERM"; }
python3 - "$home/watched" <<'P' || { cat "$home/watched"; fail "what a watch says"; }
import json, sys
events = [json.loads(line) for line in open(sys.argv[1])]
assert events[0]["event"] == "watching" and events[0]["acts"] and events[-1]["event"] == "ended", events
assert all(event["time"] for event in events)
P
[ "$(code "$cli" guard --store "$home/demo.sqlite" --json)" = 0 ] || { cat "$home/err"; fail "guard"; }
[ "$(code "$cli" guard allow 7 --store "$home/demo.sqlite")" = 2 ] || fail "nothing has the number 7"
[ "$(code "$cli" guard stop too much at once)" = 0 ] || { cat "$home/err"; fail "guard stop"; }
"$cli" guard --store "$home/demo.sqlite" 2>&1 | grep -q "too much at once" || fail "why guarding is stopped"
[ "$(code "$cli" guard go)" = 0 ] || fail "guard go"
[ "$(code "$cli" guard maybe)" = 2 ] || fail "guard has no maybe"

[ "$(code "$cli" cost --by day --store "$home/demo.sqlite")" = 0 ] || fail "cost"
run=$("$cli" runs --store "$home/demo.sqlite" --json --state completed --limit 1 | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["run"])')
[ "$(code "$cli" steps "$run" --store "$home/demo.sqlite")" = 0 ] || fail "steps"
grep -q message_creation "$home/out" || fail "steps shows no message step"
[ "$(code "$cli" cleanup --idle-days 1 --store "$home/demo.sqlite")" = 2 ] || fail "an operation without a server must exit with 2"

# Operations: the plan first, then the deed, the journal, and back. One demo server for all of it.
server=$2
"$server" --port 0 --list-threads --threads 6 --runs-per-thread 2 --messages-per-thread 14 >"$home/server" 2>&1 &
served=$!
hung=
trap 'kill $served $hung 2>/dev/null || true; rm -rf "$home"' EXIT
for _ in $(seq 100); do grep -q listening "$home/server" && break; sleep 0.1; done
url=$(awk '{print $NF}' "$home/server")
export OPENAI_API_KEY=k
at="--base-url $url --store $home/ops.sqlite"
[ "$(code "$cli" sync $at)" = 0 ] || { cat "$home/err"; fail "sync for the operations"; }
[ "$(code "$cli" cleanup $at)" = 2 ] || fail "a clean-up without any condition must exit with 2"
[ "$(code "$cli" cleanup $at --idle-days 1)" = 6 ] || fail "nobody to ask: must be refused with 6"
[ "$(code "$cli" cleanup $at --idle-days 1 --dry-run --json)" = 0 ] || { cat "$home/err"; fail "--dry-run"; }
python3 - "$home/out" <<'P' || fail "the JSON of a plan"
import json, re, sys
plan = json.load(open(sys.argv[1]))
assert set(plan) == {"kind", "title", "warnings", "cannotComeBack", "smallPrint", "targets"}, set(plan)
assert plan["cannotComeBack"] and plan["smallPrint"], plan
rows = plan["targets"]
assert len(rows) == 6 and all(r["included"] for r in rows), rows
assert set(rows[0]) == {"target", "label", "included", "why", "messages", "lastActive", "costUsd", "unknownRuns", "keptBack"}, set(rows[0])
assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", rows[0]["lastActive"]), rows[0]
P
thread=$("$cli" threads $at --json --limit 1 | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["id"])')
[ "$(code "$cli" rotate "$thread" $at --yes --json)" = 0 ] || { cat "$home/err"; fail "rotate"; }
python3 - "$home/out" <<'P' || fail "the JSON of an outcome"
import json, sys
o = json.load(open(sys.argv[1]))
assert set(o) == {"operation", "title", "state", "result", "warnings", "cannotComeBack", "targets"}, set(o)
r = o["targets"][0]
assert o["state"] == "finished" and r["state"] == "done" and r["made"], o
P
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
grep -q 'part 1' "$home/err" || { cat "$home/err"; fail "where the archive is damaged"; }
grep -q 'archive' "$home/err" || { cat "$home/err"; fail "an archive's error speaks of the archive"; }
! grep -q "server" "$home/err" || { cat "$home/err"; fail "an archive's error speaks of a server"; }
# Packed anew by somebody else, it is the same archive.
python3 - "$archive" "$home/again.zst" <<'P'
import subprocess, sys
text = subprocess.run(["zstd", "-dc", sys.argv[1]], check=True, capture_output=True).stdout
open(sys.argv[2], "wb").write(subprocess.run(["zstd", "-19", "-c"], input=text, check=True, capture_output=True).stdout)
P
[ "$(code "$cli" archive verify "$home/again.zst")" = 0 ] || { cat "$home/err"; fail "an archive that was packed anew"; }

# Every option is honoured or refused by name.
for refused in "cleanup --idle-days 1 --limit 3" "cleanup --idle-days 1 --text x" "cleanup --idle-days 1 --thread x" \
               "cleanup --idle-days 1 --until 2026-01-01" "cleanup --idle-days 1 --state gone" "rotate --above 1 --limit 2" \
               "rotate --above 1 --assistant x" "cancel --all --thread x" "cancel --all --limit 1" "threads --thread x" \
               "stores --since 2026-01-01" "undo --limit 1" "connections --demo" "archive verify x --store y"; do
    [ "$(code "$cli" $refused)" = 2 ] || { cat "$home/out" "$home/err"; fail "must be refused: $refused"; }
    grep -qE -- "--|takes a file" "$home/err" || { cat "$home/err"; fail "refused without a name: $refused"; }
done
[ "$(code "$cli" cleanup $at --idle-days 1 --keep-assistant asst_nobody --dry-run)" = 2 ] || fail "an assistant nobody knows"
[ "$(code "$cli" cleanup $at --idle-days 1 --assistant asst_nobody --dry-run)" = 2 ] || fail "an assistant nobody knows, as a filter"
[ "$(code "$cli" runs $at --thread thread_nobody)" = 2 ] || fail "a thread nobody knows"
[ "$(code "$cli" cancel run_nobody $at --yes)" = 6 ] || fail "a run nobody knows"
grep -q run_nobody "$home/err" || fail "a run nobody knows is not named"
for command in $("$cli" --completion bash | sed -n "s/.*compgen -W '\(.*\) --help --version'.*/\1/p"); do
    [ "$(code "$cli" "$command" --help)" = 0 ] || fail "$command --help"
done
for shell in bash zsh fish; do
    "$cli" --completion $shell >"$home/completion.$shell" || fail "--completion $shell"
    if command -v $shell >/dev/null; then $shell -n "$home/completion.$shell" || fail "the completion of $shell"; fi
done
bash -c "source '$home/completion.bash'; COMP_WORDS=(bobbin-cli cle); COMP_CWORD=1; _bobbin_cli; [ \"\${COMPREPLY[*]}\" = cleanup ]" || fail "bash completes commands"
bash -c "source '$home/completion.bash'; COMP_WORDS=(bobbin-cli cost --b); COMP_CWORD=2; _bobbin_cli; [[ \"\${COMPREPLY[*]}\" = *--by* ]]" || fail "bash completes options"
"$cli" --man >"$home/man" && grep -q 'EXIT STATUS' "$home/man" || fail "--man"

# Rows carry their ids and say what sums leave out; nothing of a server reaches the terminal raw.
[ "$(code "$cli" cost --by assistant --store "$home/demo.sqlite" --json)" = 0 ] || fail "cost --by assistant"
python3 -c 'import json,sys; rows=json.load(open(sys.argv[1])); assert all(r["id"].startswith("asst_") and "unknownRuns" in r for r in rows if r["id"]), rows' "$home/out"
[ "$(code "$cli" summary --store "$home/demo.sqlite" --json)" = 0 ] || fail "summary --json"
python3 -c 'import json,sys; s=json.load(open(sys.argv[1])); assert {"costUsd","unknownRuns","costThisMonthUsd","unknownRunsThisMonth"} <= set(s), s' "$home/out"
python3 - "$url" <<'P'
import json, sys, urllib.request
body = json.dumps({"metadata": {"title": "\u001b[31mred\u001b[0m\u0007"}, "messages": [{"role": "user", "content": "\u001b]0;x\u0007"}]}).encode()
urllib.request.urlopen(urllib.request.Request(sys.argv[1] + "/threads", body, {"Content-Type": "application/json", "Authorization": "Bearer k", "OpenAI-Beta": "assistants=v2"}))
P
[ "$(code "$cli" sync $at)" = 0 ] || { cat "$home/err"; fail "sync of a hostile title"; }
for shown in threads "threads --csv" summary "cost --by thread" "cleanup --never-used --idle-days 1 --dry-run"; do
    "$cli" $shown $at >"$home/out" 2>&1 || true
    ! grep -q $'\x1b' "$home/out" || fail "an escape sequence of a server in: $shown"
done
"$cli" threads $at | grep -q '␛\[31mred' || fail "control characters are shown as symbols"
if [ -e /dev/full ]; then
    [ "$("$cli" threads $at >/dev/full 2>"$home/err"; echo $?)" = 1 ] || fail "a full disk behind stdout must be an error"
    grep -q "could not be written" "$home/err" || fail "a full disk behind stdout is told"
fi

# What cannot go on says so, ends, and can be taken up again.
"$server" --port 0 --list-threads --threads 3 --runs-per-thread 1 --messages-per-thread 2 --fault 'DELETE /threads/*=hang' >"$home/hung" 2>&1 &
hung=$!
for _ in $(seq 100); do grep -q listening "$home/hung" && break; sleep 0.1; done
slow="--base-url $(awk '{print $NF}' "$home/hung") --store $home/hung.sqlite"
[ "$(code "$cli" sync $slow)" = 0 ] || { cat "$home/err"; fail "sync before it hangs"; }
[ "$(code "$cli" cleanup $slow --idle-days 1 --yes --timeout 12)" = 7 ] || { cat "$home/err"; fail "what hangs must exit with 7"; }
grep -q "nothing moves since" "$home/err" || { cat "$home/err"; fail "what hangs is not told meanwhile"; }
grep -q "finish" "$home/err" || { cat "$home/err"; fail "how to go on is not told"; }
kill $hung
hung=
[ "$(code "$cli" activity $slow --json)" = 0 ] || fail "the journal after a time-out"
python3 -c 'import json,sys; rows=json.load(open(sys.argv[1])); assert rows and rows[0]["state"] != "finished", rows' "$home/out" || { cat "$home/out"; fail "what timed out is still open"; }
