"""Other processes: starting them, signalling them, looking into them."""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys

from .attempts import WORK, Denied, attempt, outsider
from .calls import BAD, LIBC, NUMBERS, knock, raw, reached

ESRCH, ECHILD = 3, 10
AT_EMPTY_PATH = 0x1000
LOADER = b"/lib64/ld-linux-x86-64.so.2"


def text(path):
    return ctypes.c_char_p(path if isinstance(path, bytes) else path.encode())


def executes(name, path):
    """argv is a wrong pointer: EFAULT would say that the program was found and allowed."""
    attempt(f"exec.{name}")(lambda: reached("execve", text(path), BAD, 0))


executes("true", "/bin/true")
executes("shell", "/bin/sh")
executes("interpreter", os.path.realpath(sys.executable or "/usr/bin/python3"))
executes("loader", LOADER)
executes("self_exe", "/proc/self/exe")
executes("self_map", "/proc/self/fd/1000")
executes("nothing", "")
executes("env", "/usr/bin/env")
executes("setuid_program", "/bin/su")


@attempt("exec.own_script")
def _():
    path = os.path.join(WORK, "script")
    with open(path, "w") as file:
        file.write("#!/bin/sh\n")
    os.chmod(path, 0o700)
    return reached("execve", text(path), BAD, 0)


@attempt("exec.own_elf")
def _():
    path = os.path.join(WORK, "program")
    with open(path, "wb") as file:
        file.write(b"\x7fELF\x02\x01\x01" + bytes(57))
    os.chmod(path, 0o700)
    return reached("execve", text(path), BAD, 0)


@attempt("exec.empty_path_of_interpreter")
def _():
    fd = os.open(os.path.realpath(sys.executable or "/usr/bin/python3"), os.O_RDONLY)
    try:
        return reached("execveat", fd, text(""), BAD, 0, AT_EMPTY_PATH)
    finally:
        os.close(fd)


@attempt("exec.fd_1000_absolute")
def _():
    # The kernel ignores the descriptor when the path is absolute.
    return reached("execveat", 1000, text("/bin/true"), BAD, 0, AT_EMPTY_PATH)


@attempt("exec.fd_1000")
def _():
    return reached("execveat", 1000, text(""), BAD, 0, AT_EMPTY_PATH)


@attempt("exec.execveat_flags")
def _():
    # AT_EXECVE_CHECK asks only, and was forgotten by filters.
    return reached("execveat", -100, text("/bin/true"), BAD, 0, 0x10000)


@attempt("exec.memfd")
def _():
    result, code = raw(NUMBERS["memfd_create"], text("rig"), 0)
    if result == -1:
        raise OSError(code, os.strerror(code))
    try:
        return reached("execveat", result, text(""), BAD, 0, AT_EMPTY_PATH)
    finally:
        os.close(result)


@attempt("exec.high_half_of_number")
def _():
    # A number with bits above 31 is the same call to a careless filter.
    result, code = raw(NUMBERS["execve"] | 1 << 32, text("/bin/true"), BAD, 0)
    if result == -1 and code in (1, 13, 38):
        raise OSError(code, os.strerror(code))
    return f"result {result} errno {code}"


@attempt("exec.from_a_thread")
def _():
    import threading

    answer = []

    def go():
        try:
            answer.append(reached("execve", text("/bin/true"), BAD, 0))
        except OSError as error:
            answer.append(error)

    thread = threading.Thread(target=go)
    thread.start()
    thread.join()
    if isinstance(answer[0], OSError):
        raise answer[0]
    return answer[0]


@attempt("exec.subprocess")
def _():
    return subprocess.run(["/bin/true"], check=False).returncode


@attempt("exec.system")
def _():
    if os.system("true") != 0:
        raise Denied("EPERM system() could start no shell")
    return "ran"


@attempt("exec.popen")
def _():
    with os.popen("echo yes") as pipe:
        return pipe.read()


@attempt("exec.posix_spawn")
def _():
    pid = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(pid, 0)
    return "ran"


@attempt("exec.loader_maps_program")
def _():
    # dlopen of a program: its code would run in this process. Refused by the loader for PIEs.
    ctypes.CDLL("/bin/true")
    return "loaded"


@attempt("fork.fork")
def _():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return "forked"


@attempt("fork.multiprocessing")
def _():
    import multiprocessing

    process = multiprocessing.get_context("fork").Process(target=int)
    process.start()
    process.join()
    return "forked"


@attempt("fork.forkpty")
def _():
    pid, fd = os.forkpty()
    if pid == 0:
        os._exit(0)
    os.close(fd)
    os.waitpid(pid, 0)
    return "forked"


# CLONE_SIGHAND without CLONE_VM is EINVAL where the call is reached, and makes no process.
SIGHAND = 0x800
knock("fork.clone", "clone", SIGHAND | signal.SIGCHLD, 0, 0, 0, 0)
knock("fork.clone_untraced", "clone", SIGHAND | 0x00800000, 0, 0, 0, 0)
knock("fork.clone_parent", "clone", SIGHAND | 0x00008000, 0, 0, 0, 0)
knock("fork.clone_ptrace", "clone", SIGHAND | 0x00002000, 0, 0, 0, 0)
knock("fork.clone_pidfd", "clone", SIGHAND | 0x00001000, 0, BAD, 0, 0)
knock("fork.clone_vfork", "clone", SIGHAND | 0x00004000, 0, 0, 0, 0)
knock("fork.clone_high_bits", "clone", 0x3D0F00 | 1 << 32 | 1 << 33, 0, 0, 0, 0)
knock("fork.clone3", "clone3", BAD, 88)
knock("fork.clone3_small", "clone3", BAD, 64)

NAMESPACES = (
    ("user", 0x10000000), ("mount", 0x20000), ("net", 0x40000000), ("pid", 0x20000000),
    ("ipc", 0x8000000), ("uts", 0x4000000), ("time", 0x80), ("cgroup", 0x2000000),
)  # fmt: skip
for _name, _bit in NAMESPACES:
    # An unknown bit beside it: EINVAL where the call is reached, and nothing is unshared.
    knock(f"ns.unshare_{_name}", "unshare", _bit | 0x1)
    knock(f"ns.clone_{_name}", "clone", _bit | SIGHAND, 0, 0, 0, 0)
knock("ns.unshare_files", "unshare", 0x400 | 0x1)
knock("ns.setns", "setns", -1, 0)
for _name, _file in (("mount", "mnt"), ("net", "net"), ("pid", "pid"), ("user", "user")):

    @attempt(f"ns.enter_{_name}_of_parent")
    def _(file=_file):
        fd = os.open(f"/proc/{os.getppid()}/ns/{file}", os.O_RDONLY)
        try:
            return reached("setns", fd, 0x1)  # a type that no namespace has
        finally:
            os.close(fd)


@attempt("ns.enter_by_pidfd")
def _():
    result, code = raw(NUMBERS["pidfd_open"], os.getppid() or 1, 0)
    if result == -1:
        raise OSError(code, os.strerror(code))
    try:
        return reached("setns", result, 0x1)
    finally:
        os.close(result)


@attempt("sig.init")
def _():
    if os.getpid() == 1:
        raise Denied("ESRCH process 1 is the worker itself")
    os.kill(1, 0)
    return "signalled"


@attempt("sig.parent")
def _():
    parent = os.getppid()
    if parent == 0:
        raise Denied("ESRCH the parent is in another process namespace")
    os.kill(parent, 0)
    return "signalled"


@attempt("sig.everybody")
def _():
    os.kill(-1, 0)
    return "signalled"


@attempt("sig.group")
def _():
    os.killpg(os.getppid() or 1, 0)
    return "signalled"


@attempt("sig.outsider")
def _():
    os.kill(outsider(), 0)
    return "signalled"


def foreign():
    return os.getppid() or 2


attempt("sig.tgkill")(lambda: reached("tgkill", foreign(), foreign(), 0, denials=(ESRCH,)))
attempt("sig.tgkill_high_bits")(
    lambda: reached("tgkill", foreign() | 1 << 32, foreign(), 0, denials=(ESRCH,))
)
attempt("sig.tkill")(lambda: reached("tkill", foreign(), 0))
attempt("sig.queue")(lambda: reached("rt_sigqueueinfo", foreign(), 0, BAD))
attempt("sig.queue_thread")(lambda: reached("rt_tgsigqueueinfo", foreign(), foreign(), 0, BAD))
knock("sig.pidfd_send", "pidfd_send_signal", -1, 0, 0, 0)


def aims(name, command):
    """Makes the kernel send signals about an own pipe to somebody else."""

    @attempt(f"sig.{name}")
    def _():
        left, right = os.pipe()
        try:
            fcntl.fcntl(left, command, foreign() if command == fcntl.F_SETOWN else signal.SIGURG)
            return "aimed"
        finally:
            os.close(left)
            os.close(right)


aims("set_owner", fcntl.F_SETOWN)
aims("set_signal", fcntl.F_SETSIG)


@attempt("sig.set_owner_ex")
def _():
    left, right = os.pipe()
    try:
        who = (ctypes.c_int * 2)(1, foreign())
        if LIBC.fcntl(left, 15, who) == -1:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))
        return "aimed"
    finally:
        os.close(left)
        os.close(right)


@attempt("sig.set_owner_by_ioctl")
def _():
    left, right = os.pipe()
    try:
        return reached("ioctl", left, 0x8901, BAD)  # FIOSETOWN
    finally:
        os.close(left)
        os.close(right)


knock("sig.timer_to_thread", "timer_create", 0, BAD, BAD)

# PTRACE_SEIZE with an address, which is EIO for a process that is there.
attempt("trace.parent")(lambda: reached("ptrace", 0x4206, foreign(), 1, 0, denials=(ESRCH,)))
attempt("trace.outsider")(lambda: reached("ptrace", 0x4206, outsider(), 1, 0, denials=(ESRCH,)))
attempt("trace.read_memory")(lambda: reached("process_vm_readv", foreign(), BAD, 1, BAD, 1, 0))
attempt("trace.write_memory")(lambda: reached("process_vm_writev", foreign(), BAD, 1, BAD, 1, 0))
attempt("trace.compare")(lambda: reached("kcmp", foreign(), foreign(), 0, 0, 0))
attempt("trace.pidfd_open")(lambda: reached("pidfd_open", foreign(), 0))
knock("trace.pidfd_getfd", "pidfd_getfd", -1, 0, 0)
knock("trace.process_madvise", "process_madvise", -1, 0, 0, 0, 0)
knock("trace.process_mrelease", "process_mrelease", -1, 0)
# PR_SET_PTRACER, in favour of anybody.
knock("trace.let_anybody", "prctl", 0x59616D61, -1, 0, 0, 0)
attempt("trace.limits_of_parent")(lambda: reached("prlimit64", foreign(), 7, 0, BAD))
attempt("trace.affinity_of_parent")(lambda: reached("sched_setaffinity", foreign(), 0, 0))
