"""What a hostile pack tries; run inside the jail, and outside of it as the positive control.

Prints "DENIED|ESCAPED|SKIPPED name detail" a line and a SUMMARY, and exits 1 on an escape. Nothing
here does harm where it succeeds: files are opened and not written, calls that would change the
machine get a wrong pointer (an EFAULT says that they were reached), processes are sent signal 0.

RIG_CANARY_DIR    a directory with a file "secret" that the worker was not granted
RIG_CANARY_PORT   a TCP port on 127.0.0.1 that listens
RIG_CANARY_DATAGRAM  a Unix datagram socket that anybody may write to
RIG_WORK          the directory that was granted;  RIG_READ  a granted file that is only readable
"""

import ctypes
import errno
import os
import platform
import resource
import signal
import socket
import subprocess
import sys
import threading



def open_descriptors():
    found = []
    for fd in range(5, 2048):
        try:
            os.fstat(fd)
            found.append(fd)
        except OSError:
            pass
    return found


INHERITED = open_descriptors()
LIBC = ctypes.CDLL(None, use_errno=True)
CANARY = os.environ.get("RIG_CANARY_DIR", "/nonexistent")
WORK = os.environ.get("RIG_WORK", "/tmp")
READ_ONLY = os.environ.get("RIG_READ", "/nonexistent")
REFUSALS = {errno.EPERM, errno.EACCES, errno.ENOSYS}
IS_X86 = platform.machine() == "x86_64"

X86 = {
    "ptrace": 101, "syslog": 103, "personality": 135, "mlockall": 151, "modify_ldt": 154,
    "pivot_root": 155, "prctl": 157, "chroot": 161, "acct": 163, "settimeofday": 164, "mount": 165,
    "umount2": 166, "swapon": 167, "reboot": 169, "sethostname": 170, "iopl": 172, "ioperm": 173,
    "init_module": 175, "delete_module": 176, "quotactl": 179, "setxattr": 188, "io_setup": 206,
    "clock_settime": 227, "mbind": 237, "set_mempolicy": 238, "mq_open": 240, "kexec_load": 246,
    "add_key": 248, "request_key": 249, "keyctl": 250, "inotify_init1": 294, "unshare": 272,
    "splice": 275, "tee": 276, "vmsplice": 278, "move_pages": 279, "perf_event_open": 298,
    "fanotify_init": 300, "name_to_handle_at": 303, "open_by_handle_at": 304, "setns": 308,
    "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312, "finit_module": 313,
    "seccomp": 317, "memfd_create": 319, "bpf": 321, "execveat": 322, "userfaultfd": 323,
    "copy_file_range": 326, "pkey_mprotect": 329, "pidfd_send_signal": 424,
    "io_uring_setup": 425, "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431,
    "fsmount": 432, "fspick": 433, "pidfd_open": 434, "clone3": 435, "openat2": 437,
    "pidfd_getfd": 438, "process_madvise": 440, "mount_setattr": 442, "landlock_restrict_self": 446,
    "memfd_secret": 447, "process_mrelease": 448, "statmount": 457, "listmount": 458,
    "shmget": 29, "semget": 64, "msgget": 68, "mknod": 133, "chown": 92, "remap_file_pages": 216,
    "execve": 59, "fork": 57, "vfork": 58, "clone": 56, "kill": 62, "tkill": 200,
    "rt_sigqueueinfo": 129, "timer_create": 222, "sched_setscheduler": 144, "setpriority": 141,
    "capset": 126, "setresuid": 117, "setresgid": 119, "setgroups": 116, "setfsuid": 122,
    "setsid": 112, "getpid_x32": 0x40000000 + 39,
}


class Skip(Exception):
    pass


def call(name, *arguments):
    """The result and errno of a raw call; numbers are passed in full width."""
    if not IS_X86:
        raise Skip("numbers are for x86_64")
    ctypes.set_errno(0)
    wide = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = LIBC.syscall(ctypes.c_long(X86[name]), *wide)
    return result, ctypes.get_errno()


def reached(name, *arguments):
    """True when the kernel did more than refuse the call."""
    result, code = call(name, *arguments)
    if result == -1 and code in REFUSALS:
        raise OSError(code, os.strerror(code))
    return f"result {result} errno {code}"


def changes_mode(path, change):
    """The call may be answered without being done: only the file tells."""
    mode = os.stat(path).st_mode & 0o7777 ^ 0o011
    change(path, mode)
    if os.stat(path).st_mode & 0o7777 != mode:
        raise PermissionError("no effect")
    return oct(mode)


def changes_time(path):
    os.utime(path, (1, 1))
    if os.stat(path).st_mtime != 1:
        raise PermissionError("no effect")
    return "utime"


ATTEMPTS = []


def attempt(name):
    def keep(function):
        ATTEMPTS.append((name, function))
        return function

    return keep


def simple(name, *arguments):
    ATTEMPTS.append((f"call.{name}", lambda: reached(name, *arguments)))


def opens(name, path, flags=os.O_RDONLY):
    def go():
        fd = os.open(path, flags)
        os.close(fd)
        return path

    ATTEMPTS.append((name, go))


# Files of the machine and of others.
opens("fs.read_shadow", "/etc/shadow")
opens("fs.read_passwd", "/etc/passwd")
opens("fs.read_machine_id", "/etc/machine-id")
opens("fs.read_canary", CANARY + "/secret")
opens("fs.read_canary_by_dots", WORK + "/../" * 8 + CANARY + "/secret")
opens("fs.write_canary", CANARY + "/secret", os.O_WRONLY)
opens("fs.create_canary", CANARY + "/made", os.O_WRONLY | os.O_CREAT)
opens("fs.unnamed_in_canary", CANARY, os.O_WRONLY | getattr(os, "O_TMPFILE", 0))
opens("fs.write_granted_read_only", READ_ONLY, os.O_WRONLY)
opens("fs.append_granted_read_only", READ_ONLY, os.O_RDWR | os.O_APPEND)
opens("fs.truncate_while_reading", READ_ONLY, os.O_RDONLY | os.O_TRUNC)
opens("fs.write_interpreter", os.path.realpath(sys.executable), os.O_WRONLY)
opens("fs.write_library", os.__file__, os.O_RDWR)
opens("fs.create_in_usr", "/usr/rig-escape", os.O_WRONLY | os.O_CREAT)
opens("fs.create_in_tmp", "/tmp/rig-escape-%d" % os.getpid(), os.O_WRONLY | os.O_CREAT)
opens("fs.create_in_shm", "/dev/shm/rig-escape-%d" % os.getpid(), os.O_WRONLY | os.O_CREAT)
opens("proc.self_mem", "/proc/self/mem", os.O_RDWR)
opens("proc.self_environ", "/proc/self/environ")
opens("proc.parent_environ", "/proc/%d/environ" % os.getppid())
opens("proc.parent_mem", "/proc/%d/mem" % os.getppid(), os.O_RDWR)
opens("proc.init_environ", "/proc/1/environ")
opens("proc.self_root_shadow", "/proc/self/root/etc/shadow")
opens("proc.core_pattern", "/proc/sys/kernel/core_pattern", os.O_WRONLY)
opens("proc.sysrq", "/proc/sysrq-trigger", os.O_WRONLY)
opens("proc.oom_score", "/proc/self/oom_score_adj", os.O_WRONLY)
opens("proc.uid_map", "/proc/self/uid_map", os.O_WRONLY)
opens("proc.kallsyms", "/proc/kallsyms")
opens("proc.net_unix", "/proc/net/unix")
opens("proc.cpuinfo", "/proc/cpuinfo")
opens("sys.notes", "/sys/kernel/notes")
opens("dev.mem", "/dev/mem")
opens("dev.kmsg", "/dev/kmsg")
opens("dev.ptmx", "/dev/ptmx", os.O_RDWR)
opens("dev.full_write", "/dev/full", os.O_WRONLY)
for where in ("/", "/root", "/home", "/var/lib", "/etc", "/tmp", CANARY):
    ATTEMPTS.append((f"fs.list_{where}", lambda where=where: str(len(os.listdir(where)))))


@attempt("fs.symlink_to_canary")
def _():
    link = os.path.join(WORK, "link")
    os.symlink(CANARY + "/secret", link)
    with open(link) as file:
        return file.read(8)


@attempt("fs.symlinked_directory_write")
def _():
    link = os.path.join(WORK, "dirlink")
    os.symlink(CANARY, link)
    with open(link + "/made", "w"):
        return "made"


@attempt("fs.hard_link_of_canary")
def _():
    os.link(CANARY + "/secret", os.path.join(WORK, "hard"))
    return "linked"


@attempt("fs.rename_into_canary")
def _():
    path = os.path.join(WORK, "mine")
    open(path, "w").close()
    os.rename(path, CANARY + "/mine")
    return "renamed"


@attempt("fs.remove_canary")
def _():
    os.unlink(CANARY + "/victim")
    return "removed"


@attempt("fs.make_directory_in_canary")
def _():
    os.mkdir(CANARY + "/dir")
    return "made"


@attempt("fs.chmod_canary")
def _():
    return changes_mode(CANARY + "/secret", os.chmod)


@attempt("fs.touch_canary")
def _():
    return changes_time(CANARY + "/secret")


@attempt("fs.truncate_canary")
def _():
    os.truncate(CANARY + "/secret", 3)
    return "truncate"


@attempt("fs.truncate_granted_read_only")
def _():
    os.truncate(READ_ONLY, 3)
    return "truncate"


@attempt("fs.chmod_granted_read_only")
def _():
    return changes_mode(READ_ONLY, os.chmod)


@attempt("fs.fchmod_granted_read_only")
def _():
    with open(READ_ONLY) as file:
        return changes_mode(READ_ONLY, lambda _, mode: os.fchmod(file.fileno(), mode))


@attempt("fs.setuid_granted_read_only")
def _():
    os.chmod(READ_ONLY, 0o4755)
    if not os.stat(READ_ONLY).st_mode & 0o4000:
        raise PermissionError("no effect")
    return "setuid"


@attempt("fs.touch_granted_read_only")
def _():
    return changes_time(READ_ONLY)


@attempt("fs.hard_link_of_granted_read_only")
def _():
    # A link below the granted directory would make the file writable.
    os.link(READ_ONLY, os.path.join(WORK, "hard-granted"))
    return "linked"


@attempt("fs.fifo")
def _():
    os.mkfifo(os.path.join(WORK, "fifo"))
    return "mkfifo"


@attempt("fs.chroot")
def _():
    return reached("chroot", 1)


# Processes.
@attempt("exec.execve_true")
def _():
    return reached("execve", ctypes.c_char_p(b"/bin/true"), 1, 0)


@attempt("exec.execve_interpreter")
def _():
    path = os.path.realpath(sys.executable).encode()
    return reached("execve", ctypes.c_char_p(path), 1, 0)


@attempt("exec.execveat_1000_absolute")
def _():
    return reached("execveat", 1000, ctypes.c_char_p(b"/bin/true"), 1, 0, 0x1000)


@attempt("exec.execveat_stdin")
def _():
    return reached("execveat", 0, ctypes.c_char_p(b""), 1, 0, 0x1000)


@attempt("exec.loader")
def _():
    return reached("execve", ctypes.c_char_p(b"/lib64/ld-linux-x86-64.so.2"), 1, 0)


@attempt("exec.subprocess")
def _():
    return subprocess.run(["/bin/true"]).returncode


@attempt("exec.system")
def _():
    if os.system("true") != 0:
        raise PermissionError("system")
    return "ran"


@attempt("exec.posix_spawn")
def _():
    pid = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(pid, 0)
    return "ran"


@attempt("proc.fork")
def _():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return "forked"


@attempt("proc.clone_untraced_parent")
def _():
    # CLONE_PARENT and an exit signal: the child would be the launcher's. The pointer is wrong.
    return reached("clone", 0x00808000 | signal.SIGCHLD | 0x10000, 0, 0, 0, 0)


for bit, what in (
    (0x20000, "ns"), (0x2000000, "cgroup"), (0x4000000, "uts"), (0x8000000, "ipc"),
    (0x10000000, "user"), (0x20000000, "pid"), (0x40000000, "net"), (0x80, "time"),
):
    ATTEMPTS.append((f"ns.unshare_{what}", lambda bit=bit: reached("unshare", bit | 0x1)))
# CLONE_SIGHAND without CLONE_VM: EINVAL where the call is reached, and no process.
ATTEMPTS.append(("ns.clone_flags", lambda: reached("clone", 0x10000000 | 0x800, 0, 0, 0, 0)))
ATTEMPTS.append(("ns.clone3", lambda: reached("clone3", 1, 88)))
ATTEMPTS.append(("ns.setns", lambda: reached("setns", -1, 0)))


@attempt("sig.parent")
def _():
    os.kill(os.getppid(), 0)
    return "signalled"


@attempt("sig.init")
def _():
    os.kill(1, 0)
    return "signalled"


@attempt("sig.everybody")
def _():
    os.kill(-1, 0)
    return "signalled"


@attempt("sig.tgkill_parent")
def _():
    parent = os.getppid()
    result = LIBC.tgkill(parent, parent, 0)
    if result == -1:
        raise OSError(ctypes.get_errno(), "tgkill")
    return "signalled"


@attempt("sig.set_owner")
def _():
    import fcntl

    fcntl.fcntl(0, fcntl.F_SETOWN, os.getppid())
    return "F_SETOWN"


simple("tkill", 1, 0)
simple("rt_sigqueueinfo", 1, 0, 1)
simple("pidfd_open", 1, 0)
simple("pidfd_send_signal", -1, 0, 0, 0)
simple("pidfd_getfd", -1, 0, 0)
simple("ptrace", 16, 999999, 0, 0)
simple("process_vm_readv", os.getppid(), 0, 0, 0, 0, 0)
simple("process_vm_writev", os.getppid(), 0, 0, 0, 0, 0)
simple("process_madvise", -1, 0, 0, 0, 0)
simple("process_mrelease", -1, 0)
simple("kcmp", os.getppid(), os.getppid(), 0, 0, 0)
simple("prctl", 4, 1, 0, 0, 0)  # PR_SET_DUMPABLE
simple("prctl", 1, 0, 0, 0, 0)  # PR_SET_PDEATHSIG: outlive the launcher
simple("prctl", 36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
simple("setsid")

# The kernel's other doors.
simple("mount", 1, 1, 1, 0, 0)
simple("umount2", 1, 0)
simple("pivot_root", 1, 1)
simple("open_tree", -1, 1, 0)
simple("move_mount", -1, 1, -1, 1, 0)
simple("fsopen", 1, 0)
simple("fsconfig", -1, 0, 0, 0, 0)
simple("fsmount", -1, 0, 0)
simple("fspick", -1, 1, 0)
simple("mount_setattr", -1, 1, 0, 0, 0)
simple("statmount", 1, 1, 1, 0)
simple("listmount", 1, 1, 1, 0)
simple("name_to_handle_at", -1, 1, 1, 1, 0)
simple("open_by_handle_at", -1, 1, 0)
simple("openat2", -1, 1, 1, 24)
simple("bpf", 0, 0, 0)
simple("perf_event_open", 0, 0, -1, -1, 0)
simple("userfaultfd", 0x7FFFFFFF)
simple("io_uring_setup", 0, 0)
simple("io_setup", 0, 0)
simple("add_key", 1, 1, 0, 0, 0)
simple("request_key", 1, 1, 0, 0)
simple("keyctl", 0, -3, 0, 0, 0)
simple("kexec_load", 0, 99, 0, 0)
simple("init_module", 1, 1, 1)
simple("finit_module", -1, 1, 0)
simple("delete_module", 1, 0)
simple("iopl", 0)
simple("ioperm", 0, 0, 0)
simple("modify_ldt", 0, 0, 0)
simple("reboot", 0, 0, 0, 0)
simple("swapon", 1, 0)
simple("acct", 1)
simple("settimeofday", 1, 0)
simple("clock_settime", 0, 1)
simple("sethostname", 1, 5)
simple("syslog", 10, 0, 0)
simple("quotactl", 0, 0, 0, 0)
simple("fanotify_init", 0x7FFFFFFF, 0)
simple("inotify_init1", 0x7FFFFFFF)
simple("mbind", 0, 0, 0, 0, 0, 0)
simple("set_mempolicy", 0, 0, 0)
simple("move_pages", 0, 0, 0, 0, 0, 0)
simple("memfd_create", 1, 0)
simple("memfd_secret", 0x7FFFFFFF)
simple("splice", -1, 0, -1, 0, 1, 0)
simple("tee", -1, -1, 1, 0)
simple("vmsplice", -1, 0, 0, 0)
simple("remap_file_pages", 0, 0, 0, 0, 0)
simple("personality", 0x0040000)
simple("shmget", 0, 0, 0)
simple("semget", 0, 0, 0)
simple("msgget", 0, 0)
simple("mq_open", 1, 0, 0, 0)
simple("setxattr", 1, 1, 0, 0, 0)
simple("mknod", 1, 0o020666, 0)
simple("timer_create", 0, 1, 1)
simple("mlockall", 0)
simple("sched_setscheduler", 0, 99, 0)
simple("setpriority", 9, 0, 0)
simple("capset", 1, 0)
simple("setresuid", 0, 0, 0)
simple("setresgid", 0, 0, 0)
simple("setgroups", 99999999, 0)
simple("seccomp", 9, 0, 0)
simple("landlock_restrict_self", -1, 0)
simple("pkey_mprotect", 0, 4096, 5, -1)


# Native code that was not there before.
def mapped(prot, flags, fd=-1):
    LIBC.mmap.restype = ctypes.c_void_p
    LIBC.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
    ctypes.set_errno(0)
    at = LIBC.mmap(None, 4096, prot, flags, fd, 0)
    if at in (None, ctypes.c_void_p(-1).value):
        raise OSError(ctypes.get_errno(), "mmap")
    return at


@attempt("wx.mmap_rwx")
def _():
    return mapped(7, 0x22)


@attempt("wx.mmap_anonymous_exec")
def _():
    return mapped(5, 0x22)


@attempt("wx.mprotect_exec")
def _():
    at = mapped(3, 0x22)
    if LIBC.mprotect(ctypes.c_void_p(at), 4096, 5) != 0:
        raise OSError(ctypes.get_errno(), "mprotect")
    return "executable"


@attempt("wx.map_own_file_executable")
def _():
    path = os.path.join(WORK, "code")
    with open(path, "wb") as file:
        file.write(b"\xc3" * 4096)
    with open(path, "rb") as file:
        return mapped(5, 0x02, file.fileno())


# The network.
def makes(name, *kind):
    def go():
        socket.socket(*kind).close()
        return "made"

    ATTEMPTS.append((name, go))


makes("net.tcp", socket.AF_INET, socket.SOCK_STREAM)
makes("net.udp", socket.AF_INET, socket.SOCK_DGRAM)
makes("net.tcp6", socket.AF_INET6, socket.SOCK_STREAM)
makes("net.icmp", socket.AF_INET, socket.SOCK_RAW, 1)
makes("net.mptcp", socket.AF_INET, socket.SOCK_STREAM, 262)
makes("net.netlink", socket.AF_NETLINK, socket.SOCK_RAW, 0)
makes("net.packet", socket.AF_PACKET, socket.SOCK_RAW, 0)
makes("net.unix", socket.AF_UNIX, socket.SOCK_STREAM)
makes("net.unix_datagram", socket.AF_UNIX, socket.SOCK_DGRAM)
makes("net.vsock", 40, socket.SOCK_STREAM)
makes("net.alg", 38, socket.SOCK_SEQPACKET)


@attempt("net.connect_canary")
def _():
    port = int(os.environ.get("RIG_CANARY_PORT", "1"))
    socket.create_connection(("127.0.0.1", port), 2).close()
    return "connected"


@attempt("net.connect_unix_canary")
def _():
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
        client.connect(os.environ.get("RIG_CANARY_DATAGRAM", "/nonexistent"))
    return "connected"


@attempt("net.listen")
def _():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
    return "listening"


@attempt("net.datagram_to_unix_canary")
def _():
    left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with left, right:
        return str(left.sendto(b"x", os.environ.get("RIG_CANARY_DATAGRAM", "/nonexistent")))


@attempt("net.stream_pair_with_address")
def _():
    left, right = socket.socketpair()
    with left, right:
        try:
            left.sendto(b"x", os.environ.get("RIG_CANARY_DATAGRAM", "/nonexistent"))
        except OSError as error:
            # Outside a jail the kernel itself says that the pair is connected.
            if error.errno in REFUSALS:
                raise
    return "asked the kernel"


@attempt("net.scm_rights_out")
def _():
    left, right = socket.socketpair()
    socket.send_fds(left, [b"x"], [0])
    return "passed"


# What is used up, and what was inherited.
@attempt("inherit.descriptors")
def _():
    if not INHERITED:
        raise PermissionError("none")
    return str(INHERITED)


@attempt("inherit.environment")
def _():
    odd = [n for n in os.environ if n in ("PATH", "USER", "LOGNAME", "SHELL", "PWD", "RIG_SECRET")]
    if not odd:
        raise PermissionError("clean")
    return str(odd)


@attempt("inherit.core_limit")
def _():
    if resource.getrlimit(resource.RLIMIT_CORE) == (0, 0):
        raise PermissionError("no core files")
    return str(resource.getrlimit(resource.RLIMIT_CORE))


@attempt("use.descriptors")
def _():
    fds = []
    try:
        for _ in range(600):
            fds.append(os.dup(0))
    finally:
        for fd in fds:
            os.close(fd)
    return "600 descriptors"


@attempt("use.raise_limit")
def _():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return "setrlimit"


@attempt("use.big_file")
def _():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    path = os.path.join(WORK, "big")
    try:
        with open(path, "wb") as file:
            os.ftruncate(file.fileno(), 300 << 20)
    finally:
        os.unlink(path)
    return "300 MiB"


@attempt("use.memory")
def _():
    size = 700 << 20
    try:
        room = bytearray(size)
    except MemoryError as error:
        raise PermissionError("MemoryError") from error
    return str(len(room))


def reserved(size, flags):
    """Anonymous memory of another kind than malloc's."""
    LIBC.mmap.restype = ctypes.c_void_p
    LIBC.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
    ctypes.set_errno(0)
    at = LIBC.mmap(None, size, 3, flags, -1, 0)
    if at in (None, ctypes.c_void_p(-1).value):
        raise OSError(ctypes.get_errno(), "mmap")
    LIBC.munmap(ctypes.c_void_p(at), ctypes.c_size_t(size))
    return f"{size} bytes"


@attempt("use.shared_memory")
def _():
    return reserved(700 << 20, 0x21)


@attempt("use.growing_stack")
def _():
    return reserved(700 << 20, 0x122)


@attempt("use.shared_zero_device")
def _():
    import mmap

    fd = os.open("/dev/zero", os.O_RDWR)
    with mmap.mmap(fd, 700 << 20) as region:
        return str(len(region))


@attempt("use.threads")
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
        raise PermissionError(str(error)) from error
    finally:
        stop.set()
    return "300 threads"


def main():
    allowed = set(filter(None, os.environ.get("RIG_ALLOW", "").split(",")))
    counts = {"DENIED": 0, "ESCAPED": 0, "SKIPPED": 0}
    for name, function in ATTEMPTS:
        try:
            verdict, detail = "ESCAPED", str(function())
        except Skip as skip:
            verdict, detail = "SKIPPED", str(skip)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            verdict, detail = "DENIED", str(error)
        if verdict == "ESCAPED" and name in allowed:
            verdict = "SKIPPED"
        counts[verdict] += 1
        print(verdict, name, detail.replace("\n", " ")[:120], flush=True)
    print(
        "SUMMARY denied {DENIED} escaped {ESCAPED} skipped {SKIPPED}".format(**counts), flush=True)
    # A foreign ABI may kill the process: nothing can be printed after it.
    if os.environ.get("RIG_FOREIGN_ABI") and IS_X86:
        result, code = call("getpid_x32")
        print("ESCAPED" if result > 0 else "DENIED", "abi.x32", code, flush=True)
    sys.exit(1 if counts["ESCAPED"] else 0)


main()
