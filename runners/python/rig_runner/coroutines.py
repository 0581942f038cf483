"""Async tools: one asyncio loop on a thread of its own, shared by all calls of the pack.

Imported only when a pack has an async tool: asyncio costs more than the rest of the start.
"""

import asyncio
from _thread import start_new_thread


class Coroutines:
    def __init__(self, answer, answer_failure):
        self._answer = answer
        self._answer_failure = answer_failure
        self._loop = asyncio.new_event_loop()
        start_new_thread(self._live, ())

    def start(self, call, awaitable):
        """Runs an awaitable to its end and answers the call. From any thread."""
        self._loop.call_soon_threadsafe(self._begin, call, awaitable)

    def _live(self):
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _begin(self, call, awaitable):
        task = self._loop.create_task(self._run(call, awaitable))
        call.task = _Task(self._loop, task)
        if call.cancelled:  # cancel() came before there was a task; queued behind its first step
            self._loop.call_soon(task.cancel)

    async def _run(self, call, awaitable):
        try:
            output = await awaitable
        except BaseException as problem:
            self._answer_failure(call, problem)
        else:
            self._answer(call, output)


class _Task:
    """Cancels from any thread."""

    def __init__(self, loop, task):
        self._loop = loop
        self._task = task

    def cancel(self):
        self._loop.call_soon_threadsafe(self._task.cancel)
