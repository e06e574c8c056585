#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The watch is killed at some moment after a run went beyond its ceiling, and started anew: every such run is cancelled,
# and journaled and done once. usage: watch.sh BOBBIN_CLI BOBBIN_DEMO_SERVER [TIMES]
set -eu
cli=$1 times=${3:-3}
here=$(cd "$(dirname "$0")" && pwd)
home=$(mktemp -d)
server= watching=
trap 'kill -9 $server $watching 2>/dev/null; rm -rf "$home"' EXIT
export HOME=$home XDG_DATA_HOME=$home/data XDG_CONFIG_HOME=$home/config OPENAI_API_KEY=any
fail() { echo "FAIL: $*" >&2; cat "$home/events" "$home/err" >&2 || true; exit 1; }

"$2" --port 0 --list-threads --threads 3 --runs-per-thread 2 >"$home/server" 2>&1 &
server=$!
for _ in $(seq 100); do grep -q listening "$home/server" && break; sleep 0.1; done
export URL=$(awk '/listening/{print $NF}' "$home/server")
echo '{"policy": 1, "rules": {"tool-steps": {"limit": 3, "act": "cancel"}}, "actsAnHour": 100}' >"$home/policy.json"
cat >"$home/app.py" <<'P'
import json, os, sys, time, urllib.request
def ask(path, body=None):
    request = urllib.request.Request(os.environ["URL"] + path, None if body is None else json.dumps(body).encode(),
        {"Authorization": "Bearer any", "OpenAI-Beta": "assistants=v2", "Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))
def explode():
    assistant = ask("/assistants", {"model": "gpt-4o"})["id"]
    thread = ask("/threads", {})["id"]
    ask(f"/threads/{thread}/messages", {"role": "user", "content": "How is it?"})
    run = ask(f"/threads/{thread}/runs", {"assistant_id": assistant, "metadata": {"demo_rounds": "900"}})["id"]
    return thread, run
def until(what, seconds=60):
    end = time.time() + seconds
    while not what():
        if time.time() > end:
            sys.exit("it does not come")
        time.sleep(0.05)
if sys.argv[1] == "explode":
    thread, run = explode()
    until(lambda: len(ask(f"/threads/{thread}/runs/{run}/steps")["data"]) > 3)
    print(thread, run)
else:
    until(lambda: ask(f"/threads/{sys.argv[2]}/runs/{sys.argv[3]}")["status"] == "cancelled")
P
watch() {
    "$cli" watch --base-url "$URL" --store "$home/store.sqlite" --policy "$home/policy.json" --yes >>"$home/events" 2>"$home/err" &
    watching=$!
}
: >"$home/events"
for i in $(seq "$times"); do
    watch
    read -r thread run < <(python3 "$home/app.py" explode)
    sleep "$(python3 -c "print($i * 0.37 % 1.6)")"
    kill -9 $watching
    wait $watching 2>/dev/null || true
    watch
    python3 "$home/app.py" await "$thread" "$run" || fail "run $run is not cancelled after the watch was killed ($i)"
    echo "$run" >>"$home/runs"
    for _ in $(seq 100); do
        "$cli" guard --base-url "$URL" --store "$home/store.sqlite" --json >"$home/guard.json" 2>>"$home/err" || fail "guard"
        "$here/acted.py" "$home/guard.json" "$run" && break
        sleep 0.3
    done
    kill -TERM $watching
    wait $watching || fail "the watch does not end well"
done
"$here/acted.py" "$home/guard.json" --once "$home/runs" || fail "what the guard did"
"$cli" activity --base-url "$URL" --store "$home/store.sqlite" --json >"$home/activity.json" 2>>"$home/err" || fail "activity"
python3 - "$home/activity.json" "$times" <<'P' || fail "an operation for each, and no more"
import json, sys
rows = json.load(open(sys.argv[1]))
assert len(rows) == int(sys.argv[2]) and all(row["state"] == "finished" for row in rows), rows
P
echo "killed $times times: each run was cancelled once"
