#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The gateway is killed at some moment after it refused a run's outputs and began to cancel it, and started anew on the
# same port: each run is cancelled, and journaled and done once; its callers go on. usage: gateway.sh BOBBIN_CLI
# BOBBIN_DEMO_SERVER [TIMES]
set -eu
cli=$1 times=${3:-3}
here=$(cd "$(dirname "$0")" && pwd)
home=$(mktemp -d)
server= gateway=
trap 'kill -9 $server $gateway 2>/dev/null; rm -rf "$home"' EXIT
export HOME=$home XDG_DATA_HOME=$home/data XDG_CONFIG_HOME=$home/config OPENAI_API_KEY=the-only-key
fail() { echo "FAIL: $*" >&2; cat "$home/events" "$home/err" >&2 || true; exit 1; }

"$2" --port 0 --list-threads --threads 2 --runs-per-thread 1 --token the-only-key >"$home/server" 2>&1 &
server=$!
for _ in $(seq 100); do grep -q listening "$home/server" && break; sleep 0.1; done
url=$(awk '/listening/{print $NF}' "$home/server")
port=$(python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])')
export GATEWAY=http://127.0.0.1:$port/v1
echo '{"policy": 1, "rules": {"tool-steps": {"limit": 2, "act": "refuse"}}, "actsAnHour": 100}' >"$home/policy.json"
cat >"$home/app.py" <<'P'
import json, os, sys, time, urllib.error, urllib.request
key = os.environ.get("CALLER_KEY", "the-only-key")
def ask(path, body=None):
    request = urllib.request.Request(os.environ["GATEWAY"] + path, None if body is None else json.dumps(body).encode(),
        {"Authorization": "Bearer " + key, "OpenAI-Beta": "assistants=v2", "Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))
def until(what, seconds=60):
    end = time.time() + seconds
    while True:
        try:
            if what():
                return
        except (urllib.error.URLError, ConnectionError):
            pass # it is being started
        if time.time() > end:
            sys.exit("it does not come")
        time.sleep(0.05)
if sys.argv[1] == "explode":
    tool = {"type": "function", "function": {"name": "get_weather"}}
    assistant = ask("/assistants", {"model": "gpt-4o", "tools": [tool]})["id"]
    thread = ask("/threads", {})["id"]
    ask(f"/threads/{thread}/messages", {"role": "user", "content": "How is it?"})
    run = ask(f"/threads/{thread}/runs", {"assistant_id": assistant, "metadata": {"demo_asks": "90"}})["id"]
    place = f"/threads/{thread}/runs/{run}"
    for _ in range(3):
        until(lambda: ask(place)["status"] == "requires_action")
        calls = ask(place)["required_action"]["submit_tool_outputs"]["tool_calls"]
        try:
            ask(place + "/submit_tool_outputs", {"tool_outputs": [{"tool_call_id": c["id"], "output": "9"} for c in calls]})
        except urllib.error.HTTPError as e:
            assert e.code == 400 and e.headers["x-bobbin-rule"] == "tool-steps", (e.code, e.read())
            print(thread, run)
            sys.exit()
    sys.exit("it was not refused")
elif sys.argv[1] == "list":
    ask("/assistants")
else:
    until(lambda: ask(f"/threads/{sys.argv[2]}/runs/{sys.argv[3]}")["status"] == "cancelled")
P
gateway() {
    "$cli" gateway --base-url "$url" --store "$home/store.sqlite" --policy "$home/policy.json" --yes --port "$port" "$@" \
        >>"$home/events" 2>>"$home/err" &
    gateway=$!
    for _ in $(seq 300); do
        python3 "$home/app.py" list >/dev/null 2>&1 && return
        kill -0 $gateway || fail "it does not start"
        sleep 0.1
    done
    fail "it does not answer"
}
: >"$home/events"
: >"$home/err"
for i in $(seq "$times"); do
    gateway
    read -r thread run < <(python3 "$home/app.py" explode) || fail "the spiral ($i)"
    sleep "$(python3 -c "print($i * 0.11 % 0.5)")"
    kill -9 $gateway
    wait $gateway 2>/dev/null || true
    gateway
    python3 "$home/app.py" await "$thread" "$run" || fail "run $run is not cancelled after the gateway was killed ($i)"
    echo "$run" >>"$home/runs"
    for _ in $(seq 100); do
        "$cli" guard --base-url "$url" --store "$home/store.sqlite" --json >"$home/guard.json" 2>>"$home/err" || fail "guard"
        "$here/acted.py" "$home/guard.json" "$run" && break
        sleep 0.3
    done
    kill -TERM $gateway
    wait $gateway || fail "the gateway does not end well"
    tail -1 "$home/events" | grep -q '"event":"ended"' || fail "it does not say that it ended"
done
"$here/acted.py" "$home/guard.json" --once "$home/runs" || fail "what the guard did"

# With the key of its own: callers have the token, and never the key.
export CALLER_KEY=the-only-key
"$cli" gateway --base-url "$url" --store "$home/store.sqlite" --policy "$home/policy.json" --own-key --port "$port" >"$home/own" 2>>"$home/err" &
gateway=$!
for _ in $(seq 300); do grep -q listening "$home/own" && break; sleep 0.1; done
! python3 "$home/app.py" list >/dev/null 2>&1 || fail "the key itself opens it"
CALLER_KEY=$(python3 -c 'import json,sys; print(json.loads(open(sys.argv[1]).readline())["token"])' "$home/own")
python3 "$home/app.py" list || fail "the token does not open it"
kill -TERM $gateway
wait $gateway || fail "it does not end well"
! grep -r the-only-key "$home" --include='events' --include='own' --include='err' --include='*.sqlite*' --include='*.journal*' -l ||
    fail "the key is in a file"
# Over TLS, by the connection's own certificate authority; without it, it is no server to be trusted.
if command -v nghttpx >/dev/null; then
    kill -9 $server
    "$2" --port 0 --tls h2,http/1.1 --threads 1 --runs-per-thread 1 --token the-only-key >"$home/tls" 2>&1 &
    server=$!
    for _ in $(seq 100); do grep -q trust "$home/tls" && break; sleep 0.1; done
    url=$(sed -n 's/.*https at \([^,]*\),.*/\1/p' "$home/tls")
    unset CALLER_KEY
    for ca in "--ca-file $(awk '/trust/{print $NF}' "$home/tls")" ""; do
        "$cli" gateway --base-url "$url" $ca --store "$home/tls.sqlite" --port "$port" >"$home/secure" 2>>"$home/err" &
        gateway=$!
        for _ in $(seq 300); do grep -q listening "$home/secure" && break; sleep 0.1; done
        if python3 "$home/app.py" list >/dev/null 2>"$home/why"; then [ -n "$ca" ] || fail "a stranger is trusted"
        else [ -z "$ca" ] || { cat "$home/why" "$home/tls" >&2; fail "over TLS"; }; fi
        kill -TERM $gateway
        wait $gateway || fail "it does not end well over TLS"
    done
fi
echo "killed $times times: each run was refused and cancelled once"
