#!/usr/bin/env python3
"""A governed call through `rig serve mcp` beside the same tool by hand with FastMCP, in one run and
with one client; and how soon and with how much memory a fresh `rig serve mcp` lists its tools.

usage: PYTHONPATH=.build/mcp2 bench/mcp/bench.py RIG
"""

import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CALLS, ROUNDS, STARTS = 1000, 3, 20


class Server:
    def __init__(self, command, env=None):
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=env,
            bufsize=0,
        )
        self.output = self.process.stdout
        self.rest = b""

    def request(self, id, method, params=None):
        message = {"jsonrpc": "2.0", "id": id, "method": method, "params": params or {}}
        return self.exchange(json.dumps(message).encode() + b"\n")

    def exchange(self, line):
        self.process.stdin.write(line)
        while b"\n" not in self.rest:
            part = os.read(self.output.fileno(), 1 << 16)
            if not part:
                raise EOFError
            self.rest += part
        answer, self.rest = self.rest.split(b"\n", 1)
        return answer

    def shake_hands(self):
        self.request(
            0,
            "initialize",
            {
                "protocolVersion": "2025-11-25",
                "capabilities": {},
                "clientInfo": {"name": "bench", "version": "1"},
            },
        )
        self.process.stdin.write(b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n')

    def times(self, tool):
        found = []
        for number in range(CALLS):
            call = {"name": tool, "arguments": {"text": "hello there"}}
            message = {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": call}
            line = json.dumps(message).encode() + b"\n"
            begun = time.perf_counter()
            answer = self.exchange(line)
            found.append(time.perf_counter() - begun)
        if json.loads(answer)["result"]["structuredContent"] != {"text": "hello there"}:
            raise ValueError(answer)
        return found

    def resident_kilobytes(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.output.close()


def first_list(command):
    server = Server(command)
    answer = server.request(1, "tools/list")
    took = time.perf_counter() - server.started
    resident = server.resident_kilobytes()
    if b'"demo_say"' not in answer:
        raise ValueError(answer)
    server.end()
    return took, resident


def main():
    rig = str(pathlib.Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([rig, "init"], cwd=folder, check=True, capture_output=True)
        echo = str(ROOT / "packs/python/rig-pack-echo")
        subprocess.run(
            [rig, "add", "path", echo, "--as", "demo"], cwd=folder, check=True, capture_output=True
        )
        command = [rig, "serve", "mcp", "--config", folder + "/rig.yaml"]
        starts = [first_list(command) for _ in range(STARTS)]
        ours = Server(command)
        by_hand = Server([sys.executable, str(ROOT / "bench/mcp/fastmcp_echo.py")])
        for server in (ours, by_hand):
            server.shake_hands()
        ours.times("demo_say")
        by_hand.times("say")
        rig_times, hand_times = [], []
        for _ in range(ROUNDS):
            rig_times += ours.times("demo_say")
            hand_times += by_hand.times("say")
        memory = ours.resident_kilobytes()
        ours.end()
        by_hand.end()
    took = sorted(start[0] for start in starts)
    print(f"start to the first tools/list, packs cold, {STARTS} starts:")
    print(f"  p50 {took[len(took) // 2] * 1e3:.1f} ms, worst {took[-1] * 1e3:.1f} ms, ", end="")
    print(f"resident {max(start[1] for start in starts) / 1024:.1f} MiB at most")
    print(f"one call over stdio, {CALLS * ROUNDS} each, in turns:")
    for name, times in (("rig, governed", rig_times), ("FastMCP by hand", hand_times)):
        times.sort()
        p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
        print(f"  {name:16} p50 {p50 * 1e6:7.0f} us   p99 {p99 * 1e6:7.0f} us")
    ratio = statistics.median(hand_times) / statistics.median(rig_times)
    print(f"  ratio at p50: {ratio:.1f}; rig resident after them {memory / 1024:.1f} MiB")


if __name__ == "__main__":
    main()
