#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the gateway adds to a request, beside a bare connection and nginx as a reverse proxy, all to the same nginx and
taking turns. usage: tests/bench/gateway.py BOBBIN_CLI [--rounds N]"""
import argparse
import contextlib
import http.client
import json
import os
import socket
import subprocess
import tempfile
import time

parser = argparse.ArgumentParser()
parser.add_argument("cli")
parser.add_argument("--rounds", type=int, default=2000)
options = parser.parse_args()

answer = json.dumps({"id": "resp_1", "object": "response", "created_at": 1790000000, "status": "completed", "model": "gpt-4o",
                     "output": [], "usage": {"input_tokens": 10, "output_tokens": 5, "total_tokens": 15}})


def free():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


with tempfile.TemporaryDirectory() as home, contextlib.ExitStack() as children:
    server, proxy = free(), free()
    with open(f"{home}/nginx.conf", "w") as conf:
        conf.write(f"""
daemon off; worker_processes 1; pid {home}/pid; error_log {home}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off; client_body_temp_path {home}/a; proxy_temp_path {home}/b; fastcgi_temp_path {home}/c;
  uwsgi_temp_path {home}/d; scgi_temp_path {home}/e; keepalive_requests 1000000;
  upstream origin {{ server 127.0.0.1:{server}; keepalive 64; keepalive_requests 1000000; }}
  server {{ listen 127.0.0.1:{server}; location / {{ default_type application/json; return 200 '{answer}'; }} }}
  server {{ listen 127.0.0.1:{proxy}; location / {{ proxy_pass http://origin; proxy_http_version 1.1;
    proxy_set_header Connection ""; proxy_buffering off; }} }}
}}""")
    nginx = subprocess.Popen(["nginx", "-c", f"{home}/nginx.conf"])
    children.callback(nginx.terminate)
    env = dict(os.environ, HOME=home, XDG_DATA_HOME=home, XDG_CONFIG_HOME=home, OPENAI_API_KEY="k")
    with open(f"{home}/policy.json", "w") as policy:
        policy.write('{"policy": 1, "rules": {"models": {"limit": ["gpt-4o"], "act": "refuse"},'
                     ' "tokens-a-day": {"limit": 1000000000, "act": "refuse"}}}')
    gateway = subprocess.Popen([options.cli, "gateway", "--base-url", f"http://127.0.0.1:{server}/v1", "--store",
                                f"{home}/store.sqlite", "--policy", f"{home}/policy.json", "--yes", "--interval", "3600"],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env)
    children.callback(gateway.terminate)
    port = int(json.loads(gateway.stdout.readline())["address"].split(":")[2].split("/")[0])
    time.sleep(2)
    ways = {"bare": server, "nginx": proxy, "gateway": port}
    lines = {way: http.client.HTTPConnection("127.0.0.1", port) for way, port in ways.items()}
    body = json.dumps({"model": "gpt-4o", "input": "How is it?"})

    def once(line, judged):
        start = time.perf_counter()
        if judged:
            line.request("POST", "/v1/responses", body, {"Content-Type": "application/json"})
        else:
            line.request("GET", "/v1/files")
        got = line.getresponse()
        got.read()
        assert got.status == 200, got.status
        return (time.perf_counter() - start) * 1000

    for judged in (False, True):
        times = {way: [] for way in ways}
        rounds = options.rounds if not judged else options.rounds // 4
        for i in range(rounds + 50):
            for way in ways:
                took = once(lines[way], judged)
                if i >= 50:
                    times[way].append(took)
        at = {way: (sorted(t)[len(t) // 2], sorted(t)[len(t) * 99 // 100]) for way, t in times.items()}
        what = "judged and learnt (POST /responses)" if judged else "passed on (GET /files)"
        print(f"{what}: " + ", ".join(f"{way} p50 {p50:.2f} ms p99 {p99:.2f} ms" for way, (p50, p99) in at.items()))
        for way in ("nginx", "gateway"):
            print(f"  {way} adds p50 {at[way][0] - at['bare'][0]:.2f} ms, p99 {at[way][1] - at['bare'][1]:.2f} ms")

    # The first byte of many connections at once.
    for way, port in ways.items():
        start = time.perf_counter()
        sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(500)]
        for s in sockets:
            s.sendall(f"GET /v1/files HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        for s in sockets:
            assert s.recv(12) == b"HTTP/1.1 200", way
        print(f"500 connections, {way}: {(time.perf_counter() - start) * 1000:.0f} ms")
        for s in sockets:
            s.close()
    memory = [line.split()[1] for line in open(f"/proc/{gateway.pid}/status") if line.startswith("VmHWM")][0]
    print(f"gateway's memory at most: {int(memory) // 1024} MB")
