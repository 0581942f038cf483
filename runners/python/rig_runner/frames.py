"""Frames over pipes: u32 little-endian length, then that many bytes of one JSON object.

In: descriptors. Out: whole bodies. One reader at a time (the leader, see crew.py); any
thread may write, a frame is never torn.
"""

import os
from _thread import allocate_lock

READ_BYTES = 65536
# Until hello names the cap. A hello frame is a few hundred bytes.
HELLO_BYTES_MAX = 1 << 20


class ProtocolError(Exception):
    """The other side broke the protocol; nothing it sends can be trusted any more."""


class TooBig(Exception):
    """A frame over the cap, noticed before a byte of it was written."""

    def __init__(self, bytes_count, bytes_max):
        super().__init__(bytes_count, bytes_max)
        self.bytes_count = bytes_count
        self.bytes_max = bytes_max


class Reader:
    """Cuts frames out of a byte stream."""

    def __init__(self, fd):
        self.fd = fd
        self.bytes_max = HELLO_BYTES_MAX
        self._rest = b""

    def next(self):
        """The next body, or None when the stream ended between two frames."""
        # The usual case: one read brings one whole frame.
        chunk = self._rest or os.read(self.fd, READ_BYTES)
        size = len(chunk)
        if size >= 4:
            end = 4 + int.from_bytes(chunk[:4], "little")
            if end <= size and end - 4 <= self.bytes_max:
                self._rest = chunk[end:]
                return chunk[4:end]
        return self._long(chunk)

    def _long(self, chunk):
        if not chunk:
            return None
        parts = bytearray(chunk)
        while len(parts) < 4:
            parts += self._more("in the length of a frame")
        length = int.from_bytes(parts[:4], "little")
        if length > self.bytes_max:
            raise ProtocolError(f"a frame of {length} bytes is over the cap of {self.bytes_max}")
        end = 4 + length
        while len(parts) < end:
            parts += self._more("in a frame")
        self._rest = bytes(parts[end:])
        return bytes(parts[4:end])

    def _more(self, where):
        chunk = os.read(self.fd, READ_BYTES)
        if not chunk:
            raise ProtocolError(f"the stream ended {where}")
        return chunk


class Writer:
    """Sends whole frames; blocks when the sidecar does not read (that is the back pressure)."""

    def __init__(self, fd):
        self.fd = fd
        self.bytes_max = HELLO_BYTES_MAX
        self._lock = allocate_lock()

    def send(self, text, call=None, last=False):
        """Sends one frame. With a call: nothing any more once its `last` frame was sent.

        Raises TooBig (nothing was written), UnicodeEncodeError for a lone surrogate.
        """
        body = text.encode("utf-8")
        size = len(body)
        if size > self.bytes_max:
            raise TooBig(size, self.bytes_max)
        frame = size.to_bytes(4, "little") + body
        with self._lock:
            if call is not None:
                if call.answered:
                    return
                call.answered = last
            written = os.write(self.fd, frame)
            while written < len(frame):
                written += os.write(self.fd, frame[written : written + (1 << 20)])
