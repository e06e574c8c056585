#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `guard --json` says of runs that were to be cancelled. usage: acted.py GUARD_JSON RUN (exits with 0 once it is
done), or acted.py GUARD_JSON --once RUNS_FILE: each of the runs in the file, once, by an operation of its own."""
import collections
import json
import sys

cancels = [row for row in json.load(open(sys.argv[1]))["seen"] if row["rule"] == "tool-steps" and row["act"] == "cancel"]
if sys.argv[2] != "--once":
    sys.exit(not any(row["run"] == sys.argv[2] and row["state"] == "acted" for row in cancels))
states = collections.defaultdict(list)
for row in cancels:
    states[row["run"]].append(row["state"])
runs = open(sys.argv[3]).read().split()
assert set(states) == set(runs), (states, runs)
assert all(state == ["acted"] for state in states.values()), states
assert len({row["operation"] for row in cancels}) == len(runs), cancels
