"""Using up what is shared: threads, processes, descriptors, disk, time."""

import errno
import os
import resource
import signal
import threading

from .attempts import WORK, Denied, Skip, attempt


@attempt("use.threads", heavy=True)
def _():
    stop = threading.Event()
    threading.stack_size(256 << 10)
    threads = []
    try:
        for _ in range(300):
            thread = threading.Thread(target=stop.wait)
            thread.start()
            threads.append(thread)
    except RuntimeError as error:
        raise Denied(f"EAGAIN after {len(threads)} threads") from error
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    return "300 threads"


@attempt("use.processes", heavy=True)
def _():
    pids = []
    left, right = os.pipe()
    try:
        for _ in range(300):
            pid = os.fork()
            if pid == 0:
                os.close(right)
                os.read(left, 1)
                os._exit(0)
            pids.append(pid)
    except OSError as error:
        raise Denied(f"{errno.errorcode[error.errno]} after {len(pids)} processes") from error
    finally:
        os.close(right)
        os.close(left)
        for pid in pids:
            os.waitpid(pid, 0)
    return "300 processes"


@attempt("use.descriptors")
def _():
    fds = []
    try:
        for _ in range(5000):
            fds.append(os.dup(0))
    except OSError as error:
        if len(fds) <= 1024:
            raise Denied(f"{errno.errorcode[error.errno]} after {len(fds)}") from error
        return f"{len(fds)} descriptors"
    finally:
        for fd in fds:
            os.close(fd)
    return "5000 descriptors"


def room(path):
    info = os.statvfs(path)
    return info.f_bavail * info.f_frsize


def fills(name, folder):
    """300 MiB, allocated and given back; where a disk is short of it nobody tries."""

    @attempt(f"use.{name}", heavy=True)
    def _():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        if 300 << 20 < room(folder) < 3 << 30:
            raise Skip("the disk has too little room to try")
        paths, done = [], 0
        try:
            while done < 300:
                path = os.path.join(folder, f"rig-fill-{done}")
                fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC)
                paths.append(path)
                try:
                    os.posix_fallocate(fd, 0, 30 << 20)
                finally:
                    os.close(fd)
                done += 30
        except OSError as error:
            raise Denied(f"{errno.errorcode[error.errno]} after {done} MiB") from error
        finally:
            for path in paths:
                os.unlink(path)
        return "300 MiB"


fills("disk_work", WORK)
if WORK != "/tmp":
    fills("disk_tmp", "/tmp")


@attempt("use.files", heavy=True)
def _():
    folder = os.path.join(WORK, "many")
    os.mkdir(folder)
    count = 0
    try:
        while count < 20_000:
            os.close(os.open(f"{folder}/{count}", os.O_WRONLY | os.O_CREAT))
            count += 1
    except OSError as error:
        raise Denied(f"{errno.errorcode[error.errno]} after {count} files") from error
    finally:
        for number in range(count):
            os.unlink(f"{folder}/{number}")
        os.rmdir(folder)
    return "20000 files"


@attempt("use.big_file")
def _():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    path = os.path.join(WORK, "big")
    try:
        with open(path, "wb") as file:
            os.ftruncate(file.fileno(), 1 << 30)
    finally:
        os.unlink(path)
    return "1 GiB, sparse"


@attempt("use.pipe_buffer")
def _():
    import fcntl

    left, right = os.pipe()
    try:
        fcntl.fcntl(left, 1031, 1 << 20)  # F_SETPIPE_SZ
    finally:
        os.close(left)
        os.close(right)
    return "1 MiB"


@attempt("use.channel_buffer")
def _():
    import fcntl

    fcntl.fcntl(4, 1031, 1 << 20)
    return "1 MiB"


@attempt("use.pending_signals")
def _():
    limit = resource.getrlimit(resource.RLIMIT_SIGPENDING)[1]
    if 0 <= limit <= 1024:
        raise Denied(f"HOLDS at most {limit}")
    return str(limit)


@attempt("use.message_queues")
def _():
    if resource.getrlimit(resource.RLIMIT_MSGQUEUE)[1] == 0:
        raise Denied("HOLDS none")
    return "allowed"


@attempt("use.real_time")
def _():
    if resource.getrlimit(resource.RLIMIT_RTPRIO)[1] == 0 and os.getuid() != 0:
        raise Denied("HOLDS none")
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(0))
    return "allowed"
