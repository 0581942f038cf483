"""Raw system calls, so that no library stands between an attempt and the filter."""

import ctypes
import os
import platform

from .attempts import REFUSALS, Skip, attempt

LIBC = ctypes.CDLL(None, use_errno=True)
IS_X86 = platform.machine() == "x86_64"

# An address that is never mapped: EFAULT says that the kernel looked there.
BAD = 1

NUMBERS = {
    "access": 21, "acct": 163, "add_key": 248, "adjtimex": 159, "arch_prctl": 158, "bpf": 321,
    "capset": 126, "chown": 92, "chroot": 161, "clock_adjtime": 305, "clock_settime": 227,
    "clone": 56, "clone3": 435, "connect": 42, "delete_module": 176, "execve": 59, "execveat": 322,
    "fanotify_init": 300, "fanotify_mark": 301, "fchown": 93, "fchownat": 260, "finit_module": 313,
    "fork": 57, "fsconfig": 431, "fsmount": 432, "fsopen": 430, "fspick": 433,
    "get_mempolicy": 239, "getpid": 39, "init_module": 175, "inotify_add_watch": 254,
    "inotify_init1": 294, "io_setup": 206, "io_uring_enter": 426, "io_uring_register": 427,
    "io_uring_setup": 425, "ioctl": 16, "ioperm": 173, "iopl": 172, "ioprio_set": 251, "kcmp": 312,
    "kexec_file_load": 320, "kexec_load": 246, "keyctl": 250, "kill": 62,
    "landlock_create_ruleset": 444, "landlock_restrict_self": 446, "listmount": 458,
    "lookup_dcookie": 212, "lsm_get_self_attr": 459, "map_shadow_stack": 453, "mbind": 237,
    "memfd_create": 319, "memfd_secret": 447, "migrate_pages": 256, "mincore": 27, "mknod": 133,
    "mknodat": 259, "mlock": 149, "mlockall": 151, "modify_ldt": 154, "mount": 165,
    "mount_setattr": 442, "move_mount": 429, "move_pages": 279, "mq_open": 240, "msgget": 68,
    "name_to_handle_at": 303, "nfsservctl": 180, "open_by_handle_at": 304, "open_tree": 428,
    "openat2": 437, "perf_event_open": 298, "personality": 135, "pidfd_getfd": 438,
    "pidfd_open": 434, "pidfd_send_signal": 424, "pivot_root": 155, "pkey_alloc": 330,
    "pkey_mprotect": 329, "prctl": 157, "prlimit64": 302, "process_madvise": 440,
    "process_mrelease": 448, "process_vm_readv": 310, "process_vm_writev": 311, "ptrace": 101,
    "quotactl": 179, "quotactl_fd": 443, "reboot": 169, "recvmsg": 47, "remap_file_pages": 216,
    "request_key": 249, "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297,
    "sched_setaffinity": 203, "sched_setattr": 314, "sched_setscheduler": 144, "seccomp": 317,
    "semget": 64, "sendmmsg": 307, "sendmsg": 46, "set_mempolicy": 238, "setdomainname": 171,
    "setfsgid": 123, "setfsuid": 122, "setgid": 106, "setgroups": 116, "sethostname": 170,
    "setns": 308, "setpgid": 109, "setpriority": 141, "setregid": 114, "setresgid": 119,
    "setresuid": 117, "setreuid": 113, "setrlimit": 160, "setsid": 112, "setsockopt": 54,
    "settimeofday": 164, "setuid": 105, "setxattr": 188, "shmat": 30, "shmget": 29,
    "signalfd4": 289, "socket": 41, "splice": 275, "statmount": 457, "swapoff": 168, "swapon": 167,
    "syslog": 103, "tee": 276, "tgkill": 234, "timer_create": 222, "timerfd_create": 283,
    "tkill": 200, "umount2": 166, "unshare": 272, "userfaultfd": 323, "ustat": 136, "vfork": 58,
    "vmsplice": 278, "waitid": 247,
}  # fmt: skip


def raw(number, *arguments):
    """The result and errno of a call by number; integers are passed in full width."""
    if not IS_X86:
        raise Skip("the numbers of these calls are x86_64's")
    ctypes.set_errno(0)
    wide = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    LIBC.syscall.restype = ctypes.c_long
    result = LIBC.syscall(ctypes.c_long(number), *wide)
    return result, ctypes.get_errno()


def reached(name, *arguments, denials=()):
    """Raises the refusal of a call, or tells how far it came."""
    result, code = raw(NUMBERS[name], *arguments)
    if result == -1 and (code in REFUSALS or code in denials):
        raise OSError(code, os.strerror(code))
    return f"result {result} errno {code}"


def knock(name, call, *arguments, denials=()):
    """Registers an attempt that is one call."""
    attempt(name)(lambda: reached(call, *arguments, denials=denials))
