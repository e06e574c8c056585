#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures Bobbin against what its users would use instead, and prints ratios: every figure beside its comparison is
from the same run, as machines are noisy. usage: tests/bench/run.py [sync|store|chart|plans|audit|watch|gateway|delete]… [--small] [--work FOLDER]"""
import argparse
import json
import os
import subprocess
import sys
import time

root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
bin_ = os.path.join(root, "build", "bench", "bin")
bench = os.path.dirname(os.path.abspath(__file__))


def measure(command, env=None):
    """Wall seconds, CPU seconds, peak memory in MB and the last line of output of a whole process."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, env=env)
    out = child.stdout.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{command[0]} failed with {status}:\n{out}")
    lines = out.strip().splitlines()
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "mb": usage.ru_maxrss / 1024,
            "out": lines[-1] if lines else ""}


class Server:
    def __init__(self, *options):
        self.process = subprocess.Popen([f"{bin_}/bobbin-demo-server", "--port", "0", "--list-threads", *options],
                                        stdout=subprocess.PIPE, text=True)
        self.base = self.process.stdout.readline().split()[-1]
        self.url, self.certificate = self.base, None
        if "--tls" in options:
            words = self.process.stdout.readline().split()  # https at URL, trust FILE
            self.url, self.certificate = words[2].rstrip(","), words[-1]

    def thread_ids(self):
        import urllib.request
        ids, after = [], ""
        while True:
            request = urllib.request.Request(f"{self.base}/threads?limit=100&order=asc{after}",
                                             headers={"Authorization": "Bearer k", "OpenAI-Beta": "assistants=v2"})
            page = json.load(urllib.request.urlopen(request))
            ids += [row["id"] for row in page["data"]]
            if not page["has_more"]:
                return ids
            after = "&after=" + page["last_id"]

    def requests(self):
        """How many it has answered: it numbers them."""
        import urllib.request
        request = urllib.request.Request(f"{self.base}/assistants?limit=1",
                                         headers={"Authorization": "Bearer k", "OpenAI-Beta": "assistants=v2"})
        return int(urllib.request.urlopen(request).headers["x-request-id"].split("_")[-1])

    def cpu(self):
        fields = open(f"/proc/{self.process.pid}/stat").read().split()
        return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")

    def trust(self):
        """As node's environment."""
        return {"NODE_EXTRA_CA_CERTS": self.certificate} if self.certificate else {}

    def ca_file(self):
        """As bobbin-cli's options."""
        return ["--ca-file", self.certificate] if self.certificate else []

    def stop(self):
        self.process.terminate()
        self.process.wait()


def table(title, rows):
    print(f"\n{title}")
    print(f"  {'':34}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}{'pages/s':>10}")
    for name, m in rows:
        print(f"  {name:34}{m['wall']:9.2f}{m['cpu']:9.2f}{m['mb']:9.0f}{m['pages'] / m['wall']:10.0f}")
    ours = rows[0][1]
    for name, m in rows[1:]:
        print(f"  Bobbin over {name:22}: pages a second x{m['wall'] / ours['wall']:.2f}, CPU x{ours['cpu'] / m['cpu']:.2f},"
              f" memory x{ours['mb'] / m['mb']:.3f}")


def sdk(version, work):
    folder = os.path.join(work, "sdk-" + version)
    if not os.path.isdir(os.path.join(folder, "node_modules")):
        os.makedirs(folder, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--no-fund", "--no-audit", "openai@" + version], cwd=folder, check=True)
    return folder


# What the bytes go over, as options of the server.
wires = {"plain http": [], "TLS, HTTP/1.1": ["--tls", "http/1.1"], "TLS, HTTP/2": ["--tls", "h2,http/1.1"]}


def sync_case(title, work, wire, latency, server_options, steps):
    """Beside the SDK with as many requests at once; with latency, each as it does by itself."""
    server = Server(*server_options, *wires[wire], "--latency", str(latency))
    lanes = [] if latency else ["--at-once", "6"]
    try:
        ids = os.path.join(work, "ids.txt")
        with open(ids, "w") as f:
            f.write("\n".join(server.thread_ids()))
        store = os.path.join(work, "sync.sqlite")
        for ending in ("", "-wal", "-shm"):
            if os.path.exists(store + ending):
                os.remove(store + ending)
        flag = "1" if steps else "0"
        ca = [server.certificate] if server.certificate else []
        # The first one through makes the server write its threads down: not the one that is measured.
        measure([f"{bin_}/bench_fetch", server.base, ids, "48", flag])
        before = server.cpu()
        bare = measure([f"{bin_}/bench_fetch", server.url, ids, "6", flag, *ca])
        served = server.cpu() - before
        pages = json.loads(bare["out"])["pages"]
        env = dict(os.environ, OPENAI_API_KEY="k", **server.trust())
        command = [f"{bin_}/bobbin-cli", "sync", "--base-url", server.url, "--provider", "assistants-v2", "--store", store,
                   "--json", *lanes, *server.ca_file()]
        ours = measure(command + ([] if steps else ["--no-steps"]), env)
        rows = [("Bobbin (decodes and stores all)", ours)]
        for version in ("4.104.0", "6.49.0"):
            m = measure(["node", f"{bench}/sdk_sync.mjs", sdk(version, work), server.url, ids, "6", flag], env)
            if json.loads(m["out"])["pages"] != pages:
                sys.exit(f"the SDK fetched {m['out']}, not {pages} pages")
            rows.append((f"openai {version} (no store)", m))
        rows.append(("bare QNetworkAccessManager", bare))
        for _, m in rows:
            m["pages"] = pages
        table(f"{title}; {wire}, {latency} ms: {pages} pages, server CPU {served:.1f} s", rows)
    finally:
        server.stop()


def sync(work, small, pages, chosen):
    n = "200" if small else "2000"
    many = ["--threads", n, "--runs-per-thread", "10", "--steps-per-run", "3", "--messages-per-thread", "20"]
    long = ["--threads", "1", "--runs-per-thread", "20000" if small else "200000", "--steps-per-run", "0",
            "--messages-per-thread", "0"]
    for wire in chosen or wires:
        if pages != "full":
            sync_case("Many small pages (full sync)", work, wire, 0, many, True)
        if pages != "small":
            sync_case("Full pages of 100 runs, one thread", work, wire, 0, long, False)
        if pages != "full" and wire != "plain http":
            sync_case("Many small pages (full sync)", work, wire, 30, many, True)


def program(name, work, small, *more):
    return [f"{bin_}/{name}", work, *(["--small"] if small else []), *more]


def first_line(command, env, wanted):
    """Seconds from the start of a program to a line it prints, and its resident memory in MB then."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env)
    for line in child.stdout:
        if wanted in line:
            break
    took = time.perf_counter() - start
    status = open(f"/proc/{child.pid}/status").read()
    child.kill()
    child.wait()
    return took, int(status.split("VmRSS:")[1].split()[0]) / 1024


def start_up(work, small, file):
    """Under Xvfb: to the first painted table, beside the moment sqlitebrowser's window is mapped (it shows no rows yet)."""
    import shutil
    if not all(map(shutil.which, ("Xvfb", "openbox", "xprop"))):
        print("  start-up under X needs Xvfb, openbox and xprop: left out")
        return
    display = ":97"
    env = dict(os.environ, DISPLAY=display)
    env.pop("QT_QPA_PLATFORM", None)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": env}
    servers = [subprocess.Popen(["Xvfb", display, "-screen", "0", "1600x1000x24"], **quiet)]
    time.sleep(1)
    servers.append(subprocess.Popen(["openbox"], **quiet))
    time.sleep(1)
    try:
        ours = [first_line(program("bench_store", work, small, "--first-paint"), env, "painted") for _ in range(5)]
        print(f"  {'Bobbin: start to the first painted table (of 5)':52} {sorted(o[0] for o in ours)[2] * 1000:10.0f} ms  "
              f"{sorted(o[1] for o in ours)[2]:.0f} MB resident")
        if shutil.which("sqlitebrowser"):
            theirs = []
            for _ in range(5):
                spy = subprocess.Popen(["xprop", "-root", "-spy", "_NET_CLIENT_LIST"], stdout=subprocess.PIPE, text=True, env=env)
                spy.stdout.readline()
                start = time.perf_counter()
                child = subprocess.Popen(["sqlitebrowser", "-R", "-t", "run", file], **quiet)
                spy.stdout.readline()
                theirs.append(time.perf_counter() - start)
                time.sleep(1)
                rss = int(open(f"/proc/{child.pid}/status").read().split("VmRSS:")[1].split()[0]) / 1024
                for p in (child, spy):
                    p.kill()
                    p.wait()
            print(f"  {'sqlitebrowser: start to its window':52} {sorted(theirs)[2] * 1000:10.0f} ms  {rss:.0f} MB resident")
    finally:
        for s in reversed(servers):
            s.kill()
            s.wait()


def store(work, small):
    env = dict(os.environ, QT_QPA_PLATFORM="offscreen")
    filled = subprocess.run(program("bench_store", work, small, "--fill"), check=True, env=env, stdout=subprocess.PIPE, text=True)
    file = filled.stdout.strip().splitlines()[-1]
    print(f"\nStore of {'100,000' if small else '1,000,000'} runs, three times the steps: {os.path.getsize(file) / 1e6:.0f} MB")
    start_up(work, small, file)
    print("Bobbin's window", flush=True)
    subprocess.run(program("bench_store", work, small), check=True, env=env, stderr=subprocess.DEVNULL)
    subprocess.run(program("bench_store", work, small, "--sync"), check=True, env=env, stderr=subprocess.DEVNULL)
    print("The same rows in memory behind a QSortFilterProxyModel", flush=True)
    subprocess.run(program("bench_store", work, small, "--proxy"), check=True, env=env, stderr=subprocess.DEVNULL)


def delete_case(work, threads, wire, latency):
    """Bobbin's clean-up (a look, an archive that is verified, a journal, then the deletion) beside the bare deletions."""
    options = ["--threads", str(threads), "--runs-per-thread", "2", "--steps-per-run", "1", "--messages-per-thread", "4",
               "--latency", str(latency), *wires[wire]]
    ids = os.path.join(work, "ids.txt")
    rows = []

    def case(name, command_for, check):
        server = Server(*options)
        try:
            env = dict(os.environ, OPENAI_API_KEY="k", **server.trust())
            command = command_for(server, env)
            before = server.requests()
            m = measure(command, env)
            m["requests"] = server.requests() - before - 1
            check(server, m)
            rows.append((name, m))
        finally:
            server.stop()

    def ours(server, env):
        store = os.path.join(work, "delete.sqlite")
        for name in os.listdir(work):
            if name.startswith("delete.sqlite"):
                subprocess.run(["rm", "-rf", os.path.join(work, name)], check=True)
        where = ["--base-url", server.url, "--provider", "assistants-v2", "--store", store, "--json", *server.ca_file()]
        measure([f"{bin_}/bobbin-cli", "sync", *where], env)
        return [f"{bin_}/bobbin-cli", "cleanup", "--metadata", "!nobody", "--yes", *where]

    def ours_check(server, m):
        if server.thread_ids():
            sys.exit("Bobbin left threads behind")

    def theirs(version, lanes):
        def command(server, env):
            with open(ids, "w") as f:
                f.write("\n".join(server.thread_ids()))
            return ["node", f"{bench}/sdk_delete.mjs", sdk(version, work), server.url, ids, str(lanes)]
        return command

    def theirs_check(server, m):
        if json.loads(m["out"])["deleted"] != threads:
            sys.exit(f"the SDK deleted {m['out']}, not {threads}")

    case("Bobbin (looks, archives, journals)", ours, ours_check)
    for version, lanes in (("4.104.0", 6), ("6.49.0", 6), ("6.49.0", 1)):
        case(f"openai {version}, {lanes} at once", theirs(version, lanes), theirs_check)
    print(f"\n{threads} threads deleted; {wire}, the server answers after {latency} ms")
    print(f"  {'':34}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}{'ms/thread':>11}{'requests/thread':>17}")
    for name, m in rows:
        print(f"  {name:34}{m['wall']:9.2f}{m['cpu']:9.2f}{m['mb']:9.0f}{m['wall'] / threads * 1000:11.2f}"
              f"{m['requests'] / threads:17.2f}")
    first = rows[0][1]
    for name, m in rows[1:]:
        print(f"  Bobbin's time over {name:22}: x{first['wall'] / m['wall']:.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", default=["sync", "store", "chart", "plans", "audit", "delete"])
    parser.add_argument("--small", action="store_true", help="a tenth of the size")
    parser.add_argument("--pages", choices=["small", "full"], help="only one half of sync")
    parser.add_argument("--wire", action="append", choices=list(wires), help="only over this; all without it")
    parser.add_argument("--work", default=os.path.join(root, "build", "bench", "work"))
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    if not os.path.exists(f"{bin_}/bench_fetch"):
        sys.exit("build first: cmake --preset bench && cmake --build --preset bench")
    if "sync" in options.what:
        sync(options.work, options.small, options.pages, options.wire)
    if "store" in options.what:
        store(options.work, options.small)
    if "chart" in options.what:
        subprocess.run(program("bench_chart", options.work, options.small), check=True, stderr=subprocess.DEVNULL,
                       env=dict(os.environ, QT_QPA_PLATFORM="offscreen"))
    if "plans" in options.what:
        env = dict(os.environ, QT_QPA_PLATFORM="offscreen")
        subprocess.run(program("bench_store", options.work, options.small, "--fill"), check=True, env=env, stdout=subprocess.DEVNULL)
        print(f"\nPlans over {'10,000 threads and 500' if options.small else '100,000 threads and 5,000'} vector stores", flush=True)
        subprocess.run(program("bench_plans", options.work, options.small), check=True, env=env, stderr=subprocess.DEVNULL)
    if "audit" in options.what:
        env = dict(os.environ, QT_QPA_PLATFORM="offscreen")
        subprocess.run(program("bench_store", options.work, options.small, "--fill"), check=True, env=env, stdout=subprocess.DEVNULL)
        print(f"\nAudit of {'100,000' if options.small else '1,000,000'} runs", flush=True)
        subprocess.run(program("bench_audit", options.work, options.small), check=True, env=env, stderr=subprocess.DEVNULL)
    if "watch" in options.what:
        print("\nThe guard from outside", flush=True)
        subprocess.run([f"{bin_}/bench_watch", *(["--small"] if options.small else [])], check=True, stderr=subprocess.DEVNULL)
    if "gateway" in options.what:
        print("\nThe guard in the line", flush=True)
        subprocess.run([f"{bin_}/bench_guard", *(["--small"] if options.small else [])], check=True, stderr=subprocess.DEVNULL)
        subprocess.run([os.path.join(bench, "gateway.py"), f"{bin_}/bobbin-cli", *(["--rounds", "100"] if options.small else [])], check=True)
    if "delete" in options.what:
        for wire in options.wire or wires:
            for latency in (0, 20):
                delete_case(options.work, 500 if options.small else 5000, wire, latency)


main()
