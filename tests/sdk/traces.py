#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs as traces, read by OpenTelemetry's own decoder (npm's @opentelemetry/otlp-transformer, whose messages are made
from the protocol's files): every field is one of the protocol and of its type. Skipped (77) where the package cannot be
had. usage: traces.py BOBBIN_CLI BOBBIN_DEMO_SERVER WORK_FOLDER"""
import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

cli, server, work = sys.argv[1:4]
key, version = "the-only-key", "0.203.0"
decoder = os.path.join(work, "otlp-" + version)
here = os.path.dirname(os.path.abspath(__file__))
if not shutil.which("npm") or not shutil.which("node"):
    sys.exit(77)
if not os.path.isdir(decoder + "/node_modules/@opentelemetry/otlp-transformer"):
    os.makedirs(decoder, exist_ok=True)
    try:
        subprocess.run(["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", decoder,
                        "@opentelemetry/otlp-transformer@" + version], check=True, timeout=60, stdout=sys.stderr)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        shutil.rmtree(decoder, ignore_errors=True)
        sys.exit(77)

got = []  # (path, headers, body) of the collector


class Collector(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        got.append((self.path, dict(self.headers.items()), self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(503 if len(got) == 1 else 200)  # the first has to come again
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


def until(what, why, seconds=60):
    end = time.time() + seconds
    while not what():
        if time.time() > end:
            sys.exit(f"FAIL: {why}")
        time.sleep(0.1)


def ask(path, body=None):
    request = urllib.request.Request(
        base + path,
        None if body is None else json.dumps(body).encode(),
        {"Authorization": "Bearer " + key, "OpenAI-Beta": "assistants=v2", "Content-Type": "application/json"},
    )
    return json.load(urllib.request.urlopen(request))


def spans():
    found = {}
    for _, _, body in got[1:]:
        for span in json.loads(body)["resourceSpans"][0]["scopeSpans"][0]["spans"]:
            assert span["spanId"] not in found, "sent twice"
            found[span["spanId"]] = span
    return found


def attributes(span):
    return {one["key"]: next(iter(one["value"].values())) for one in span["attributes"]}


collector = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
threading.Thread(target=collector.serve_forever, daemon=True).start()

with tempfile.TemporaryDirectory() as home:
    environment = dict(os.environ, HOME=home, XDG_DATA_HOME=home + "/d", XDG_CONFIG_HOME=home + "/c",
                       QT_QPA_PLATFORM="offscreen", OPENAI_API_KEY=key, LC_ALL="C.UTF-8", TZ="UTC",
                       OTEL_EXPORTER_OTLP_HEADERS="x-team=the%20bots,authorization=Bearer%20of-the-collector")
    processes = []

    def start(*command):
        processes.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment))
        return processes[-1]

    demo = start(server, "--port", "0", "--list-threads", "--threads", "2", "--token", key)
    base = demo.stdout.readline().split()[-1]
    place = f"http://127.0.0.1:{collector.server_port}"
    # Made before the first sync, which reads assistants.
    def assistant(tools=(), **orders):
        return ask("/assistants", {"model": "gpt-4o", "name": "Weather", "tools": list(tools),
                                   "metadata": orders})["id"]

    asking = assistant([{"type": "function", "function": {"name": "get_weather"}}])
    failing, plain = assistant(demo_rounds="2", demo_fails="server_error"), assistant()

    refused = subprocess.run([cli, "watch", "--base-url", base, "--otlp", "http://example.com/"], env=environment,
                             capture_output=True, text=True)
    assert refused.returncode == 2 and "OTEL_EXPORTER_OTLP_HEADERS" in refused.stderr, refused
    assert "of-the-collector" not in refused.stderr

    def watch(*more):
        process = start(cli, "watch", "--base-url", base, "--interval", "1", "--otlp", place, *more)
        assert json.loads(process.stdout.readline())["event"] == "watching"
        return process

    def play(assistant):
        thread = ask("/threads", {})["id"]
        ask(f"/threads/{thread}/messages", {"role": "user", "content": "a text that nobody else is to read"})
        run = ask(f"/threads/{thread}/runs", {"assistant_id": assistant})["id"]
        where = f"/threads/{thread}/runs/{run}"
        if assistant == asking:
            until(lambda: ask(where)["status"] == "requires_action", "it does not ask")
            call = ask(where)["required_action"]["submit_tool_outputs"]["tool_calls"][0]["id"]
            ask(where + "/submit_tool_outputs", {"tool_outputs": [{"tool_call_id": call, "output": "secret weather"}]})
        until(lambda: ask(where)["status"] in ("completed", "failed"), "it does not end")
        return run

    try:
        watching = watch()
        time.sleep(1.1)  # servers tell times in seconds
        good, bad = play(asking), play(failing)

        def roots():
            return {attributes(one).get("gen_ai.response.id"): one for one in spans().values()
                    if "parentSpanId" not in one}

        until(lambda: {good, bad} <= set(roots()), "the runs do not come")
        all_spans = spans()
        root = roots()[good]
        told = attributes(root)
        assert root["name"] == "invoke_agent Weather" and root["kind"] == 3, root
        assert told["gen_ai.operation.name"] == "invoke_agent" and told["gen_ai.provider.name"] == "openai", told
        assert told["gen_ai.request.model"] == "gpt-4o" and int(told["gen_ai.usage.input_tokens"]) > 0, told
        assert told["gen_ai.conversation.id"].startswith("thread_") and told["bobbin.cost.usd"] > 0, told
        steps = [one for one in all_spans.values() if one.get("parentSpanId") == root["spanId"]]
        calls = [one for one in all_spans.values() if one.get("parentSpanId") in {step["spanId"] for step in steps}]
        assert len(steps) == 2 and [one["name"] for one in calls] == ["execute_tool get_weather"], (steps, calls)
        assert all(one["traceId"] == root["traceId"] for one in steps + calls)
        assert attributes(calls[0])["gen_ai.tool.type"] == "function"
        assert roots()[bad]["status"]["code"] == 2 and attributes(roots()[bad])["error.type"] == "server_error"
        for path, headers, body in got:
            assert path == "/v1/traces" and headers["Content-Type"] == "application/json", (path, headers)
            assert headers["x-team"] == "the bots" and headers["authorization"] == "Bearer of-the-collector", headers
            assert key.encode() not in body and b"nobody else" not in body and b"secret weather" not in body

        # Over a restart nothing comes twice, and what ended meanwhile comes.
        watching.send_signal(signal.SIGTERM)
        assert watching.wait(60) == 0
        before = set(spans())
        meanwhile = play(plain)
        watching = watch("--otlp-texts")
        until(lambda: meanwhile in roots(), "what ended meanwhile does not come")
        last = play(asking)
        until(lambda: last in roots(), "the last one does not come")
        assert before < set(spans())
        assert any(b"secret weather" in body for _, _, body in got), "texts were asked for"
        watching.send_signal(signal.SIGTERM)
        assert watching.wait(60) == 0
    finally:
        for process in processes:
            process.kill()
    for number, (_, _, body) in enumerate(got):
        with open(f"{home}/{number}.json", "wb") as file:
            file.write(body)
    subprocess.run(["node", here + "/traces.mjs", decoder, *[f"{home}/{n}.json" for n in range(len(got))]], check=True)
