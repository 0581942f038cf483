#!/usr/bin/env python3
"""Ping-pong over pipes: a bare loop beside the runner, for Python and Node.

    python3 runners/bench.py [calls]

Prints medians in microseconds of a round trip as this Python parent sees it (its own share
is in both figures), and the milliseconds from spawn to `ready`. Prints only; asserts nothing.
"""

import json
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PACKS = os.path.join(os.path.dirname(HERE), "packs")
PYTHON = os.path.realpath(sys.executable)

BARE_PYTHON = """
import os, json
while True:
    b = os.read(3, 65536)
    if not b: break
    m = json.loads(b[4:])
    o = {"type": "result", "id": m["id"], "ok": True, "output": {"text": m["args"]["text"]}}
    o = json.dumps(o).encode()
    os.write(4, len(o).to_bytes(4, "little") + o)
"""
BARE_NODE = """
const fs = require("fs"), net = require("net");
const out = Buffer.alloc(65536);
const socket = new net.Socket({fd: 3, readable: true, writable: false, onread: {
  buffer: Buffer.alloc(65536), callback(n, b) {
    const m = JSON.parse(b.utf8Slice(4, n));
    const o = {type: "result", id: m.id, ok: true, output: {text: m.args.text}};
    const k = out.utf8Write(JSON.stringify(o), 4);
    out.writeUInt32LE(k, 0); fs.writeSync(4, out, 0, k + 4); return true; } } });
socket.resume();
"""


def pair(argv):
    """Starts argv with fd 3 and fd 4 as pipes; returns (process, to it, from it)."""
    in_read, in_write = os.pipe()
    out_read, out_write = os.pipe()

    def place():
        os.dup2(in_read, 60)
        os.dup2(out_write, 61)
        os.dup2(60, 3)
        os.dup2(61, 4)
        os.closerange(5, 256)

    child = subprocess.Popen(argv, preexec_fn=place, close_fds=False, stdin=subprocess.DEVNULL)
    os.close(in_read)
    os.close(out_write)
    return child, in_write, out_read


def send(fd, message):
    body = json.dumps(message, separators=(",", ":")).encode()
    os.write(fd, len(body).to_bytes(4, "little") + body)


def receive(fd):
    data = b""
    while len(data) < 4 or len(data) < 4 + int.from_bytes(data[:4], "little"):
        data += os.read(fd, 65536)
    return json.loads(data[4:])


def hello(root, entry):
    return {
        "type": "hello",
        "protocol": 1,
        "pack": {"root": root, "entry": entry, "name": "echo"},
        "limits": {"frame_bytes": 1 << 22, "concurrency": 8},
        "work_dir": "/tmp",
    }


def rounds(to, fro, calls):
    """Median, p99 of one invoke of `say` after another, in microseconds."""
    ctx = {"correlation_id": "c" * 26, "tenant_id": "t", "actor_id": "a", "attempt": 1}
    ctx["deadline_ms"] = 30000
    frames = []
    for id in range(calls):
        message = {"type": "invoke", "id": id, "tool": "say", "ctx": ctx}
        message["args"] = {"text": "x" * 80}
        body = json.dumps(message, separators=(",", ":")).encode()
        frames.append(len(body).to_bytes(4, "little") + body)
    times = []
    for frame in frames:
        began = time.perf_counter_ns()
        os.write(to, frame)
        os.read(fro, 65536)
        times.append(time.perf_counter_ns() - began)
    times.sort()
    return times[len(times) // 2] / 1000, times[len(times) * 99 // 100] / 1000


def cpu_us(pid):
    """CPU a process used so far, all its threads, in microseconds."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/schedstat") as file:
            total += int(file.read().split()[0])
    return total / 1000


def measure(argv, greeting, calls):
    """(median, p99, the child's CPU) a call; greeting None: a bare loop, nothing to greet."""
    child, to, fro = pair(argv)
    if greeting:
        send(to, greeting)
        ready = receive(fro)
        if "error" in ready:
            raise SystemExit(ready["error"])
        send(to, {"type": "describe"})
        receive(fro)
    rounds(to, fro, calls // 10)
    before = cpu_us(child.pid)
    median, late = rounds(to, fro, calls)
    spent = (cpu_us(child.pid) - before) / calls
    os.close(to)
    child.wait()
    return median, late, spent


def start(argv, greeting, times=15):
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        child, to, fro = pair(argv)
        send(to, greeting)
        receive(fro)
        spent.append((time.perf_counter() - began) * 1000)
        os.close(to)
        os.close(fro)
        child.wait()
    return statistics.median(spent)


def main():
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 20000
    python = [PYTHON, "-I", "-S", "-B", "-u"]
    contenders = {
        "python": (
            [*python, "-c", BARE_PYTHON],
            [*python, os.path.join(HERE, "python", "main.py")],
            hello(os.path.join(PACKS, "python", "rig-pack-echo"), "rig_pack_echo"),
        ),
        "node": (
            ["node", "-e", BARE_NODE],
            ["node", os.path.join(HERE, "node", "main.cjs")],
            hello(os.path.join(PACKS, "node", "pack-echo"), "index.cjs"),
        ),
    }
    for name, (bare, runner, greeting) in contenders.items():
        if not os.path.exists(runner[-1]):
            continue
        pairs = [(measure(bare, None, calls), measure(runner, greeting, calls)) for _ in range(3)]
        for what, column in (("bare", 0), ("runner", 1)):
            median, late, spent = min(pair[column] for pair in pairs)
            print(
                f"{name:7} {what:7} median {median:6.1f} us   p99 {late:6.1f} us   "
                f"child CPU {spent:5.1f} us a call"
            )
        print(f"{name:7} spawn to ready {start(runner, greeting):.1f} ms")


if __name__ == "__main__":
    main()
