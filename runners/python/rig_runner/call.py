"""One call: its state while it runs, and the text of a result that is an error."""

from time import monotonic

from .errors import fault
from .text import TextError, encode


class Call:
    """One invoke that was not answered yet."""

    __slots__ = ("id", "tool", "args", "fields", "started", "cancelled", "answered", "bell", "task")

    def __init__(self, id, tool, args, fields):
        self.id = id
        self.tool = tool
        self.args = args
        self.fields = fields
        self.started = monotonic()
        self.cancelled = False
        self.answered = False
        self.bell = None
        self.task = None

    def cancel(self):
        self.cancelled = True
        if self.bell is not None:
            try:
                self.bell.release()
            except RuntimeError:
                pass  # rung already
        if self.task is not None:
            self.task.cancel()


def failure(id, error):
    """A result frame's text for an error; drops details that have no JSON form."""
    head = f'{{"type":"result","id":{id},"ok":false,"error":'
    try:
        text = encode(error)
        text.encode("utf-8")
    except (TextError, UnicodeEncodeError):
        plain = {name: value for name, value in error.items() if name != "details"}
        text = encode(plain).encode("utf-8", "replace").decode("utf-8")
    return head + text + "}"


def too_big(what, problem):
    return fault(
        "payload_too_large",
        f"{what} takes {problem.bytes_count} bytes, a frame holds {problem.bytes_max}",
        {"bytes": problem.bytes_count, "bytes_max": problem.bytes_max},
    )
