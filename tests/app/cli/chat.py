#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bobbin-cli chat against the demo server: what a script sees of a turn that is taken, refused, answered, cancelled.
usage: chat.py BOBBIN_CLI BOBBIN_DEMO_SERVER"""
import json
import os
import pty
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

cli, server = sys.argv[1:3]
key = "the-only-key"


def ask(path, body=None):
    request = urllib.request.Request(
        base + path,
        None if body is None else json.dumps(body).encode(),
        {"Authorization": "Bearer " + key, "OpenAI-Beta": "assistants=v2", "Content-Type": "application/json"},
    )
    return json.load(urllib.request.urlopen(request))


def assistant(tools=(), **orders):
    return ask("/assistants", {"model": "gpt-4o", "tools": list(tools), "metadata": orders})["id"]


with tempfile.TemporaryDirectory() as home:
    environment = dict(os.environ, HOME=home, XDG_DATA_HOME=home + "/d", XDG_CONFIG_HOME=home + "/c",
                       QT_QPA_PLATFORM="offscreen", OPENAI_API_KEY=key, LC_ALL="C.UTF-8", TZ="UTC")
    demo = subprocess.Popen([server, "--port", "0", "--list-threads", "--threads", "2", "--token", key],
                            stdout=subprocess.PIPE, text=True, env=environment)
    base = demo.stdout.readline().split()[-1]
    weather = {"type": "function", "function": {"name": "get_weather"}}

    def chat(*arguments, text=None):
        done = subprocess.run([cli, "chat", "--base-url", base, *arguments], input=text or "", capture_output=True,
                              text=True, env=environment, timeout=120)
        assert key not in done.stdout + done.stderr
        return done

    def events(*arguments, text=None):
        done = chat("--json", *arguments, text=text)
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]

    try:
        # A new thread from standard input: the answer alone is on standard output.
        first = chat("--assistant", assistant(), text="Hello")
        assert first.returncode == 0, first
        assert "demo server's answer" in first.stdout and "\n" not in first.stdout.strip(), first.stdout
        assert "completed" in first.stderr and "$" in first.stderr, first.stderr
        thread = [word for word in first.stderr.replace(",", " ").split() if word.startswith("thread_")][0]

        # What it will read and cost is told beforehand, and can be looked at without sending.
        code, told = events(thread, "--message", "And now?", "--dry-run")
        expected = next(one for one in told if one["event"] == "expected")
        assert code == 0 and expected["turn"] == 2 and expected["contextTokens"] > 0, told
        assert expected["firstCallUsd"] > 0 and told[-1]["event"] == "ended", told
        assert len(ask(f"/threads/{thread}/messages")["data"]) == 2

        # Over the policy's cap it is refused before anything is sent, with a code of its own.
        policy = home + "/policy.json"
        with open(policy, "w") as file:
            json.dump({"policy": 1, "rules": {"turn-cap": {"limit": 1, "act": "refuse"},
                                              "tool-steps": {"limit": 3, "act": "cancel"}}}, file)
        code, told = events(thread, "--message", "And now?", "--policy", policy)
        assert code == 6 and told[-1]["policy"][0]["rule"] == "turn-cap", told
        assert len(ask(f"/threads/{thread}/messages")["data"]) == 2
        code, told = events(thread, "--message", "And now?")
        assert code == 0 and told[-1]["status"] == "completed" and told[-1]["costUsd"] > 0, told

        # Tools: answered by a command, the breaker stops a bot that asks for ever, and nobody to answer is said.
        code, told = events("--assistant", assistant([weather]), "--message", "How is it?", "--tool",
                            "get_weather=cat")
        assert code == 0 and {"tool", "answered"} <= {one["event"] for one in told}, told
        code, told = events("--assistant", assistant([weather], demo_asks="40"), "--message", "How is it?", "--tool",
                            "*=cat", "--policy", policy)
        assert code == 6 and told[-1]["status"] == "cancelled", told
        assert sum(one["event"] == "answered" for one in told) == 3, told
        nobody = chat("--assistant", assistant([weather]), "--message", "How is it?")
        assert nobody.returncode == 1 and "--tool" in nobody.stderr and "cancelled" in nobody.stderr, nobody

        # Ctrl+C cancels the run.
        run = subprocess.Popen([cli, "chat", "--base-url", base, "--json", "--assistant",
                                assistant(demo_rounds="200"), "--message", "Go"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        told = []
        for line in run.stdout:
            told.append(json.loads(line))
            if told[-1]["event"] == "progress" and told[-1]["steps"] > 0:
                break
        run.send_signal(signal.SIGINT)
        told += [json.loads(line) for line in run.stdout]
        assert run.wait(60) == 130 and told[-1]["status"] == "cancelled", told

        # Run again: what passes is tried after its back-off, what stays wants a yes, what is fatal is not run.
        def failed(code):
            made = ask("/threads", {})["id"]
            ask(f"/threads/{made}/messages", {"role": "user", "content": "Well?"})
            failing = ask(f"/threads/{made}/runs", {"assistant_id": assistant(demo_fails=code)})["id"]
            while ask(f"/threads/{made}/runs/{failing}")["status"] != "failed":
                time.sleep(0.1)
            return made

        def runs(made):
            return len(ask(f"/threads/{made}/runs")["data"])

        stays = failed("invalid_prompt")
        code, told = events("--again", stays)
        assert code == 6 and runs(stays) == 1, told
        assert next(one for one in told if one["event"] == "again")["class"] == "structural", told
        code, told = events("--again", stays, "--yes")
        assert code == 1 and runs(stays) == 2, told
        fatal = failed("insufficient_quota")
        refused = chat("--again", fatal)
        assert refused.returncode == 6 and runs(fatal) == 1 and "insufficient_quota" in refused.stderr, refused
        with open(policy, "w") as file:
            json.dump({"policy": 1, "rules": {"retries": {"limit": 1, "backOffSeconds": 1, "act": "refuse"}}}, file)
        passes = failed("server_error")
        code, told = events("--again", passes, "--policy", policy)
        assert runs(passes) == 2 and code == 1 and told[-1]["errorCode"] == "server_error", told
        assert events("--again", thread)[0] == 5  # nothing failed there

        # What cannot be used is said, and where.
        assert chat("--message", "Hello").returncode == 2
        assert chat(thread, "--message", "Hello", "--tool", "nothing").returncode == 2
        assert chat(thread, text="").returncode == 2
        gone = chat("thread_none", "--message", "Hello")
        assert gone.returncode == 1 and "thread_none" in gone.stderr, gone

        # A person at a terminal: line by line, on one thread.
        master, slave = pty.openpty()
        person = subprocess.Popen([cli, "chat", "--base-url", base, "--assistant", assistant()], stdin=slave,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        os.write(master, b"One\n\nTwo\n\x04")
        out, err = person.communicate(timeout=120)
        assert person.returncode == 0 and out.count("demo server's answer") == 2, (out, err)
        threads = {word for word in err.replace(",", " ").split() if word.startswith("thread_")}
        assert len(threads) == 1, err
        os.close(master)
    finally:
        demo.kill()
print("ok")
