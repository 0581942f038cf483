"""The kernel's other doors. Each gets a wrong pointer, descriptor or flag."""

import ctypes
import os

from .attempts import attempt
from .calls import BAD, knock, reached

knock("mount.mount", "mount", BAD, BAD, BAD, 0, 0)
knock("mount.umount2", "umount2", BAD, 0)
knock("mount.pivot_root", "pivot_root", BAD, BAD)
knock("mount.chroot", "chroot", BAD)
knock("mount.open_tree", "open_tree", -1, BAD, 0)
knock("mount.move_mount", "move_mount", -1, BAD, -1, BAD, 0)
knock("mount.fsopen", "fsopen", BAD, 0)
knock("mount.fsconfig", "fsconfig", -1, 0, 0, 0, 0)
knock("mount.fsmount", "fsmount", -1, 0, 0)
knock("mount.fspick", "fspick", -1, BAD, 0)
knock("mount.setattr", "mount_setattr", -1, BAD, 0, BAD, 32)
knock("mount.statmount", "statmount", BAD, BAD, 1, 0)
knock("mount.listmount", "listmount", BAD, BAD, 1, 0)

knock("kernel.bpf", "bpf", 99, BAD, 8)
knock("kernel.bpf_load", "bpf", 5, BAD, 48)
knock("kernel.perf", "perf_event_open", BAD, 0, -1, -1, 0)
knock("kernel.userfaultfd", "userfaultfd", 0x7FFFFFFF)
knock("kernel.io_uring_setup", "io_uring_setup", 1, BAD)
knock("kernel.io_uring_enter", "io_uring_enter", -1, 0, 0, 0, 0)
knock("kernel.io_uring_register", "io_uring_register", -1, 0, 0, 0)
knock("kernel.aio", "io_setup", 0, BAD)
knock("kernel.add_key", "add_key", BAD, BAD, 0, 0, 0)
knock("kernel.request_key", "request_key", BAD, BAD, 0, 0)
knock("kernel.keyctl", "keyctl", 99, 0, 0, 0, 0)
knock("kernel.kexec_load", "kexec_load", 0, 99, BAD, 0)
knock("kernel.kexec_file_load", "kexec_file_load", -1, -1, 0, 0, 0x7000)
knock("kernel.init_module", "init_module", BAD, 1, BAD)
knock("kernel.finit_module", "finit_module", -1, BAD, 0)
knock("kernel.delete_module", "delete_module", BAD, 0)
knock("kernel.iopl", "iopl", 9)
knock("kernel.ioperm", "ioperm", 1 << 20, 1, 1)
knock("kernel.modify_ldt", "modify_ldt", 99, 0, 0)
knock("kernel.reboot", "reboot", 0, 0, 0, 0)
knock("kernel.swapoff", "swapoff", BAD)
knock("kernel.settimeofday", "settimeofday", BAD, 0)
knock("kernel.clock_settime", "clock_settime", 0, BAD)
knock("kernel.adjtimex", "adjtimex", BAD)
knock("kernel.clock_adjtime", "clock_adjtime", 0, BAD)
knock("kernel.sethostname", "sethostname", BAD, 5)
knock("kernel.setdomainname", "setdomainname", BAD, 5)
knock("kernel.syslog", "syslog", 10, 0, 0)
knock("kernel.personality_no_random", "personality", 0x0040000)
knock("kernel.personality_read_implies_exec", "personality", 0x0400000)
knock("kernel.lookup_dcookie", "lookup_dcookie", 0, BAD, 0)
knock("kernel.ustat", "ustat", 0, BAD)
knock("kernel.fanotify_mark", "fanotify_mark", -1, 1, 1, -1, 0)
knock("kernel.signalfd", "signalfd4", -1, BAD, 8, 0)
knock("kernel.timerfd", "timerfd_create", 99, 0)
knock("kernel.waitid_pidfd", "waitid", 99, 0, 0, 4, 0)
knock("kernel.nfsservctl", "nfsservctl", 0, 0, 0)

knock("ipc.shmget", "shmget", 0x52494721, 0, 0)
knock("ipc.shmat", "shmat", -1, 0, 0)
knock("ipc.semget", "semget", 0x52494721, 0, 0)
knock("ipc.msgget", "msgget", 0x52494721, 0)
knock("ipc.mq_open", "mq_open", BAD, 0, 0, 0)


def controls(name, request, argument=BAD):
    """ioctl of a pipe of its own: ENOTTY where the call is reached."""

    @attempt(f"tty.{name}")
    def _():
        left, right = os.pipe()
        try:
            return reached("ioctl", left, request, argument)
        finally:
            os.close(left)
            os.close(right)


controls("inject_input", 0x5412)
# Bits above 31, which a 32-bit comparison does not see (CVE-2019-10063).
controls("inject_input_high_bits", 0x5412 | 1 << 32)
controls("console", 0x541C)
controls("take_terminal", 0x540E, 0)
controls("make_console", 0x541D)
controls("send_break", 0x5409)
controls("set_attributes", 0x5402)
controls("line_discipline", 0x5423)
controls("async", 0x5452)
controls("clone_range", 0x4020940D)
controls("file_flags", 0x40086602)
controls("namespace_of_descriptor", 0xB701)


@attempt("kernel.vsyscall_table")
def _():
    """The number after the last one, and one of no table."""
    from .calls import raw

    result, code = raw(0x3FFFFFF)
    if result == -1 and code in (1, 38):
        raise OSError(code, os.strerror(code))
    return f"result {result} errno {ctypes.get_errno()}"
