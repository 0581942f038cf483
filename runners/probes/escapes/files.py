"""Files: of the machine, of others, and the ways around a path that is refused."""

import ctypes
import os
import shutil
import stat
import sys

from .attempts import DATA, READ_ONLY, WORK, Denied, Skip, attempt, canary
from .calls import BAD, knock, reached


def opens(name, path, flags=os.O_RDONLY):
    @attempt(name)
    def _():
        target = path() if callable(path) else path
        os.close(os.open(target, flags | os.O_CLOEXEC))
        return target


def lists(name, path):
    @attempt(name)
    def _():
        target = path() if callable(path) else path
        return f"{target}: {len(os.listdir(target))} entries"


def creates(name, folder):
    @attempt(name)
    def _():
        target = os.path.join(folder() if callable(folder) else folder, f"rig-escape-{os.getpid()}")
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        os.unlink(target)
        return target


def mine(name):
    return os.path.join(WORK, name)


def granted():
    if not READ_ONLY:
        raise Skip("RIG_READ is not set")
    return READ_ONLY


for _name, _path in (
    ("shadow", "/etc/shadow"), ("gshadow", "/etc/gshadow"), ("machine_id", "/etc/machine-id"),
    ("sudoers", "/etc/sudoers"), ("ssh_host_key", "/etc/ssh/ssh_host_ed25519_key"),
    ("fstab", "/etc/fstab"), ("crontab", "/etc/crontab"), ("shells", "/etc/shells"),
    ("os_release", "/usr/lib/os-release"), ("dpkg_status", "/var/lib/dpkg/status"),
    ("private_keys", "/etc/ssl/private"), ("bash_history", "/root/.bash_history"),
    ("home_ssh", "/root/.ssh"), ("aws", "/root/.aws/credentials"), ("program", "/bin/sh"),
    ("service_account", "/var/run/secrets/kubernetes.io/serviceaccount/token"),
):  # fmt: skip
    opens(f"fs.read_{_name}", _path)
for _name, _path in (
    ("root", "/"), ("homes", "/root"), ("home", "/home"), ("var_lib", "/var/lib"), ("etc", "/etc"),
    ("tmp", "/tmp"), ("run", "/run"), ("sys", "/sys"), ("bin", "/usr/bin"), ("dev", "/dev"),
    ("parent", lambda: os.path.dirname(WORK)), ("canary", canary),
):  # fmt: skip
    if _name in ("root", "etc", "tmp", "dev"):
        continue  # these may be there and made up; see fs.foreign_*
    lists(f"fs.list_{_name}", _path)


def foreign(name, path, known):
    """A directory that may exist in a jail, with nothing in it but what the jail is known for."""

    @attempt(name)
    def _():
        odd = sorted(set(os.listdir(path)) - known)
        if not odd:
            raise Denied("EMPTY only what the jail made is there")
        return ", ".join(odd[:6])


foreign(
    "fs.foreign_in_root", "/",
    {"bin", "lib", "lib32", "lib64", "libx32", "usr", "etc", "dev", "proc", "tmp", "work", "pack",
     "data", "workspace", "runner", "opt", "root", "home", "var", "work.d"} - {"root", "home"},
)  # fmt: skip
foreign(
    "fs.foreign_in_etc", "/etc",
    {"passwd", "group", "hosts", "nsswitch.conf", "resolv.conf", "ssl", "ld.so.cache", "localtime"},
)  # fmt: skip
# Where what was granted lies in /tmp, the way to it shows.
foreign(
    "fs.foreign_in_tmp", "/tmp",
    {path.split("/")[2] for path in (WORK, READ_ONLY or "", __file__) if path.startswith("/tmp/")},
)  # fmt: skip
foreign(
    "fs.foreign_in_dev", "/dev",
    {"null", "zero", "urandom", "random", "full", "fd", "stdin", "stdout", "stderr"},
)  # fmt: skip

opens("fs.read_canary", lambda: canary("secret"))
opens("fs.read_canary_by_dots", lambda: WORK + "/.." * 12 + canary("secret"))
opens("fs.write_canary", lambda: canary("secret"), os.O_WRONLY)
opens("fs.truncate_canary", lambda: canary("secret"), os.O_WRONLY | os.O_TRUNC)
opens("fs.path_descriptor_of_canary", lambda: canary("secret"), 0o10000000)


@attempt("fs.stat_canary")
def _():
    """Nothing is read, but that it is there and how large it is."""
    return os.stat(canary("secret")).st_size


@attempt("fs.read_link_of_system")
def _():
    if os.getpid() == 1:
        raise Denied("EMPTY process 1 is the worker itself")
    return os.readlink("/proc/1/exe")


opens("fs.unnamed_in_canary", canary, os.O_WRONLY | os.O_TMPFILE)
opens("fs.write_granted_read_only", granted, os.O_WRONLY)
opens("fs.append_granted_read_only", granted, os.O_RDWR | os.O_APPEND)
opens("fs.truncate_granted_read_only", granted, os.O_RDONLY | os.O_TRUNC)
opens("fs.write_interpreter", os.path.realpath(sys.executable or "/proc/self/exe"), os.O_RDWR)
opens("fs.write_library", os.__file__, os.O_RDWR)
opens("fs.write_own_code", __file__, os.O_RDWR)
opens("fs.write_ld_cache", "/etc/ld.so.cache", os.O_RDWR)
opens("fs.write_hosts", "/etc/hosts", os.O_RDWR)
opens("fs.write_passwd", "/etc/passwd", os.O_RDWR)
for _name, _folder in (
    ("usr", "/usr"), ("etc", "/etc"), ("root", "/"), ("dev", "/dev"), ("shm", "/dev/shm"),
    ("run", "/run"), ("var_tmp", "/var/tmp"), ("library", os.path.dirname(os.__file__)),
    ("pack", os.path.dirname(__file__)), ("canary", canary),
    ("parent", lambda: os.path.dirname(WORK)),
):  # fmt: skip
    creates(f"fs.create_in_{_name}", _folder)


@attempt("fs.create_in_tmp")
def _():
    path = f"/tmp/rig-escape-{os.getpid()}"
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
    info, work = os.stat(path), os.stat(WORK)
    files = os.statvfs("/tmp")
    os.unlink(path)
    if info.st_dev == work.st_dev and files.f_blocks * files.f_frsize < 1 << 30:
        raise Denied("PRIVATE /tmp is the worker's own, and small")
    if files.f_blocks * files.f_frsize <= 64 << 20 and os.stat("/").st_dev != info.st_dev:
        raise Denied("PRIVATE /tmp is the worker's own, and small")
    return path


@attempt("fs.write_canary_dir")
def _():
    with open(canary("written"), "w") as file:
        file.write("python was here")
    return "written"


def fresh(name):
    path = mine(name)
    if os.path.islink(path) or os.path.exists(path):
        os.unlink(path)
    return path


@attempt("fs.symlink_read")
def _():
    link = fresh("link")
    os.symlink(canary("secret"), link)
    with open(link) as file:
        return file.read(8)


@attempt("fs.symlink_write")
def _():
    link = fresh("dirlink")
    os.symlink(canary(), link)
    with open(os.path.join(link, "through-link"), "w"):
        return "made"


@attempt("fs.symlink_relative")
def _():
    link = fresh("dots")
    os.symlink("../" * 12 + canary("secret").lstrip("/"), link)
    with open(link) as file:
        return file.read(8)


@attempt("fs.swap_directory_for_link")
def _():
    folder = mine("swapped")
    os.makedirs(folder, exist_ok=True)
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.rmdir(folder)
        os.symlink(canary(), folder)
        with open(os.path.join(folder, "swapped-in"), "w"):
            return "made"
    finally:
        os.close(fd)
        os.unlink(folder)


@attempt("fs.chdir_and_climb")
def _():
    here = os.open(WORK, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for _ in range(20):
            os.chdir("..")
        with open("." + canary("secret")) as file:
            return file.read(8)
    finally:
        os.fchdir(here)
        os.close(here)


@attempt("fs.openat_above")
def _():
    here = os.open(WORK, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.close(os.open("../" * 12 + canary("secret").lstrip("/"), os.O_RDONLY, dir_fd=here))
        return "opened"
    finally:
        os.close(here)


@attempt("fs.hard_link_out")
def _():
    os.link(canary("secret"), fresh("hard"))
    return "linked"


@attempt("fs.hard_link_of_granted")
def _():
    # A link below the writable directory would make the file writable.
    os.link(granted(), fresh("hard-granted"))
    return "linked"


@attempt("fs.hard_link_of_descriptor")
def _():
    with open(granted()) as file:
        os.link(f"/proc/self/fd/{file.fileno()}", fresh("hard-fd"), follow_symlinks=True)
    return "linked"


@attempt("fs.hard_link_by_descriptor")
def _():
    # AT_EMPTY_PATH.
    from .calls import LIBC

    with open(granted()) as file:
        target = fresh("hard-empty").encode()
        if LIBC.linkat(file.fileno(), b"", -100, target, 0x1000) != 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))
    return "linked"


@attempt("fs.rename_out")
def _():
    path = fresh("mine")
    open(path, "w").close()
    os.rename(path, canary("renamed-in"))
    return "renamed"


@attempt("fs.rename_in")
def _():
    os.rename(canary("victim"), fresh("victim"))
    os.rename(mine("victim"), canary("victim"))
    return "renamed"


@attempt("fs.rename_work_away")
def _():
    moved = os.path.join(os.path.dirname(WORK), "rig-moved")
    os.rename(WORK, moved)
    os.rename(moved, WORK)
    return "renamed"


@attempt("fs.link_replaces_work")
def _():
    """Where the work folder was, the sidecar would find a link."""
    os.rmdir(WORK)
    return "removed"


@attempt("fs.data_folder_leads_out")
def _():
    if not DATA:
        raise Skip("RIG_DATA is not set")
    link = os.path.join(DATA, "out")
    os.symlink(canary(), link)
    try:
        with open(os.path.join(link, "through-data"), "w"):
            return "made"
    finally:
        os.unlink(link)


@attempt("fs.data_device")
def _():
    if not DATA:
        raise Skip("RIG_DATA is not set")
    path = os.path.join(DATA, "null")
    os.mknod(path, 0o020666, os.makedev(1, 3))
    os.unlink(path)
    return "made"


@attempt("fs.data_setuid")
def _():
    """A setuid file in a folder of the host that anybody there may start."""
    if not DATA:
        raise Skip("RIG_DATA is not set")
    path = os.path.join(DATA, "setuid")
    with open(path, "w"):
        pass
    try:
        os.chmod(path, 0o4755)
        if not os.stat(path).st_mode & stat.S_ISUID:
            raise Denied("NOEFFECT answered and not done")
        return "set"
    finally:
        os.unlink(path)


@attempt("fs.data_as_root")
def _():
    """What a worker makes must not belong to root."""
    if not DATA:
        raise Skip("RIG_DATA is not set")
    path = os.path.join(DATA, "owned")
    with open(path, "w"):
        pass
    try:
        if os.stat(path).st_uid == 0:
            return "belongs to uid 0"
        raise Denied("HOLDS belongs to the worker")
    finally:
        os.unlink(path)


@attempt("fs.exchange")
def _():
    from .calls import LIBC

    path = fresh("exchange")
    open(path, "w").close()
    names = [path.encode(), canary("victim").encode()]
    for _ in range(2):  # and back
        if LIBC.renameat2(-100, names[0], -100, names[1], 2) != 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))
    return "exchanged"


@attempt("fs.remove_out")
def _():
    path = canary("victim")
    os.unlink(path)
    with open(path, "w") as file:
        file.write("removed and made anew")
    return "removed"


@attempt("fs.remove_directory_out")
def _():
    # Not empty, so that nothing is lost where it may be tried.
    try:
        os.rmdir(canary())
    except OSError as error:
        if error.errno == 39:
            return "only its files stood in the way"
        raise
    return "removed"


@attempt("fs.make_directory_out")
def _():
    os.mkdir(canary("directory"))
    return "made"


@attempt("fs.symlink_out")
def _():
    os.symlink("/etc", canary("symlink"))
    return "made"


@attempt("fs.copy_range_out")
def _():
    shutil.copyfile(__file__, canary("copied"))
    return "copied"


def changes_mode(path, change):
    """The call may be answered without being done: only the file tells."""
    before = stat.S_IMODE(os.stat(path).st_mode)
    change(path, before ^ 0o011)
    if stat.S_IMODE(os.stat(path).st_mode) == before:
        raise Denied("NOEFFECT answered and not done")
    change(path, before)
    return "changed and put back"


@attempt("fs.chmod_canary")
def _():
    return changes_mode(canary("secret"), os.chmod)


@attempt("fs.chmod_granted")
def _():
    return changes_mode(granted(), os.chmod)


@attempt("fs.fchmod_granted")
def _():
    with open(granted()) as file:
        return changes_mode(READ_ONLY, lambda _, mode: os.fchmod(file.fileno(), mode))


@attempt("fs.setuid_on_own_file")
def _():
    # Fine where it cannot be started: nosuid or no_new_privs, and no exec at all.
    path = fresh("setuid")
    open(path, "w").close()
    os.chmod(path, 0o4755)
    if not os.stat(path).st_mode & stat.S_ISUID:
        raise Denied("NOEFFECT answered and not done")
    flags = os.statvfs(WORK).f_flag
    with open("/proc/self/status") as file:
        alone = "NoNewPrivs:\t1" in file.read()
    if flags & os.ST_NOSUID or alone:
        raise Denied("NOSUID the bit counts for nothing")
    return "set"


@attempt("fs.touch_canary")
def _():
    before = os.stat(canary("secret"))
    os.utime(canary("secret"), (1, 1))
    if os.stat(canary("secret")).st_mtime != 1:
        raise Denied("NOEFFECT answered and not done")
    os.utime(canary("secret"), (before.st_atime, before.st_mtime))
    return "changed and put back"


@attempt("fs.truncate_by_path")
def _():
    path = canary("secret")
    os.truncate(path, os.stat(path).st_size)
    return "truncate"


@attempt("fs.chown_root")
def _():
    # Root outside may: to what it is already.
    path = fresh("owned")
    open(path, "w").close()
    os.chown(path, 0, 0)
    return "chown"


@attempt("fs.fchown")
def _():
    with open(fresh("owned-fd"), "w") as file:
        os.fchown(file.fileno(), 0, 0)
    return "fchown"


@attempt("fs.xattr")
def _():
    path = fresh("marked")
    open(path, "w").close()
    os.setxattr(path, "user.rig", b"x")
    return "set"


@attempt("fs.lease_on_granted")
def _():
    # A lease makes the sidecar wait in open().
    import fcntl

    with open(granted()) as file:
        fcntl.fcntl(file.fileno(), fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(file.fileno(), fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return "leased"


@attempt("fs.notify_on_directory")
def _():
    import fcntl

    fd = os.open(WORK, os.O_RDONLY)
    try:
        fcntl.fcntl(fd, fcntl.F_NOTIFY, fcntl.DN_MODIFY)
        fcntl.fcntl(fd, fcntl.F_NOTIFY, 0)
    finally:
        os.close(fd)
    return "notified"


@attempt("fs.fifo")
def _():
    os.mkfifo(fresh("fifo"))
    os.unlink(mine("fifo"))
    return "made"


@attempt("fs.device")
def _():
    os.mknod(fresh("null"), 0o020666, os.makedev(1, 3))
    os.unlink(mine("null"))
    return "made"


@attempt("fs.block_device")
def _():
    # Of major 0, behind which nothing is.
    os.mknod(fresh("block"), 0o060600, os.makedev(0, 0))
    os.unlink(mine("block"))
    return "made"


@attempt("fs.unix_socket_file")
def _():
    # By mknod, which needs no right but to write.
    os.mknod(fresh("sock"), 0o140600)
    os.unlink(mine("sock"))
    return "made"


@attempt("fs.openat2")
def _():
    # struct open_how: the flags are behind a pointer, where no filter sees them.
    how = (ctypes.c_uint64 * 3)(os.O_RDONLY, 0, 0)
    path = ctypes.c_char_p(WORK.encode())
    return reached("openat2", -100, path, ctypes.byref(how), 24)


knock("fs.name_to_handle_at", "name_to_handle_at", -100, BAD, BAD, BAD, 0)
knock("fs.open_by_handle_at", "open_by_handle_at", -1, BAD, 0)
knock("fs.fanotify", "fanotify_init", 0x7FFFFFFF, 0)
knock("fs.inotify", "inotify_init1", 0x7FFFFFFF)
knock("fs.quotactl", "quotactl", 0x80000700, 0, 0, 0)
knock("fs.quotactl_fd", "quotactl_fd", -1, 0x80000700, 0, 0)
knock("fs.swapon", "swapon", BAD, 0)
knock("fs.acct", "acct", BAD)
