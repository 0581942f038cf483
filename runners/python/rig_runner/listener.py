"""A worker for every connection to a Unix socket: a runner that someone else supervises.

The parent loads no pack. Each connection gets a process of its own, forked before anything of a
pack was seen, in an empty folder of its own that is removed when it has ended.
"""

import os
import select
import shutil
import signal
import socket
import sys
import tempfile

SPARE_FD = 60
LOOK_SECONDS = 1.0
BACKLOG = 128


def main(words):
    """Serves for ever. Returns in the child of each connection, fd 3 and fd 4 being its socket."""
    if len(words) != 1 or not words[0].startswith("unix:/"):
        sys.stderr.write("usage: main.py --listen unix:/path/of/socket\n")
        sys.exit(2)
    path = words[0][len("unix:") :]
    try:
        server = _listen(path)
    except OSError as problem:
        sys.stderr.write(f"rig_runner: {path}: {problem}\n")
        sys.exit(1)
    # A signal only rings: what it means is looked at between two steps.
    bell, rope = os.pipe()
    os.set_blocking(rope, False)
    signal.set_wakeup_fd(rope)
    ending = []
    signal.signal(signal.SIGTERM, lambda *_: ending.append(True))
    children = {}
    parent = os.getpid()
    try:
        while not ending:
            ready, _, _ = select.select([server, bell], [], [], LOOK_SECONDS)
            _reap(children)
            if server not in ready or ending:
                continue
            connection, _ = server.accept()
            folder = tempfile.mkdtemp(prefix="rig-worker-")
            child = os.fork()
            if child == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                _become(server, connection, folder)
                return
            children[child] = folder
            connection.close()
    finally:
        if os.getpid() == parent:
            _end(children, path)
    sys.exit(0)


def _listen(path):
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    if os.path.exists(path):
        probe = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            probe.connect(path)
            raise OSError("another runner listens there")
        except ConnectionRefusedError:
            os.unlink(path)  # left by one that was killed
        finally:
            probe.close()
    server.bind(path)
    server.listen(BACKLOG)
    return server


def _become(server, connection, folder):
    os.chdir(folder)
    server.detach()  # or its end would close whatever has its number then
    # By way of a high number: the listener or the connection may be 3 or 4 itself.
    os.dup2(connection.detach(), SPARE_FD)
    os.dup2(SPARE_FD, 3)
    os.dup2(SPARE_FD, 4)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.closerange(5, SPARE_FD + 1)


def _reap(children):
    while children:
        pid, _ = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        shutil.rmtree(children.pop(pid), ignore_errors=True)


def _end(children, path):
    try:
        os.unlink(path)
    except OSError:
        pass  # somebody removed it before
    for pid, folder in children.items():
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        shutil.rmtree(folder, ignore_errors=True)
