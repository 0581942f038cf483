"""Who the worker is, what it was born with, and what it can make of itself."""

import os
import resource
import socket
import sys

from .attempts import Denied, Skip, attempt
from .calls import BAD, knock, reached

# Filled by escape.py before anything was opened.
INHERITED = []

# What a worker may be told; everything else was inherited.
KNOWN = {
    "HOME", "TMPDIR", "LANG", "LC_CTYPE", "TZ", "PATH", "http_proxy", "https_proxy", "HTTP_PROXY",
    "HTTPS_PROXY", "no_proxy", "NO_PROXY", "OPENSSL_CONF",
}  # fmt: skip


@attempt("fd.inherited")
def _():
    """3 and 4 are the channel; whatever else is open was leaked."""
    odd = []
    for fd in INHERITED:
        try:
            target = os.readlink(f"/proc/self/fd/{fd}")
        except OSError:
            target = "open"
        if fd in (3, 4) and (target.startswith("pipe:") or target == "open"):
            continue
        odd.append(f"{fd}={target}")
    if not odd:
        raise Denied("CLEAN the channel only")
    return " ".join(odd)


@attempt("fd.high_numbers")
def _():
    for fd in (999, 1000, 1023):
        os.dup2(0, fd)
        os.close(fd)
    return "made"


@attempt("fd.channel_is_a_socket")
def _():
    """Descriptors could be passed to the sidecar over one."""
    import stat

    for fd in (0, 1, 2, 3, 4):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                return f"descriptor {fd}"
        except OSError:
            continue
    raise Denied("CLEAN pipes only")


@attempt("fd.terminal")
def _():
    for fd in (0, 1, 2):
        if os.isatty(fd):
            return f"descriptor {fd}"
    raise Denied("CLEAN none is a terminal")


@attempt("env.foreign_variables")
def _():
    odd = [name for name in os.environ if name not in KNOWN and not name.startswith("RIG_")]
    if not odd:
        raise Denied("CLEAN what the plan names only")
    return " ".join(odd)


@attempt("env.initial_block")
def _():
    with open("/proc/self/environ", "rb") as file:
        block = file.read()
    names = {entry.split(b"=")[0].decode() for entry in block.split(b"\0") if entry}
    odd = [name for name in names if name not in KNOWN and not name.startswith("RIG_")]
    if not odd:
        raise Denied("CLEAN what the plan names only")
    return " ".join(odd)


@attempt("env.accounts")
def _():
    """The machine's user database."""
    with open("/etc/passwd") as file:
        users = [line.split(":")[0] for line in file]
    if set(users) <= {"root", "nobody", "worker", "rig", "pack"}:
        raise Denied("SYNTHETIC " + ",".join(users))
    return ",".join(users[:6])


@attempt("env.groups")
def _():
    groups = [group for group in os.getgroups() if group != os.getgid()]
    if not groups:
        raise Denied("CLEAN none beside its own")
    return str(groups)


@attempt("env.host_name")
def _():
    name = socket.gethostname()
    if name in ("rig", "worker", "pack", "localhost", "(none)", "rig-worker", "sandbox", "jail"):
        raise Denied("SYNTHETIC " + name)
    return name


@attempt("env.terminal_of_session")
def _():
    os.close(os.open("/dev/tty", os.O_RDWR))
    return "opened"


@attempt("env.session")
def _():
    # A leader of its own session has no controlling terminal but one that it opens.
    if os.getsid(0) == os.getpid():
        raise Denied("OWN the worker leads its session")
    return str(os.getsid(0))


def status():
    with open("/proc/self/status") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


def holds(name, field, value):
    @attempt(name)
    def _():
        try:
            found = status()[field]
        except (OSError, KeyError) as error:
            raise Skip("there is no /proc to look in") from error
        if found == value:
            raise Denied(f"HOLDS {field} {found}")
        return f"{field} is {found}"


holds("id.no_new_privs", "NoNewPrivs", "1")
holds("id.seccomp_filter", "Seccomp", "2")
for _field in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):

    @attempt(f"id.{_field.lower()}")
    def _(field=_field):
        try:
            found = int(status()[field], 16)
        except OSError as error:
            raise Skip("there is no /proc to look in") from error
        # A plain user's bounding set is full and worth nothing under no_new_privs.
        if found == 0 or (field == "CapBnd" and status()["NoNewPrivs"] == "1"):
            raise Denied(f"HOLDS {field} {found:x}")
        return f"{found:x}"


@attempt("id.is_root")
def _():
    if 0 not in (*os.getresuid(), *os.getresgid()):
        raise Denied(f"HOLDS uid {os.getuid()}")
    return f"{os.getresuid()} {os.getresgid()}"


@attempt("id.core_limit")
def _():
    if resource.getrlimit(resource.RLIMIT_CORE) == (0, 0):
        raise Denied("HOLDS no core files")
    return "core files"


@attempt("id.locked_memory_limit")
def _():
    if resource.getrlimit(resource.RLIMIT_MEMLOCK) == (0, 0):
        raise Denied("HOLDS no locked memory")
    return str(resource.getrlimit(resource.RLIMIT_MEMLOCK))


@attempt("id.setresuid_root")
def _():
    return reached("setresuid", 0, 0, 0)


knock("id.setuid", "setuid", 0)
knock("id.setreuid", "setreuid", 0, 0)
knock("id.setresgid", "setresgid", 0, 0, 0)
knock("id.setgid", "setgid", 0)
knock("id.setgroups", "setgroups", 99999999, 0)
knock("id.capset", "capset", BAD, 0)
knock("id.setpgid", "setpgid", 0, -5)


@attempt("id.setfsuid")
def _():
    # It returns the old one and says nothing: asked twice, the second answer tells.
    return reached("setfsuid", os.getuid())


@attempt("id.setsid")
def _():
    return reached("setsid", denials=(1,))


knock("id.dumpable", "prctl", 4, 2, 0, 0, 0)
knock("id.keep_caps", "prctl", 8, 2, 0, 0, 0)
knock("id.securebits", "prctl", 28, 1 << 20, 0, 0, 0)
knock("id.ambient", "prctl", 47, 99, 0, 0, 0)
knock("id.outlive_launcher", "prctl", 1, 999, 0, 0, 0)
knock("id.subreaper", "prctl", 36, 0, 0, 0, 0)
knock("id.set_mm", "prctl", 35, 99, 0, 0, 0)
knock("id.timing", "prctl", 26, 99, 0, 0, 0)
knock("id.speculation", "prctl", 53, 99, 0, 0, 0)
knock("id.syscall_user_dispatch", "prctl", 59, 99, 0, 0, 0)
knock("id.io_flusher", "prctl", 57, 9, 0, 0, 0)
knock("id.mdwe", "prctl", 65, 1 << 20, 0, 0, 0)
knock("id.seccomp_again", "seccomp", 9, 0, 0)
knock("id.seccomp_by_prctl", "prctl", 22, 9, 0, 0, 0)
knock("id.seccomp_sizes", "seccomp", 3, 0, BAD)
knock("id.landlock_ruleset", "landlock_create_ruleset", BAD, 8, 0)
knock("id.landlock_restrict", "landlock_restrict_self", -1, 0)
knock("id.lsm_attributes", "lsm_get_self_attr", 100, BAD, BAD, 0)
knock("id.fs_base", "arch_prctl", 0x1004, BAD)
knock("id.cpuid_fault", "arch_prctl", 0x1012, 1)

knock("limit.scheduler", "sched_setscheduler", 0, 1, BAD)
knock("limit.sched_attributes", "sched_setattr", 0, BAD, 0)
knock("limit.affinity", "sched_setaffinity", 0, 0, BAD)
knock("limit.priority_call", "setpriority", 9, 0, 0)
knock("limit.io_priority", "ioprio_set", 9, 0, 0)
knock("limit.lock_memory", "mlockall", 0)
knock("limit.setrlimit", "setrlimit", 99, BAD)
knock("limit.prlimit_self", "prlimit64", 0, 99, BAD, 0)


@attempt("limit.nice")
def _():
    before = os.getpriority(os.PRIO_PROCESS, 0)
    os.setpriority(os.PRIO_PROCESS, 0, before - 5)
    os.setpriority(os.PRIO_PROCESS, 0, before)
    return "raised and put back"


@attempt("limit.raise_descriptors")
def _():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return f"from {soft} to {hard}"


@attempt("limit.raise_data")
def _():
    limit = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, limit)
    return f"asked the kernel about {limit[1]}"


@attempt("env.interpreter_is_isolated")
def _():
    if sys.flags.isolated and sys.flags.no_site:
        raise Denied("HOLDS -I -S")
    return "user packages are on the path"
