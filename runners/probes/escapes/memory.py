"""Native code that was not there before, and memory of other kinds."""

import ctypes
import mmap
import os
import shutil

from .attempts import DATA, READ_ONLY, WORK, Denied, Skip, attempt, last
from .calls import BAD, IS_X86, LIBC, knock, raw

READ, WRITE, EXEC = 1, 2, 4
SHARED, PRIVATE, ANONYMOUS = 0x01, 0x02, 0x20
PAGE = 4096
RET = b"\xc3" if IS_X86 else b"\xc0\x03\x5f\xd6"


def mapped(prot, flags, fd=-1, size=PAGE):
    LIBC.mmap.restype = ctypes.c_void_p
    LIBC.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
    ctypes.set_errno(0)
    at = LIBC.mmap(None, size, prot, flags, fd, 0)
    if at in (None, ctypes.c_void_p(-1).value):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return at


def protect(at, prot, size=PAGE):
    ctypes.set_errno(0)
    if LIBC.mprotect(ctypes.c_void_p(at), ctypes.c_size_t(size), prot) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def release(at, size=PAGE):
    LIBC.munmap(ctypes.c_void_p(at), ctypes.c_size_t(size))


def maps(name, prot, flags):
    @attempt(f"wx.{name}")
    def _():
        release(mapped(prot, flags))
        return "mapped"


maps("anonymous_rwx", READ | WRITE | EXEC, PRIVATE | ANONYMOUS)
maps("anonymous_exec", READ | EXEC, PRIVATE | ANONYMOUS)
maps("shared_exec", READ | EXEC, SHARED | ANONYMOUS)
maps("shared_rwx", READ | WRITE | EXEC, SHARED | ANONYMOUS)
maps("low_address", READ | EXEC, PRIVATE | ANONYMOUS | 0x40)  # MAP_32BIT


@attempt("wx.exec_after_write")
def _():
    at = mapped(READ | WRITE, PRIVATE | ANONYMOUS)
    ctypes.memmove(at, RET, len(RET))
    protect(at, READ | EXEC)
    release(at)
    return "executable"


@attempt("wx.write_after_exec")
def _():
    """A library's code made writable."""
    with open(library(), "rb") as file:
        at = mapped(READ | EXEC, PRIVATE, file.fileno())
    protect(at, READ | WRITE)
    ctypes.memmove(at, RET, len(RET))
    try:
        protect(at, READ | EXEC)
    finally:
        release(at)
    return "rewritten"


@attempt("wx.code_of_libc_writable")
def _():
    at = ctypes.cast(LIBC.getpid, ctypes.c_void_p).value & ~(PAGE - 1)
    protect(at, READ | WRITE | EXEC)
    protect(at, READ | EXEC)
    return "writable"


def library():
    """Any library that may be read: its bytes are the pack's own native code here."""
    triplets = ("x86_64-linux-gnu", "aarch64-linux-gnu")
    folders = [f"{root}/lib/{name}" for root in ("", "/usr") for name in triplets]
    for folder in [*folders, "/lib64", "/usr/lib64", "/usr/lib", "/lib"]:
        for name in ("libz.so.1", "libffi.so.8", "libffi.so.7", "libm.so.6", "libc.so.6"):
            try:
                with open(os.path.join(folder, name), "rb"):
                    return os.path.join(folder, name)
            except OSError:
                continue
    raise Skip("no library was found")


def own_file(name="code"):
    path = os.path.join(WORK, name)
    with open(path, "wb") as file:
        file.write(RET * (PAGE // len(RET)))
    return path


@attempt("wx.own_file_executable")
def _():
    with open(own_file(), "rb") as file:
        release(mapped(READ | EXEC, PRIVATE, file.fileno()))
    return "mapped"


@attempt("wx.granted_file_executable")
def _():
    """Code that the pack brings in its own folder."""
    if not READ_ONLY:
        raise Skip("RIG_READ is not set")
    with open(READ_ONLY, "rb") as file:
        release(mapped(READ | EXEC, PRIVATE, file.fileno()))
    return "mapped"


@attempt("wx.data_file_executable")
def _():
    if not DATA:
        raise Skip("RIG_DATA is not set")
    path = os.path.join(DATA, "code")
    with open(path, "wb") as file:
        file.write(RET * (PAGE // len(RET)))
    try:
        with open(path, "rb") as file:
            release(mapped(READ | EXEC, PRIVATE, file.fileno()))
    finally:
        os.unlink(path)
    return "mapped"


@attempt("wx.own_file_shared_executable")
def _():
    # Written through another mapping afterwards, it would be a JIT.
    with open(own_file(), "rb") as file:
        release(mapped(READ | EXEC, SHARED, file.fileno()))
    return "mapped"


@attempt("wx.own_file_protected_later")
def _():
    with open(own_file(), "rb") as file:
        at = mapped(READ, PRIVATE, file.fileno())
    try:
        protect(at, READ | EXEC)
    finally:
        release(at)
    return "executable"


@attempt("wx.own_library")
def _():
    path = os.path.join(WORK, "own.so")
    shutil.copyfile(library(), path)
    ctypes.CDLL(path)
    return "loaded"


@attempt("wx.own_extension_module")
def _():
    import importlib.machinery
    import importlib.util

    path = os.path.join(WORK, "ownext.so")
    shutil.copyfile(library(), path)
    loader = importlib.machinery.ExtensionFileLoader("ownext", path)
    try:
        importlib.util.module_from_spec(importlib.util.spec_from_loader("ownext", loader))
    except ImportError as error:
        if "PyInit" in str(error) or "init function" in str(error):
            return "its code was loaded"
        raise Denied("EPERM " + str(error)) from error
    return "loaded"


@attempt("wx.tmp_library")
def _():
    path = "/tmp/rig-escape.so"
    shutil.copyfile(library(), path)
    try:
        ctypes.CDLL(path)
    finally:
        os.unlink(path)
    return "loaded"


@attempt("wx.memfd")
def _():
    fd = os.memfd_create("rig")
    try:
        os.write(fd, RET * (PAGE // len(RET)))
        release(mapped(READ | EXEC, PRIVATE, fd))
    finally:
        os.close(fd)
    return "mapped"


@attempt("wx.through_proc_mem")
def _():
    # /proc/self/mem writes past the protection of pages.
    at = mapped(READ, PRIVATE | ANONYMOUS)
    with open("/proc/self/mem", "r+b", buffering=0) as file:
        file.seek(at)
        file.write(RET)
    return "written"


@attempt("wx.device_zero")
def _():
    fd = os.open("/dev/zero", os.O_RDWR)
    try:
        release(mapped(READ | EXEC, PRIVATE, fd))
    finally:
        os.close(fd)
    return "mapped"


@attempt("wx.ffi_closure")
def _():
    """libffi makes small functions at run time; where it maps their code, so could a pack."""
    at = mapped(READ | WRITE, PRIVATE | ANONYMOUS)
    try:
        protect(at, READ | WRITE | EXEC)
    finally:
        release(at)
    return "executable"


knock("wx.pkey_mprotect", "pkey_mprotect", BAD << 12, PAGE, READ | EXEC, -1)
knock("wx.pkey_alloc", "pkey_alloc", 0x7FFFFFFF, 0)
knock("wx.remap_file_pages", "remap_file_pages", 0, 0, 0, 0, 0)
knock("wx.shadow_stack", "map_shadow_stack", BAD, 0, 0x7FFFFFFF)

knock("vm.memfd_create", "memfd_create", BAD, 0)
knock("vm.memfd_secret", "memfd_secret", 0x7FFFFFFF)
knock("vm.splice", "splice", -1, 0, -1, 0, 1, 0)
knock("vm.tee", "tee", -1, -1, 1, 0)
knock("vm.vmsplice", "vmsplice", -1, BAD, 1, 0)
knock("vm.mbind", "mbind", 0, 0, 99, 0, 0, 0)
knock("vm.set_mempolicy", "set_mempolicy", 99, 0, 0)
knock("vm.move_pages", "move_pages", 0, 1, BAD, 0, 0, 0)
knock("vm.migrate_pages", "migrate_pages", 0, 0, BAD, BAD)
knock("vm.mlock", "mlock", BAD << 40, PAGE)


def reserves(name, flags):
    """Anonymous memory of other kinds than malloc's, which a limit may forget."""

    @attempt(f"use.{name}")
    def _():
        size = 1 << 30
        release(mapped(READ | WRITE, flags, size=size), size)
        return "1 GiB"


reserves("shared_memory", SHARED | ANONYMOUS)
reserves("growing_stack", PRIVATE | ANONYMOUS | 0x100)
reserves("unreserved_memory", PRIVATE | ANONYMOUS | 0x4000)
reserves("huge_pages", PRIVATE | ANONYMOUS | 0x40000)


@attempt("use.protected_later")
def _():
    """Reserved without access, which no limit counts, and opened afterwards."""
    size = 1 << 30
    at = mapped(0, PRIVATE | ANONYMOUS, size=size)
    try:
        protect(at, READ | WRITE, size)
    finally:
        release(at, size)
    return "1 GiB"


@attempt("use.page_tables", heavy=True)
def _():
    """Pages that are only read cost nothing but the tables that find them, which no limit of data
    counts: 4 KiB for each 2 MiB that is looked at."""
    size, step = 128 << 30, 2 << 20
    at = mapped(READ, PRIVATE | ANONYMOUS | 0x4000, size=size)
    try:
        # 16 GiB of it are enough to tell: 32 MiB of tables.
        for offset in range(0, 16 << 30, step):
            ctypes.string_at(at + offset, 1)
    finally:
        release(at, size)
    return "128 GiB to read"


@attempt("use.zero_device")
def _():
    fd = os.open("/dev/zero", os.O_RDWR)
    try:
        with mmap.mmap(fd, 1 << 30) as region:
            return str(len(region))
    finally:
        os.close(fd)


def spare():
    """A third of the machine's free memory may be taken; inside a jail nobody tells."""
    try:
        with open("/proc/meminfo") as file:
            for line in file:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) << 10
    except OSError:
        pass
    return 1 << 62


@attempt("use.memory", heavy=True)
def _():
    """2 GiB, touched."""
    if spare() < 6 << 30:
        raise Skip("the machine has too little memory to try")
    size, step = 2 << 30, 64 << 20
    parts = []
    while len(parts) * step < size:
        parts.append(bytearray(step))
    return "2 GiB"


@last("abi.x32")
def _():
    """The same call in the numbering of another ABI, which a filter by number misses."""
    result, code = raw(0x40000000 + 39)
    if result <= 0:
        raise OSError(code, os.strerror(code))
    return f"result {result}"


@last("abi.i386")
def _():
    """int 0x80: the third numbering. Needs code of one's own to issue it."""
    if not IS_X86:
        raise Skip("there is one ABI only")
    # mov eax, 20 (getpid); int 0x80; ret
    code = bytes([0xB8, 20, 0, 0, 0, 0xCD, 0x80, 0xC3])
    path = os.path.join(WORK, "i386")
    with open(path, "wb") as file:
        file.write(code.ljust(PAGE, b"\x90"))
    with open(path, "rb") as file:
        at = mapped(READ | EXEC, PRIVATE, file.fileno())
    result = ctypes.CFUNCTYPE(ctypes.c_int)(at)()
    if result <= 0:
        raise OSError(-result, os.strerror(-result))
    return f"result {result}"
