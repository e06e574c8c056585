#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Drives the demo server with the official Node SDK, old and new, and with Microsoft's for Foundry. Needs node, npm and the network; not part of CI.
# usage: tests/sdk/run.sh [DEMO_SERVER]
set -euo pipefail
cd "$(dirname "$0")/../.."
program=${1:-build/asan/bin/bobbin-demo-server}
work=build/sdk
coproc SERVER { exec "$program" --port 0; }
trap 'kill $SERVER_PID' EXIT
read -r _ _ base <&"${SERVER[0]}"
for version in 4.104.0 6.49.0; do
    mkdir -p "$work/$version"
    [ -d "$work/$version/node_modules" ] || npm install --silent --no-fund --no-audit --prefix "$work/$version" "openai@$version"
    node tests/sdk/conversation.mjs "$PWD/$work/$version" "$base"
done

# Microsoft's package, at a server whose tokens run out.
kill "$SERVER_PID"
wait "$SERVER_PID" 2>/dev/null || true
coproc FOUNDRY { exec "$program" --port 0 --protocol foundry --token-lifetime 600; }
trap 'kill $FOUNDRY_PID' EXIT
read -r _ _ project <&"${FOUNDRY[0]}"
read -r line <&"${FOUNDRY[0]}"
[ -d "$work/azure/node_modules" ] || npm install --silent --no-fund --no-audit --prefix "$work/azure" "@azure/ai-agents@1.1.0"
node tests/sdk/foundry.mjs "$PWD/$work/azure" "$project" "${line##* }"
