"""What a tool gets beside its arguments."""

from _thread import TIMEOUT_MAX, allocate_lock
from time import monotonic

from .errors import ToolError
from .frames import TooBig
from .text import TextError, encode

LEVELS = ("debug", "info", "warning", "error")


class Context:
    """One call's surroundings. Fields a call does not have are None (secrets: empty)."""

    __slots__ = (
        "correlation_id",
        "tenant_id",
        "actor_id",
        "attempt",
        "deadline_ms",
        "idempotency_key",
        "approval_id",
        "traceparent",
        "secrets",
        "work_dir",
        "data_dir",
        "workspace_dir",
        "_call",
        "_writer",
    )

    def __init__(self, fields, folders, call, writer):
        get = fields.get
        self.correlation_id = get("correlation_id")
        self.tenant_id = get("tenant_id")
        self.actor_id = get("actor_id")
        self.attempt = get("attempt", 1)
        self.deadline_ms = get("deadline_ms")
        self.idempotency_key = get("idempotency_key")
        self.approval_id = get("approval_id")
        self.traceparent = get("traceparent")
        self.secrets = get("secrets") or {}
        self.work_dir, self.data_dir, self.workspace_dir = folders
        self._call = call
        self._writer = writer

    def remaining_ms(self):
        """Milliseconds until the deadline, never below 0; None without a deadline."""
        if self.deadline_ms is None:
            return None
        left = self.deadline_ms - (monotonic() - self._call.started) * 1000
        return max(0, int(left))

    def cancelled(self):
        """True once the caller gave up or the deadline passed: stop, undo, return."""
        return self._call.cancelled or self.remaining_ms() == 0

    def wait(self, seconds):
        """Sleeps up to `seconds`; returns at once, and True, when the call is cancelled."""
        left = self.remaining_ms()
        seconds = min(seconds, TIMEOUT_MAX if left is None else left / 1000)
        call = self._call
        if call.bell is None:
            bell = allocate_lock()
            bell.acquire()
            call.bell = bell
        # The flag is read after the bell hangs: cancel() sets the flag, then looks for a bell.
        if not call.cancelled and call.bell.acquire(True, max(0, seconds)):
            call.bell.release()
        return self.cancelled()

    def progress(self, done, total=None, message=None):
        """Tells how far the call is. Frames after the result are dropped."""
        frame = {"type": "progress", "id": self._call.id, "done": done}
        if total is not None:
            frame["total"] = total
        if message is not None:
            frame["message"] = str(message)
        self._send(frame)

    def log(self, level, message, fields=None):
        """One line for the sidecar's log, with this call's id."""
        frame = {
            "type": "log",
            "id": self._call.id,
            "level": level if level in LEVELS else "info",
            "message": str(message),
        }
        if fields:
            frame["fields"] = {str(name): _plain(value) for name, value in fields.items()}
        self._send(frame)

    def error(
        self,
        type,
        message,
        *,
        code=None,
        retryable=None,
        details=None,
        remediation=None,
    ):
        """An exception to raise: `raise ctx.error("upstream_error", "…", retryable=True)`."""
        return ToolError(
            type,
            message,
            code=code,
            retryable=retryable,
            details=details,
            remediation=remediation,
        )

    def _send(self, frame):
        try:
            self._writer.send(encode(frame), self._call)
        except (TextError, UnicodeEncodeError) as problem:
            raise ValueError(f"{frame['type']} cannot be sent: {problem}") from None
        except TooBig as problem:
            raise ValueError(
                f"{frame['type']} of {problem.bytes_count} bytes is over {problem.bytes_max}"
            ) from None


def _plain(value):
    try:
        encode(value)
    except TextError:
        return str(value)
    return value
