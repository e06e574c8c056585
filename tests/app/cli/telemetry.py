#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What gateway and watch tell besides, read by others: the metrics by Prometheus' own client library, the webhook's
signatures by Python's hmac. usage: telemetry.py BOBBIN_CLI BOBBIN_DEMO_SERVER"""
import base64
import contextlib
import hashlib
import hmac
import http.server
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

sys.path.append("/usr/lib/python3/dist-packages")  # Debian's, also where another Python is first
from prometheus_client.parser import text_string_to_metric_families

cli, server = sys.argv[1:3]
secret = "a secret of both"
key = "the-only-key"
got = []  # (headers, body) of the webhook, in the order in which they came


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        got.append((dict(self.headers.items()), body))
        self.send_response(503 if len(got) == 1 else 204)  # the first one has to come again
        self.end_headers()

    def log_message(self, *_):
        pass


def until(what, why, seconds=60):
    end = time.time() + seconds
    while not what():
        if time.time() > end:
            sys.exit(f"FAIL: {why}: {[json.loads(body) for _, body in got]}")
        time.sleep(0.1)


def ask(base, path, body=None):
    request = urllib.request.Request(
        base + path,
        None if body is None else json.dumps(body).encode(),
        {"Authorization": "Bearer " + key, "OpenAI-Beta": "assistants=v2", "Content-Type": "application/json"},
    )
    try:
        return 200, json.load(urllib.request.urlopen(request))
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def samples(text):
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


with contextlib.ExitStack() as stack:
    home = stack.enter_context(tempfile.TemporaryDirectory())
    hook = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    stack.callback(hook.shutdown)
    environment = dict(os.environ, HOME=home, XDG_DATA_HOME=home + "/data", XDG_CONFIG_HOME=home + "/config",
                       OPENAI_API_KEY=key, BOBBIN_WEBHOOK_SECRET=secret)

    def start(*command):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        stack.callback(process.kill)
        return process

    demo = start(server, "--port", "0", "--list-threads", "--threads", "2", "--runs-per-thread", "1", "--token", key)
    base = demo.stdout.readline().split()[-1]
    policy = home + "/policy.json"
    with open(policy, "w") as file:
        json.dump({"policy": 1, "rules": {"models": {"limit": ["gpt-4o-mini"], "act": "refuse"},
                                          "tokens-a-month": {"limit": 1000000}}}, file)
    place = f"http://127.0.0.1:{hook.server_port}/hook"
    refused = subprocess.run([cli, "watch", "--base-url", base, "--webhook", "http://example.com/"], env=environment,
                             capture_output=True, text=True)
    assert refused.returncode == 2 and "BOBBIN_WEBHOOK_SECRET" in refused.stderr, refused
    gateway = start(cli, "gateway", "--base-url", base, "--policy", policy, "--yes", "--metrics-port", "0", "--webhook",
                    place)
    events = []

    def read():
        for line in gateway.stdout:
            events.append(json.loads(line))

    threading.Thread(target=read, daemon=True).start()

    def event(name):
        return next((one for one in events if one["event"] == name), None)

    until(lambda: event("listening") and event("metrics"), "the gateway does not begin")
    line, metrics = event("listening")["address"], event("metrics")["address"]
    assistant = ask(line, "/assistants", {"model": "gpt-4o"})[1]["id"]
    thread = ask(line, "/threads", {})[1]["id"]
    ask(line, f"/threads/{thread}/messages", {"role": "user", "content": "a text that nobody else is to read"})
    for _ in range(3):
        status, answer = ask(line, f"/threads/{thread}/runs", {"assistant_id": assistant})
        assert status == 403, (status, answer)

    time.sleep(1.1)  # servers tell times in seconds: it is to be after the refusals
    status, run = ask(line, f"/threads/{thread}/runs", {"assistant_id": assistant, "model": "gpt-4o-mini"})
    assert status == 200, run
    until(lambda: ask(line, f"/threads/{thread}/runs/{run['id']}")[1]["status"] == "completed", "the run does not end")

    until(lambda: {"guard", "refused"} <= {json.loads(body)["event"] for _, body in got}, "no event comes")
    ids = [headers["webhook-id"] for headers, _ in got]
    assert ids[0] == ids[1] and len(set(ids)) == len(ids) - 1, ids
    for headers, body in got:
        what = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
        wanted = base64.b64encode(hmac.new(secret.encode(), what, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == "v1," + wanted, headers
        assert abs(time.time() - int(headers["webhook-timestamp"])) < 120, headers
    told = [json.loads(body) for _, body in got[1:]]
    assert sum(one["event"] == "refused" for one in told) == 1, told  # asked for again, it is one event
    assert all(one["rule"] == "models" and one["thread"] == thread for one in told if one["event"] == "refused"), told
    everything = b"".join(body for _, body in got)
    assert key.encode() not in everything and b"nobody else" not in everything and secret.encode() not in everything

    def metric(*name):
        return samples(urllib.request.urlopen(metrics).read().decode()).get(name)

    until(lambda: metric("bobbin_guard_refused_total", ("rule", "models")) == 3, "refusals are not counted")
    assert metric("bobbin_gateway_answers_total", ("by", "gateway")) == 3
    assert metric("bobbin_gateway_answers_total", ("by", "server")) >= 5
    until(lambda: metric("bobbin_spent_usd", ("period", "month")) is not None, "what is spent is not read")
    until(lambda: metric("bobbin_budget_used_ratio", ("budget", "tokens-a-month"), ("of", "connection")) is not None,
          "budgets are not told")
    until(lambda: metric("bobbin_watching") == 1 and metric("bobbin_watch_rounds_total") > 0, "it does not watch")
    assert metric("bobbin_watch_sees") == 1 and metric("bobbin_guard_stopped") == 0
    subprocess.run([cli, "guard", "stop"], env=environment, check=True, capture_output=True)
    until(lambda: metric("bobbin_guard_stopped") == 1, "the stop is not told")
    until(lambda: any(json.loads(body)["event"] == "stopped" for _, body in got), "the stop is no event")
    demo.kill()
    until(lambda: metric("bobbin_watch_sees") == 0, "that it is blind is not told")
    until(lambda: any(json.loads(body)["event"] == "blind" for _, body in got), "that it is blind is no event")
    gateway.send_signal(signal.SIGTERM)
    assert gateway.wait(60) == 0
    until(lambda: event("ended"), "it does not say that it ended", 5)
    summed = subprocess.run([cli, "guard", "summary", "--base-url", base, "--json"], env=environment, check=True,
                            capture_output=True, text=True).stdout
    summary = json.loads(summed)
    assert summary["guard"]["refused"] == 1 and summary["refusalsOfUnknownCost"] == 1, summary
    assert summary["runs"] == 1 and summary["tokens"] > 0 and summary["costUsd"] > 0, summary
print("told, signed, counted")
