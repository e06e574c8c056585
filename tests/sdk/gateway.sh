#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The official SDK does the same through the gateway as without it: one program, run both ways, compared. Needs node and
# npm; is skipped (77) where the package cannot be had. usage: gateway.sh BOBBIN_CLI BOBBIN_DEMO_SERVER WORK_FOLDER
set -eu
cd "$(dirname "$0")"
cli=$1 server=$2 work=$3 version=6.49.0
command -v npm >/dev/null && command -v node >/dev/null || exit 77
mkdir -p "$work/$version"
[ -d "$work/$version/node_modules/openai" ] ||
    timeout 60 npm install --silent --no-fund --no-audit --prefix "$work/$version" "openai@$version" >&2 ||
    { rm -rf "${work:?}/$version"; exit 77; }
home=$(mktemp -d)
pids=
trap 'kill $pids 2>/dev/null; rm -rf "$home"' EXIT
export HOME=$home XDG_DATA_HOME=$home/data XDG_CONFIG_HOME=$home/config OPENAI_API_KEY=any
await() { for _ in $(seq 200); do grep -q "$1" "$2" && return; sleep 0.1; done; echo "no $1 in $2" >&2; cat "$2" >&2; exit 1; }

# A server for each way, so that both begin with the same workspace.
for way in direct through; do
    "$server" --port 0 --fault "GET /models=status:503*2" >"$home/$way.server" 2>&1 &
    pids="$pids $!"
    await listening "$home/$way.server"
    url=$(awk '/listening/{print $NF}' "$home/$way.server")
    if [ $way = through ]; then
        "$cli" gateway --base-url "$url" --store "$home/store.sqlite" >"$home/events" 2>"$home/err" &
        gateway=$!
        pids="$pids $gateway"
        await '"event":"listening"' "$home/events"
        url=$(python3 -c 'import json,sys; print(json.loads(open(sys.argv[1]).readline())["address"])' "$home/events")
    fi
    node behaviour.mjs "$work/$version" "$url" | sed "s|$url|URL|g" >"$home/$way.txt"
done
diff -u "$home/direct.txt" "$home/through.txt" || { echo "the SDK's behaviour is not the same" >&2; exit 1; }
kill -TERM $gateway
wait $gateway
python3 - "$home/events" <<'P'
import json, sys
events = [json.loads(line) for line in open(sys.argv[1])]
assert events[-1]["event"] == "ended" and events[-1]["refused"] == 0 and events[-1]["requests"] > 50, events[-1]
P
echo "openai $version: $(wc -l <"$home/direct.txt") steps, the same both ways"
