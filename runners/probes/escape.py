"""Escape attempts from inside a Python worker: what a hostile pack would try, made harmless.

Prints `DENIED|ESCAPED|SKIPPED name detail` a line, then SUMMARY; exits 1 when anything escaped.
`rig doctor --sandbox` and the test suite run it in a real worker, and outside of one as the
positive control. docs/SECURITY.md names what must hold.

Nothing here does harm where it succeeds: files are opened and not changed, calls that would change
the machine get a wrong pointer or flag (EFAULT and EINVAL say that they were reached), signals have
number 0, an exec gets an argument list that no program starts with.

RIG_CANARY_DIR       a directory that was not granted; whatever appears there escaped
RIG_CANARY_PORT      a TCP port on 127.0.0.1 that listens
RIG_CANARY_ABSTRACT  an abstract Unix socket (without its leading NUL) that listens
RIG_CANARY_UNIX      a Unix datagram socket in the file system that anybody may write to
RIG_CANARY_PID       a process outside: the sidecar, or another pack's worker
RIG_SIBLING_PID      a worker of another pack
RIG_SIBLING_WORK     its work directory on the host, with a file `secret` in it
RIG_CANARY_HOST      host:port outside; left out, only addresses that lead nowhere are tried
RIG_PROXY            host:port of the egress proxy, where one was granted
RIG_READ             a file that was granted for reading only
RIG_DATA             a folder that was granted for reading and writing
RIG_WORK             the work directory (default: the current one)
RIG_ALLOW            names, with commas, that the policy under test grants: reported as SKIPPED
RIG_ONLY             names or groups, with commas, to try alone
RIG_HEAVY=0          leaves out what uses a resource up
RIG_LAST=0           only names those that may end the worker (LATER name), to be tried alone
"""

import faulthandler
import os
import sys

faulthandler.enable()
# First of all: what was open when the interpreter came up.
INHERITED = []
for _fd in range(3, 1101):
    try:
        os.fstat(_fd)
        INHERITED.append(_fd)
    except OSError:
        pass

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# ruff: noqa: E402, F401
from escapes import environment, exhaustion, files, kernel, memory, network, procfs, processes
from escapes.attempts import run

environment.INHERITED.extend(INHERITED)

if __name__ == "__main__":
    run()
