#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Starts LangGraph's own development server for the tests, having fetched it from npm once; see serve.mjs. Ends with 77
# and a word where there is no node, or npm's registry cannot be reached.
# usage: tests/langgraph/server.sh WORK, where WORK is a folder that is kept, such as build/langgraph
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$1
for program in node npm; do
    command -v "$program" > /dev/null || { echo "skipped: there is no $program" >&2; exit 77; }
done
mkdir -p "$work"
if ! cmp -s "$here/package.json" "$work/installed.json"; then
    cp "$here/package.json" "$work/package.json"
    (cd "$work" && npm install --silent --no-fund --no-audit --no-package-lock > npm.log 2>&1) ||
        { echo "skipped: npm cannot fetch the server: $(tail -n 1 "$work/npm.log")" >&2; exit 77; }
    cp "$here/package.json" "$work/installed.json"
fi
cp "$here/graphs.mjs" "$here/serve.mjs" "$work/"
data=$(mktemp -d "$work/data.XXXXXX")
trap 'rm -rf "$data"' EXIT
cd "$work"
node serve.mjs "$data"
