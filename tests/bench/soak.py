#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A month of the watch, with a clock that jumps: the real programs under libfaketime, a few times a day some twenty runs
of which some are spirals, the watch killed and started again now and then. At the end every spiral must have been
cancelled, once, and nothing else; memory and open files must not have grown.
usage: soak.py BOBBIN_CLI BOBBIN_DEMO_SERVER [--days N] [--times-a-day N]"""
import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

parser = argparse.ArgumentParser()
parser.add_argument("cli")
parser.add_argument("server")
parser.add_argument("--days", type=int, default=30)
parser.add_argument("--times-a-day", type=int, default=4)
parser.add_argument("--runs", type=int, default=20)
asked = parser.parse_args()
library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
if not os.path.exists(library):
    sys.exit(77)
ceiling, key = 5, "the-only-key"
dice = random.Random(7)


def ask(path, body=None, method=None):
    request = urllib.request.Request(
        base + path,
        None if body is None else json.dumps(body).encode(),
        {"Authorization": "Bearer " + key, "OpenAI-Beta": "assistants=v2", "Content-Type": "application/json"},
        method=method,
    )
    return json.load(urllib.request.urlopen(request))


def memory(pid):  # KiB that are resident
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


with tempfile.TemporaryDirectory() as home:
    clock = home + "/clock"

    def jump(seconds):
        with open(clock + ".new", "w") as file:
            file.write(f"+{seconds}s")
        os.replace(clock + ".new", clock)

    jump(0)
    environment = dict(os.environ, HOME=home, XDG_DATA_HOME=home + "/d", XDG_CONFIG_HOME=home + "/c",
                       QT_QPA_PLATFORM="offscreen", OPENAI_API_KEY=key, LC_ALL="C.UTF-8", TZ="UTC",
                       LD_PRELOAD=library, FAKETIME_TIMESTAMP_FILE=clock, FAKETIME_NO_CACHE="1",
                       FAKETIME_DONT_FAKE_MONOTONIC="1")
    environment["ASAN_OPTIONS"] = environment.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0:detect_leaks=0"
    demo = subprocess.Popen([asked.server, "--port", "0", "--list-threads", "--threads", "5", "--token", key],
                            stdout=subprocess.PIPE, text=True, env=environment)
    base = demo.stdout.readline().split()[-1]
    policy, store = home + "/policy.json", home + "/store.sqlite"
    with open(policy, "w") as file:
        json.dump({"policy": 1, "actsAnHour": 1000,
                   "rules": {"tool-steps": {"limit": ceiling, "act": "cancel"}}}, file)
    events = []

    def watch():
        process = subprocess.Popen([asked.cli, "watch", "--base-url", base, "--store", store, "--policy", policy,
                                    "--yes", "--interval", "1"], stdout=subprocess.PIPE, text=True, env=environment)
        line = process.stdout.readline()
        assert json.loads(line)["event"] == "watching", line

        def read():
            for one in process.stdout:
                events.append(json.loads(one))

        threading.Thread(target=read, daemon=True).start()
        return process

    assistant = ask("/assistants", {"model": "gpt-4o"})["id"]
    spirals, others, sizes, files = [], [], [], []
    cancelledAt = []  # steps that a spiral had come to
    restarts = 0
    watching = watch()
    try:
        rounds = asked.days * asked.times_a_day
        for number in range(rounds):
            jump(number * 86_400 // asked.times_a_day)
            begun = []
            for _ in range(asked.runs):
                # Half of them go on in a thread that is there, of those that were active lately: the watch looks closely
                # at 200 of them, and at the others in turn, which for a spiral of two minutes may be too late.
                old = dice.choice(others[-100:])[0] if others and dice.random() < 0.5 else None
                thread = old or ask("/threads", {})["id"]
                spirals_now = dice.random() < 0.2
                steps = 200 if spirals_now else dice.randrange(0, ceiling)
                try:
                    ask(f"/threads/{thread}/messages", {"role": "user", "content": f"Tick {number}"})
                    run = ask(f"/threads/{thread}/runs",
                              {"assistant_id": assistant, "metadata": {"demo_rounds": str(steps)}})["id"]
                except urllib.error.HTTPError:  # the thread is locked: another run of this tick has it
                    continue
                (spirals if spirals_now else others).append((thread, run))
                begun.append((thread, run, spirals_now))
            if number % 10 == 7:  # while they run
                time.sleep(dice.random() * 4)
                watching.kill()
                watching.wait()
                watching = watch()
                restarts += 1
            end = time.time() + 150
            left = list(begun)
            while left:
                if time.time() > end:
                    sys.exit(f"FAIL: at tick {number} {len(left)} runs do not end")
                time.sleep(0.5)
                still = []
                for thread, run, is_spiral in left:
                    status = ask(f"/threads/{thread}/runs/{run}")["status"]
                    if status in ("completed", "cancelled"):
                        if (status == "cancelled") != is_spiral:
                            sys.exit(f"FAIL: {run} is {status}, a spiral: {is_spiral}")
                        if is_spiral:
                            cancelledAt.append(len(ask(f"/threads/{thread}/runs/{run}/steps?limit=100")["data"]))
                    else:
                        still.append((thread, run, is_spiral))
                left = still
            if watching.poll() is not None:
                sys.exit("FAIL: the watch has ended")
            sizes.append(memory(watching.pid))
            files.append(len(os.listdir(f"/proc/{watching.pid}/fd")))
        time.sleep(3)
        watching.send_signal(signal.SIGTERM)
        assert watching.wait(90) == 0
        shown = subprocess.run([asked.cli, "guard", "--base-url", base, "--store", store, "--json"],
                               capture_output=True, text=True, env=environment, check=True)
        rows = json.loads(shown.stdout)["seen"]
        acted = sorted(row["run"] for row in rows if row["act"] == "cancel" and row["state"] == "acted")
        assert acted == sorted(run for _, run in spirals), "acts and spirals are not the same"
        assert not any(row["state"] in ("failed", "acting") for row in rows), rows
        months = max(row["seen"] for row in rows)[:10], min(row["seen"] for row in rows)[:10]
    finally:
        watching.kill()
        demo.kill()
    late, early = sorted(sizes[-len(sizes) // 4:]), sorted(sizes[len(sizes) // 4:len(sizes) // 2] or sizes)
    growth = late[len(late) // 2] / early[len(early) // 2]
    cancelledAt.sort()
    print(f"{rounds} ticks from {months[1]} to {months[0]}: {len(others)} runs completed, {len(spirals)} spirals "
          f"cancelled at {cancelledAt[len(cancelledAt) // 2]} steps (median; the most {cancelledAt[-1]}), none missed, "
          f"no other; {restarts} kills of the watch; memory {early[len(early) // 2] / 1024:.0f} -> "
          f"{late[len(late) // 2] / 1024:.0f} MiB ({growth:.2f}), files {min(files)}..{max(files)}")
    if asked.days >= 10 and growth > 1.25:
        sys.exit("FAIL: memory grows")
