"""The worker's life: hello, ready, then describe and invoke until shutdown or end of file."""

import os
import sys

from . import pack as packs
from .call import Call, failure, too_big
from .context import Context
from .crew import Crew
from .errors import claim_of, fault, from_claim, from_exception
from .frames import ProtocolError, Reader, TooBig, Writer
from .text import TextError, decode, encode

PROTOCOL = 1
EXIT_DONE = 0
EXIT_PACK = 1
EXIT_PROTOCOL = 2
EXIT_WRITE = 3
EXIT_BUG = 70
CO_COROUTINE = 0x80


class Worker:
    def __init__(self, fd_in, fd_out):
        self.reader = Reader(fd_in)
        self.writer = Writer(fd_out)
        self.calls = {}
        self.tools = None
        self.crew = Crew(self.lead)
        self.coroutines = None

    # -- life ---------------------------------------------------------------------------

    def live(self):
        try:
            self.greet(self.message())
        except ProtocolError as problem:
            leave(EXIT_PROTOCOL, f"protocol error: {problem}")
        except OSError as problem:
            leave(EXIT_WRITE, f"pipe: {problem}")
        self.crew.live()

    def greet(self, hello):
        if hello is None:
            leave(EXIT_DONE)
        try:
            if hello["type"] != "hello":
                raise ProtocolError(f"the first message is {hello['type']!r}, not hello")
            frame_bytes = _count(hello["limits"]["frame_bytes"])
            self.concurrency = _count(hello["limits"]["concurrency"])
            self.reader.bytes_max = self.writer.bytes_max = frame_bytes
            # Without one it is the folder that the worker was started in (listener.py).
            work_dir = hello["work_dir"] if "work_dir" in hello else os.getcwd()
            self.folders = (work_dir, hello.get("data_dir"), hello.get("workspace_dir"))
            root, entry = hello["pack"]["root"], hello["pack"]["entry"]
            version = hello["protocol"]
        except (KeyError, TypeError) as problem:
            raise ProtocolError(f"hello is incomplete: {problem}") from None
        ready = {
            "type": "ready",
            "protocol": PROTOCOL,
            "runtime": {"name": "python", "version": sys.version.split(" ", 1)[0]},
        }
        try:
            if version != PROTOCOL:
                raise packs.PackError(f"this runner speaks protocol {PROTOCOL}, not {version}")
            self.module = packs.load(root, entry)
            self.metadata = packs.metadata(self.module)
            if hello.get("prepare") is True:
                self.learn()  # now, and not while the first call waits
            ready["pack"] = {name: self.metadata[name] for name in ("name", "version")}
            text = encode(ready)
        except (packs.PackError, TextError) as problem:
            ready["error"] = fault("tool_error", str(problem))
            ready.pop("pack", None)
            self.writer.send(encode(ready))
            leave(EXIT_PACK, str(problem))
        self.writer.send(text)

    def message(self):
        """The next message as a dict, None at the end of the stream."""
        body = self.reader.next()
        if body is None:
            return None
        try:
            message = decode(body)
            if isinstance(message, dict) and "type" in message:
                return message
        except TextError as problem:
            raise ProtocolError(f"a frame is not JSON: {problem}") from None
        raise ProtocolError("a frame is not an object with a type")

    def lead(self):
        """Reads and answers until another thread leads (returns) or the worker ends (exits)."""
        try:
            while True:
                message = self.message()
                kind = message["type"] if message else None
                if kind == "invoke":
                    call = self.accept(message)
                    if call is None:
                        continue
                    if call.tool.slow and self.crew.run_aside(call, self.run):
                        continue
                    if not self.crew.run_inline(call, self.run):
                        return
                elif kind == "cancel":
                    id = message.get("id")
                    if type(id) is not int:
                        raise ProtocolError("cancel without an id")
                    call = self.calls.get(id)  # None: it was answered meanwhile
                    if call is not None:
                        call.cancel()
                elif kind == "describe":
                    self.describe()
                elif kind == "shutdown" or message is None:
                    leave(EXIT_DONE)
                else:
                    raise ProtocolError(f"unknown message {kind!r}")
        except ProtocolError as problem:
            leave(EXIT_PROTOCOL, f"protocol error: {problem}")
        except OSError as problem:
            leave(EXIT_WRITE, f"pipe: {problem}")
        except BaseException as problem:  # a bug here must not leave a worker that hears nothing
            sys.__excepthook__(type(problem), problem, problem.__traceback__)
            leave(EXIT_BUG, "the runner failed")

    # -- describe -----------------------------------------------------------------------

    def learn(self):
        """Asks the pack for its tools. Raises PackError."""
        self.definitions, self.tools = packs.describe(self.module)
        for tool in self.tools.values():
            code = getattr(tool.impl, "__code__", None)
            if code is not None and code.co_flags & CO_COROUTINE:
                self.event_loop()  # starts now what the first call would wait for
                break

    def describe(self):
        try:
            self.learn()
            tools = {"type": "tools", "metadata": self.metadata, "tools": self.definitions}
            self.writer.send(encode(tools))
            return
        except packs.PackError as problem:
            error = fault("tool_error", str(problem))
        except (TextError, UnicodeEncodeError) as problem:
            error = fault("tool_error", f"the tool list has no JSON form: {problem}")
        except TooBig as problem:
            error = too_big("the tool list", problem)
        self.tools = None
        self.writer.send(encode({"type": "tools", "error": error}))

    # -- invoke -------------------------------------------------------------------------

    def accept(self, message):
        """A call ready to run; None when it was answered at once."""
        try:
            id = message["id"]
            name = message["tool"]
            args = message["args"]
            fields = message["ctx"]
        except KeyError as problem:
            raise ProtocolError(f"invoke without {problem}") from None
        if type(id) is not int or type(name) is not str:
            raise ProtocolError("invoke with an id or a tool of the wrong kind")
        if type(args) is not dict or type(fields) is not dict:
            raise ProtocolError("invoke whose args or ctx is no object")
        if id in self.calls:
            raise ProtocolError(f"id {id} is in use")
        if self.tools is None:
            try:
                self.learn()
            except packs.PackError as problem:
                return self.refuse(id, fault("tool_error", str(problem)))
        tool = self.tools.get(name)
        if tool is None:
            return self.refuse(id, fault("tool_not_found", f"the pack has no tool {name!r}"))
        violation = tool.check(args)
        if violation is not None:
            message = f"{violation['pointer'] or 'the arguments'}: {violation['message']}"
            return self.refuse(id, fault("validation_failed", message, [violation]))
        if len(self.calls) >= self.concurrency:
            busy = f"{self.concurrency} calls are running, as many as hello allowed"
            return self.refuse(id, fault("overloaded", busy, {"retry_after_ms": 100}))
        call = Call(id, tool, args, fields)
        self.calls[id] = call
        return call

    def refuse(self, id, error):
        self.writer.send(failure(id, error))

    def run(self, call):
        """Runs a call on this thread; never raises."""
        try:
            ctx = Context(call.fields, self.folders, call, self.writer)
            output = call.tool.impl(call.args, ctx)
            if hasattr(output, "__await__"):
                self.event_loop().start(call, output)
                return
        except BaseException as problem:  # SystemExit included: a call ends, the worker does not
            self.answer_failure(call, problem)
        else:
            self.answer(call, output)

    def answer(self, call, output):
        claim = None if output is None else claim_of(output)
        if claim is not None:
            self.finish(call, failure(call.id, from_claim(claim)))
            return
        try:
            text = f'{{"type":"result","id":{call.id},"ok":true,"output":{encode(output)}}}'
        except TextError as problem:
            error = fault("tool_error", f"the tool's output has no JSON form: {problem}")
            text = failure(call.id, error)
        except BaseException as problem:
            self.answer_failure(call, problem)
            return
        self.finish(call, text)

    def answer_failure(self, call, problem):
        claim = claim_of(problem)
        if claim is not None:
            error = from_claim(claim)
        elif call.cancelled and type(problem).__name__ == "CancelledError":
            error = fault("cancelled", "the call was cancelled")
        else:
            sys.__excepthook__(type(problem), problem, problem.__traceback__)
            error = from_exception(problem)
        self.finish(call, failure(call.id, error))

    def finish(self, call, text):
        # Before the frame is out: the sidecar may answer it with the next invoke at once.
        self.calls.pop(call.id, None)
        try:
            self.writer.send(text, call, last=True)
        except TooBig as problem:
            self.writer.send(failure(call.id, too_big("the output", problem)), call, last=True)
        except UnicodeEncodeError:
            error = fault("tool_error", "the tool's output has a lone surrogate, not a character")
            self.writer.send(failure(call.id, error), call, last=True)
        except OSError as problem:
            leave(EXIT_WRITE, f"pipe: {problem}")

    def event_loop(self):
        if self.coroutines is None:
            from .coroutines import Coroutines

            self.coroutines = Coroutines(self.answer, self.answer_failure)
        return self.coroutines


def _count(value):
    if type(value) is not int or value < 1:
        raise ProtocolError("a limit in hello is not a number above 0")
    return value


def leave(status, reason=None):
    """Ends the process from any thread, with what a pack registered to run at exit."""
    try:
        if reason:
            sys.stderr.write(f"rig_runner: {reason}\n")
        if status == EXIT_DONE:
            import atexit

            atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # whatever it is, the process ends now
        status = status or EXIT_PACK
    os._exit(status)


def main(fd_in, fd_out):
    os.set_inheritable(fd_in, False)
    os.set_inheritable(fd_out, False)
    sys.setswitchinterval(0.001)
    Worker(fd_in, fd_out).live()
