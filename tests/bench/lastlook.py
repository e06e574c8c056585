#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long before each deletion of a clean-up its thread was last looked at: a relay between bobbin-cli and the demo
server notes when the last answer about a thread had gone out, and when its DELETE came in. A relay adds its own time, so
the figures are upper bounds. usage: tests/bench/lastlook.py [--bin FOLDER] [--threads N] [--latency MS]"""
import argparse
import http.client
import http.server
import os
import re
import subprocess
import tempfile
import threading
import time

root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Relay(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536
    server_at = ""
    answered = {}
    gaps = []
    here = threading.local()

    def log_message(self, *_):
        pass

    def relay(self):
        came = time.perf_counter()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
        about = re.search(r"/threads/(thread_\w+)", self.path)
        thread = about and about.group(1)
        if self.command == "DELETE" and thread in self.answered:
            self.gaps.append((came - self.answered[thread]) * 1000)
        if not hasattr(self.here, "line"):
            self.here.line = http.client.HTTPConnection(self.server_at)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection")}
        self.here.line.request(self.command, self.path, body, headers)
        answer = self.here.line.getresponse()
        data = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "connection", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()
        if thread and self.command == "GET":
            self.answered[thread] = time.perf_counter()

    do_GET = do_POST = do_DELETE = relay


class Relays(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", default=os.path.join(root, "build", "release", "bin"))
    parser.add_argument("--threads", type=int, default=400)
    parser.add_argument("--latency", type=int, default=0)
    options = parser.parse_args()
    server = subprocess.Popen(
        [f"{options.bin}/bobbin-demo-server", "--port", "0", "--list-threads", "--threads", str(options.threads),
         "--runs-per-thread", "2", "--messages-per-thread", "6", "--latency", str(options.latency)],
        stdout=subprocess.PIPE, text=True)
    try:
        Relay.server_at = server.stdout.readline().split("//")[-1].split("/")[0]
        relays = Relays(("127.0.0.1", 0), Relay)
        threading.Thread(target=relays.serve_forever, daemon=True).start()
        with tempfile.TemporaryDirectory() as work:
            where = ["--base-url", f"http://127.0.0.1:{relays.server_port}/v1", "--store", os.path.join(work, "store.sqlite")]
            env = dict(os.environ, OPENAI_API_KEY="k")
            for command in (["sync"], ["cleanup", "--metadata", "!nobody", "--yes"]):
                subprocess.run([f"{options.bin}/bobbin-cli", *command, *where], check=True, env=env,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    finally:
        server.kill()
    gaps = sorted(Relay.gaps)
    print(f"{len(gaps)} deletions, the server answers after {options.latency} ms; from the last look to the deletion:")
    print(f"  median {gaps[len(gaps) // 2]:.1f} ms, 99 % within {gaps[int(len(gaps) * 0.99)]:.1f} ms, at most {gaps[-1]:.1f} ms")


main()
