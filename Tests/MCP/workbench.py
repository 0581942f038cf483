"""A RIG folder of its own with the echo pack in it, and `rig serve mcp` on a pair of pipes."""

import contextlib
import json
import os
import pathlib
import queue
import re
import shutil
import subprocess
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
RIG = os.environ.get("RIG_BINARY", str(ROOT / ".build/debug/rig"))
ECHO = ROOT / "packs/python/rig-pack-echo"
MODERN = "2026-07-28"
BY_HANDSHAKE = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")


class Workbench:
    """`with Workbench() as bench:`; the folder is removed at the end."""

    def __init__(self, more=""):
        self.more = more

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="rig-mcp-"))
        self.rig("init")
        self.rig("add", "path", str(ECHO), "--as", "demo")
        if self.more:
            with self.config.open("a") as file:
                file.write(self.more)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def config(self):
        return self.folder / "rig.yaml"

    @property
    def command(self):
        return [RIG, "serve", "mcp", "--config", str(self.config)]

    def rig(self, *words, check=True):
        return subprocess.run(
            [RIG, *words], cwd=self.folder, check=check, capture_output=True, text=True
        )

    def serve(self, **options):
        return Pipe(self.command, **options)

    @contextlib.contextmanager
    def serve_http(self):
        """The address and the agent's token of a server on a free port."""
        process = subprocess.Popen(
            [*self.command, "--http", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True
        )
        try:
            line = process.stderr.readline()
            found = re.search(r"http://\S+", line)
            if not found:
                raise ValueError(line + process.stderr.read())
            thread = threading.Thread(target=process.stderr.read, daemon=True)
            thread.start()
            token = (self.folder / ".rig/tokens/agent").read_text().strip()
            yield found.group(), token
        finally:
            process.terminate()
            try:
                self.status = process.wait(timeout=10)
            finally:
                process.kill()
                thread.join(timeout=5)
                process.stderr.close()


def answers(message, id):
    return isinstance(message, dict) and message.get("id") == id and "method" not in message


class Pipe:
    """A raw client: sends lines, gathers what comes back, and knows what every id was for."""

    def __init__(self, command, cwd="/", env=None):
        self.process = subprocess.Popen(
            command,
            cwd=cwd,
            env={"HOME": "/nonexistent"} if env is None else env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.lines = queue.Queue()
        self.seen = []
        self.sent = {}
        self.last = 100
        self.threads = [
            threading.Thread(target=self._read, daemon=True),
            threading.Thread(target=self._drain, daemon=True),
        ]
        self.errors = b""
        for thread in self.threads:
            thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def _drain(self):
        self.errors = self.process.stderr.read()

    def write(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message):
        if "method" in message and "id" in message:
            self.sent[json.dumps(message["id"])] = message["method"]
        self.write(json.dumps(message).encode() + b"\n")

    def start(self, method, params=None, revision=None, **meta):
        """Sends a request and returns its id."""
        self.last += 1
        params = dict(params or {})
        if revision == MODERN:
            meta = {
                "io.modelcontextprotocol/protocolVersion": MODERN,
                "io.modelcontextprotocol/clientCapabilities": {},
                **{key.replace("__", "/"): value for key, value in meta.items()},
            }
        if meta:
            params["_meta"] = {**meta, **params.get("_meta", {})}
        message = {"jsonrpc": "2.0", "id": self.last, "method": method}
        if params:
            message["params"] = params
        self.send(message)
        return self.last

    def request(self, method, params=None, revision=None, **meta):
        return self.answer(self.start(method, params, revision, **meta))

    def next(self, timeout=20):
        line = self.lines.get(timeout=timeout)
        if line is None:
            raise EOFError(self.errors.decode())
        message = json.loads(line)
        if line != line.strip() + b"\n":
            raise ValueError(f"not one line: {line!r}")
        self.seen.append(message)
        return message

    def answer(self, id):
        for message in self.seen:
            if answers(message, id):
                return message
        while True:
            message = self.next()
            if answers(message, id):
                return message

    def shake_hands(self, revision="2025-11-25", capabilities=None):
        answer = self.request(
            "initialize",
            {
                "protocolVersion": revision,
                "capabilities": capabilities or {},
                "clientInfo": {"name": "test", "version": "1"},
            },
        )
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return answer["result"]

    def end(self):
        """Ends the input, and expects that the process ends by itself."""
        if not self.process.stdin.closed:
            self.process.stdin.close()
        try:
            status = self.process.wait(timeout=10)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            for thread in self.threads:
                thread.join(timeout=5)
            self.process.stdout.close()
            self.process.stderr.close()
        return status
