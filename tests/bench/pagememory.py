#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much memory a sync takes for one big page of messages, beside the same sync with a small one: the peak of the
process, as a multiple of the page. usage: tests/bench/pagememory.py [--bin FOLDER] [--mb N] [--messages N]"""
import argparse
import http.server
import json
import os
import random
import subprocess
import tempfile
import threading

root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
words = [f"w{random.Random(i).randrange(10 ** 9):x}" for i in range(5000)]


def page_of(messages, size):
    pick = random.Random(1)
    each = size // messages
    data = []
    for i in range(messages):
        text = " ".join(pick.choices(words, k=each // 9))
        data.append({"id": f"msg_{i:05}", "object": "thread.message", "created_at": 1_700_000_000 + i, "thread_id": "thread_abcdefghijklmnopqrstuvwx",
                     "role": "user", "content": [{"type": "text", "text": {"value": text, "annotations": []}}]})
    return json.dumps({"object": "list", "data": data, "first_id": data[0]["id"], "last_id": data[-1]["id"],
                       "has_more": False}).encode()


def peak(options, size):
    page = page_of(options.messages, size)

    class Server(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_GET(self):
            path = self.path.split("?")[0]
            thread = {"id": "thread_abcdefghijklmnopqrstuvwx", "object": "thread", "created_at": 1_700_000_000, "metadata": {}}
            body = json.dumps({"object": "list", "data": [], "has_more": False}).encode()
            if path.endswith("/messages"):
                body = page
            elif path.endswith("/threads/thread_abcdefghijklmnopqrstuvwx"):
                body = json.dumps(thread).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as work:
        done = subprocess.Popen([f"{options.bin}/bobbin-cli", "sync", "thread_abcdefghijklmnopqrstuvwx", "--base-url",
                                 f"http://127.0.0.1:{server.server_port}/v1", "--store", os.path.join(work, "s.sqlite")],
                                env=dict(os.environ, OPENAI_API_KEY="k"), stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(done.pid, 0)
        assert os.waitstatus_to_exitcode(status) == 0, "the sync failed"
    server.shutdown()
    return len(page) / 1e6, usage.ru_maxrss * 1024 / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", default=os.path.join(root, "build", "release", "bin"))
    parser.add_argument("--mb", type=int, default=60)
    parser.add_argument("--messages", type=int, default=100)
    options = parser.parse_args()
    _, base = peak(options, 100_000)
    size, high = peak(options, options.mb * 1_000_000)
    print(f"a page of {size:.0f} MB: peak {high:.0f} MB, without it {base:.0f} MB; {(high - base) / size:.1f} times the page")


main()
