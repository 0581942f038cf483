"""The Python worker of RIG, protocol 1 (spec/worker-protocol.md).

Standard library only, Python 3.9 and later. A worker's start is paid by each call of a pack
with `isolation: per_call`, so this package imports what costs nothing (builtin modules) and
fetches the rest (json, asyncio, re) when it is first needed.

A pack may write `from rig_runner import ToolError`, but need not: any exception with a dict
named `rig_error` is understood, and `ctx.error(...)` makes one.
"""

from .errors import ToolError

__all__ = ["ToolError"]
