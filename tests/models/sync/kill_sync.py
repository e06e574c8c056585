#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills a sync (SIGKILL) at many moments and lets the next one go on: the store must stay sound all the time and come
to the same end as an undisturbed one. usage: kill_sync.py BOBBIN_CLI DEMO_SERVER"""
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time

cli, server_program = sys.argv[1:3]
env = dict(os.environ, OPENAI_API_KEY="k")
server = subprocess.Popen([server_program, "--port", "0", "--threads", "40", "--runs-per-thread", "4", "--steps-per-run",
                           "2", "--messages-per-thread", "6", "--latency", "2", "--list-threads", "--seed", "5"],
                          stdout=subprocess.PIPE, text=True)


def sync(base, store):
    return [cli, "sync", "--base-url", base, "--store", store]


def content(store):
    rows = {}
    for command in (["threads"], ["runs"], ["assistants"], ["cost", "--by", "day"]):
        out = subprocess.run([cli, *command, "--store", store, "--json"], env=env, capture_output=True, text=True)
        assert out.returncode == 0, out.stderr
        rows[command[0]] = sorted(json.dumps(row, sort_keys=True) for row in json.loads(out.stdout))
    db = sqlite3.connect(store)
    rows["messages"] = sorted(db.execute("SELECT id, created, role FROM message").fetchall())
    rows["steps"] = db.execute("SELECT count(*), sum(steps) FROM run WHERE steps IS NOT NULL").fetchall()
    db.close()
    return rows


try:
    base = server.stdout.readline().split()[-1]
    with tempfile.TemporaryDirectory() as folder:
        whole = os.path.join(folder, "whole.sqlite")
        start = time.monotonic()
        subprocess.run(sync(base, whole), env=env, check=True, stdout=subprocess.DEVNULL)
        lasts = time.monotonic() - start
        expected = content(whole)
        assert len(expected["threads"]) == 40 and len(expected["runs"]) == 160, "the undisturbed sync is not whole"
        store = os.path.join(folder, "killed.sqlite")
        killed = 0
        for attempt in range(1, 13):
            child = subprocess.Popen(sync(base, store), env=env, stdout=subprocess.DEVNULL)
            time.sleep(lasts * attempt / 16)
            killed += child.poll() is None
            child.kill()
            child.wait()
            if os.path.exists(store):
                db = sqlite3.connect(store)
                assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",), f"damaged by kill {attempt}"
                db.close()
        assert killed >= 4, f"only {killed} kills hit a running sync"
        subprocess.run(sync(base, store), env=env, check=True, stdout=subprocess.DEVNULL)
        found = content(store)
        for what, rows in expected.items():
            assert found[what] == rows, f"{what} differ: {len(found[what])} rows, {len(rows)} expected"
        print(f"{killed} kills of a running sync, then the same {len(expected['runs'])} runs and all the rest")
finally:
    server.kill()
