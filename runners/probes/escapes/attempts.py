"""The list of attempts, how one is judged, and how the result is told."""

import errno
import os
import socket


CANARY = os.environ.get("RIG_CANARY_DIR")
WORK = os.environ.get("RIG_WORK") or os.getcwd()
READ_ONLY = os.environ.get("RIG_READ")
DATA = os.environ.get("RIG_DATA")
CANARY_PID = int(os.environ.get("RIG_CANARY_PID", "0"))

# What these mean: the call got no further than a wall. Anything else was reached.
REFUSALS = {errno.EPERM, errno.EACCES, errno.ENOSYS}


class Skip(Exception):
    """This attempt cannot be made here."""


class Denied(Exception):
    """Refused in another way than by an errno."""


ATTEMPTS = []
# Tried last and one by one, since a denial may be the death of the process.
LAST = []


def attempt(name, heavy=False):
    def keep(function):
        ATTEMPTS.append((name, function, heavy))
        return function

    return keep


def last(name):
    def keep(function):
        LAST.append((name, function))
        return function

    return keep


def canary(name=""):
    if not CANARY:
        raise Skip("RIG_CANARY_DIR is not set")
    return os.path.join(CANARY, name) if name else CANARY


def outsider():
    """The process that must not be reached."""
    if not CANARY_PID:
        raise Skip("RIG_CANARY_PID is not set")
    return CANARY_PID


def explain(error):
    """The reason as one word, then in words."""
    if isinstance(error, socket.gaierror):
        return f"EAI {error}"
    if isinstance(error, OSError) and error.errno in errno.errorcode:
        return f"{errno.errorcode[error.errno]} {os.strerror(error.errno)}"
    if isinstance(error, Denied):
        return str(error)
    return f"{type(error).__name__} {error}"


def judge(function):
    try:
        return "ESCAPED", str(function())
    except Skip as skip:
        return "SKIPPED", str(skip)
    except Exception as error:
        return "DENIED", explain(error)


def wanted(name):
    only = [word for word in os.environ.get("RIG_ONLY", "").split(",") if word]
    return not only or any(name == word or name.startswith(word + ".") for word in only)


def tell(*words):
    print(*words, flush=True)


def run():
    allowed = set(os.environ.get("RIG_ALLOW", "").split(","))
    heavy_too = os.environ.get("RIG_HEAVY") != "0"
    counts = {"DENIED": 0, "ESCAPED": 0, "SKIPPED": 0}

    def count(name, verdict, detail):
        if verdict == "ESCAPED" and name in allowed:
            verdict, detail = "SKIPPED", "granted: " + detail
        counts[verdict] += 1
        tell(verdict, name, detail.replace("\n", " ")[:160])

    for name, function, heavy in ATTEMPTS:
        if not wanted(name):
            continue
        if heavy and not heavy_too:
            count(name, "SKIPPED", "RIG_HEAVY=0")
        else:
            count(name, *judge(function))
    tell("SUMMARY", *(f"{word.lower()} {number}" for word, number in counts.items()))
    for name, function in LAST:
        if wanted(name) and os.environ.get("RIG_LAST") == "0":
            tell("LATER", name)
        elif wanted(name):
            # Whoever reads on and finds no verdict knows that the worker was killed for it.
            tell("TRYING", name)
            count(name, *judge(function))
    # Not sys.exit: what an attempt tore in this process must not change the answer.
    os._exit(1 if counts["ESCAPED"] else 0)
