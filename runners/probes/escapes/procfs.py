"""/proc, /sys and /dev: other processes, the kernel's settings, devices."""

import os

from .attempts import WORK, Denied, Skip, attempt, canary, outsider
from .files import opens


def own_threads():
    """/proc has an entry for each: one with the number of another process would mislead."""
    try:
        return {int(name) for name in os.listdir("/proc/self/task")}
    except OSError:
        return set()


@attempt("proc.foreign_pids")
def _():
    pids = {int(name) for name in os.listdir("/proc") if name.isdigit()} - {os.getpid()}
    if not pids:
        raise Denied("EMPTY no other process is seen")
    return f"{len(pids)} others"


for _file in ("environ", "cmdline", "status", "maps", "root/etc/hostname", "cwd"):

    @attempt(f"proc.parent_{_file.split('/')[0]}")
    def _(file=_file):
        parent = os.getppid()
        if parent == 0:
            raise Denied("ENOENT the parent is in another process namespace")
        os.close(os.open(f"/proc/{parent}/{file}", os.O_RDONLY))
        return f"parent {parent}"

    @attempt(f"proc.outsider_{_file.split('/')[0]}")
    def _(file=_file):
        pid = outsider()
        if pid == os.getpid() or pid in own_threads():
            raise Denied("ENOENT the number is one of the worker's own")
        os.close(os.open(f"/proc/{pid}/{file}", os.O_RDONLY))
        return f"process {pid}"


@attempt("proc.outsider_mem")
def _():
    pid = outsider()
    if pid == os.getpid() or pid in own_threads():
        raise Denied("ENOENT the number is one of the worker's own")
    os.close(os.open(f"/proc/{pid}/mem", os.O_RDWR))
    return "opened"


@attempt("proc.outsider_fd")
def _():
    pid = outsider()
    if pid == os.getpid() or pid in own_threads():
        raise Denied("ENOENT the number is one of the worker's own")
    return ", ".join(os.listdir(f"/proc/{pid}/fd"))


@attempt("proc.init_environ")
def _():
    if os.getpid() == 1:
        raise Denied("ENOENT process 1 is the worker itself")
    os.close(os.open("/proc/1/environ", os.O_RDONLY))
    return "opened"


@attempt("proc.init_root")
def _():
    if os.getpid() == 1:
        raise Denied("ENOENT process 1 is the worker itself")
    return str(len(os.listdir("/proc/1/root/")))


opens("proc.self_root_shadow", "/proc/self/root/etc/shadow")
opens("proc.self_root_canary", lambda: "/proc/self/root" + canary("secret"))
opens("proc.self_cwd_above", lambda: "/proc/self/cwd/" + "../" * 12 + canary("secret").lstrip("/"))
opens("proc.thread_self_root", "/proc/thread-self/root/etc/shadow")
opens("proc.self_mem_write", "/proc/self/mem", os.O_RDWR)
opens("proc.task_mem_write", f"/proc/self/task/{os.getpid()}/mem", os.O_RDWR)
opens("proc.self_uid_map", "/proc/self/uid_map", os.O_WRONLY)
opens("proc.self_setgroups", "/proc/self/setgroups", os.O_WRONLY)
opens("proc.self_timens", "/proc/self/timens_offsets", os.O_WRONLY)
opens("proc.self_oom_score", "/proc/self/oom_score_adj", os.O_WRONLY)
opens("proc.self_coredump_filter", "/proc/self/coredump_filter", os.O_WRONLY)
opens("proc.self_attr_exec", "/proc/self/attr/exec", os.O_WRONLY)
opens("proc.self_clear_refs", "/proc/self/clear_refs", os.O_WRONLY)
opens("proc.self_comm_of_thread", f"/proc/self/task/{os.getpid()}/comm", os.O_WRONLY)
opens("proc.self_sched", "/proc/self/sched", os.O_WRONLY)
for _name, _path in (
    ("core_pattern", "/proc/sys/kernel/core_pattern"), ("modprobe", "/proc/sys/kernel/modprobe"),
    ("ns_last_pid", "/proc/sys/kernel/ns_last_pid"), ("sysrq", "/proc/sysrq-trigger"),
    ("hostname", "/proc/sys/kernel/hostname"), ("overcommit", "/proc/sys/vm/overcommit_memory"),
    ("binfmt_misc", "/proc/sys/fs/binfmt_misc/register"), ("drop_caches", "/proc/sys/vm/drop_caches"),
    ("ip_forward", "/proc/sys/net/ipv4/ip_forward"),
    ("max_user_namespaces", "/proc/sys/user/max_user_namespaces"),
):  # fmt: skip
    opens(f"proc.write_{_name}", _path, os.O_WRONLY)
for _name, _path in (
    ("uevent_helper", "/sys/kernel/uevent_helper"), ("power_state", "/sys/power/state"),
    ("release_agent", "/sys/fs/cgroup/release_agent"), ("cgroup_procs", "/sys/fs/cgroup/cgroup.procs"),
    ("tracing", "/sys/kernel/tracing/trace"), ("debug", "/sys/kernel/debug/sched/features"),
    ("firmware", "/sys/firmware/efi/vars"), ("cpu_online", "/sys/devices/system/cpu/cpu1/online"),
):  # fmt: skip
    opens(f"sys.write_{_name}", _path, os.O_WRONLY)
for _name in (
    "kcore", "kallsyms", "kmsg", "config.gz", "net/unix", "net/tcp", "cpuinfo", "meminfo",
    "modules", "mounts", "cmdline", "keys", "sched_debug", "timer_list", "interrupts",
    "sys/kernel/random/boot_id",
):  # fmt: skip
    if _name == "mounts":
        continue  # the worker's own mounts tell nothing of the machine; see proc.mounts_of_host
    opens(f"proc.read_{_name.replace('/', '_').replace('.', '_')}", "/proc/" + _name)
opens("sys.read_dmi", "/sys/class/dmi/id/product_uuid")
opens("sys.read_notes", "/sys/kernel/notes")
opens("sys.read_vmcoreinfo", "/sys/kernel/vmcoreinfo")
opens("sys.read_net", "/sys/class/net/lo/address")


@attempt("proc.mounts_of_host")
def _():
    with open("/proc/self/mountinfo") as file:
        lines = file.read().splitlines()
    real = [
        line for line in lines if " - ext4 " in line or " - overlay " in line or "/dev/" in line
    ]
    rw = [line for line in real if line.split()[5].startswith("rw")]
    outside = [line for line in rw if line.split()[4] == "/"]
    if not outside:
        raise Denied("PRIVATE the root is the worker's own")
    return f"{len(lines)} mounts"


@attempt("proc.cgroup_of_host")
def _():
    with open("/proc/self/cgroup") as file:
        odd = [line for line in file.read().split() if not line.endswith(":/")]
    if not odd:
        raise Denied("PRIVATE the root of its own")
    return odd[0]


for _name in (
    "mem", "kmem", "port", "kmsg", "kvm", "fuse", "net/tun", "ptmx", "tty", "console", "vda",
    "sda", "loop-control", "input/event0", "userfaultfd", "vsock", "vhost-net", "mapper/control",
    "uinput", "hpet", "rtc0", "autofs", "btrfs-control", "cuse", "snapshot",
):  # fmt: skip
    opens(f"dev.{_name.replace('/', '_').replace('-', '_')}", "/dev/" + _name, os.O_RDWR)


@attempt("dev.log")
def _():
    import socket

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
        client.connect("/dev/log")
    return "connected"


def sibling():
    pid = int(os.environ.get("RIG_SIBLING_PID", "0"))
    if not pid:
        raise Skip("RIG_SIBLING_PID is not set")
    if pid == os.getpid() or pid in own_threads():
        raise Denied("ENOENT the number is one of the worker's own")
    return pid


def sibling_work():
    path = os.environ.get("RIG_SIBLING_WORK")
    if not path:
        raise Skip("RIG_SIBLING_WORK is not set: it is on no file system of the host")
    return path


for _file, _flags in (
    ("environ", os.O_RDONLY), ("mem", os.O_RDWR), ("root/etc/hostname", os.O_RDONLY),
    ("cwd/secret", os.O_RDONLY), ("fd/3", os.O_WRONLY), ("fd/4", os.O_RDONLY),
):  # fmt: skip

    @attempt(f"pack.sibling_{_file.split('/')[0]}{_file[-1] if _file[:2] == 'fd' else ''}")
    def _(file=_file, flags=_flags):
        os.close(os.open(f"/proc/{sibling()}/{file}", flags | os.O_NONBLOCK))
        return f"opened {file}"


@attempt("pack.sibling_signal")
def _():
    os.kill(sibling(), 0)
    return "signalled"


@attempt("pack.sibling_work")
def _():
    return ", ".join(os.listdir(sibling_work()))


@attempt("pack.sibling_secret")
def _():
    with open(os.path.join(sibling_work(), "secret")) as file:
        return file.read()


@attempt("pack.sibling_plant")
def _():
    with open(os.path.join(sibling_work(), "planted.py"), "w"):
        return "planted"


@attempt("fd.reopen_stdio")
def _():
    """Through /proc a read-only descriptor may come back writable."""
    found = []
    for fd in range(5):
        try:
            target = os.readlink(f"/proc/self/fd/{fd}")
        except OSError:
            continue
        if not target.startswith("/") or target == "/dev/null" or target.startswith(WORK):
            continue
        try:
            os.close(os.open(f"/proc/self/fd/{fd}", os.O_RDWR))
        except OSError:
            continue
        found.append(target)
    if not found:
        raise Denied("EMPTY pipes and /dev/null only")
    return ", ".join(found)


@attempt("fd.reopen_granted_writable")
def _():
    path = os.environ.get("RIG_READ")
    if not path:
        raise Skip("RIG_READ is not set")
    with open(path) as file:
        os.close(os.open(f"/proc/self/fd/{file.fileno()}", os.O_RDWR))
    return "writable"
