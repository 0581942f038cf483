"""A runner as a child process over real pipes, as the sidecar starts it."""

import json
import os
import select
import subprocess
import time

# Only a bound on a test that would hang; no test waits for it.
PATIENCE_SECONDS = 60


class Child:
    def __init__(self, argv, frame_bytes=1 << 22, concurrency=8):
        in_read, self.to = os.pipe()
        self.fro, out_write = os.pipe()
        self.frame_bytes = frame_bytes
        self.concurrency = concurrency

        def place():
            # By way of high numbers: the pipes may have 3 and 4 themselves.
            os.dup2(in_read, 60)
            os.dup2(out_write, 61)
            os.dup2(60, 3)
            os.dup2(61, 4)
            os.closerange(5, 256)

        self.process = subprocess.Popen(
            argv,
            preexec_fn=place,
            close_fds=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"},
        )
        os.close(in_read)
        os.close(out_write)
        self._buffer = b""
        self._output = {self.process.stdout.fileno(): b"", self.process.stderr.fileno(): b""}
        self._open = set(self._output)

    # -- sending ------------------------------------------------------------------------

    def send(self, **message):
        self.send_text(json.dumps(message, separators=(",", ":"), ensure_ascii=False))

    def send_text(self, text):
        body = text.encode() if isinstance(text, str) else text
        self.send_bytes(len(body).to_bytes(4, "little") + body)

    def send_bytes(self, data):
        while data:
            data = data[os.write(self.to, data[:65536]) :]

    def hello(self, pack, protocol=1, **more):
        root, entry = pack
        self.send(
            type="hello",
            protocol=protocol,
            pack={"root": root, "entry": entry, "name": "probe"},
            limits={"frame_bytes": self.frame_bytes, "concurrency": self.concurrency},
            work_dir="/tmp",
            **more,
        )

    def invoke(self, id, tool, args=None, **ctx):
        context = {
            "correlation_id": f"c{id}",
            "tenant_id": "t",
            "actor_id": "a",
            "attempt": 1,
            "deadline_ms": 60000,
            **ctx,
        }
        self.send(type="invoke", id=id, tool=tool, ctx=context, args=args or {})

    # -- receiving ----------------------------------------------------------------------

    def receive(self):
        """The next frame, None at the end of the stream."""
        while True:
            if len(self._buffer) >= 4:
                end = 4 + int.from_bytes(self._buffer[:4], "little")
                if len(self._buffer) >= end:
                    body, self._buffer = self._buffer[4:end], self._buffer[end:]
                    return json.loads(body)
            chunk = self._read(self.fro)
            if not chunk:
                assert not self._buffer, f"torn frame: {self._buffer[:100]!r}"
                return None
            self._buffer += chunk

    def answer(self, id):
        """The result of call `id`; every other frame until then is in `self.others`."""
        self.others = []
        while True:
            frame = self.receive()
            assert frame is not None, f"the runner ended: {self.end()}"
            if frame["type"] == "result" and frame["id"] == id:
                return frame
            self.others.append(frame)

    def call(self, id, tool, args=None, **ctx):
        self.invoke(id, tool, args, **ctx)
        return self.answer(id)

    def _read(self, wanted):
        """Reads one descriptor; keeps stdout and stderr flowing meanwhile."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            left = deadline - time.monotonic()
            ready, _, _ = select.select([wanted, *self._open], [], [], max(0, left))
            if not ready:
                raise AssertionError("the runner sent nothing for a minute")
            for fd in ready:
                if fd != wanted:
                    self._keep(fd)
            if wanted in ready:
                return os.read(wanted, 1 << 16)

    def _keep(self, fd):
        chunk = os.read(fd, 1 << 16)
        self._output[fd] += chunk
        if not chunk:
            self._open.discard(fd)

    # -- the end ------------------------------------------------------------------------

    def hang_up(self):
        """Closes what the runner reads."""
        if self.to is not None:
            os.close(self.to)
            self.to = None

    def end(self):
        """Waits for the runner to end by itself: (exit status, stdout, stderr)."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._open:
            ready, _, _ = select.select(list(self._open), [], [], deadline - time.monotonic())
            assert ready, "the runner does not end"
            for fd in ready:
                self._keep(fd)
        status = self.process.wait(PATIENCE_SECONDS)
        out, err = (text.decode("utf-8", "replace") for text in self._output.values())
        return status, out, err

    def kill(self):
        self.hang_up()
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdout, self.process.stderr):
            pipe.close()
        if self.fro is not None:
            os.close(self.fro)
            self.fro = None
