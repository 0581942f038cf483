"""What honest packs do; run inside the jail by RIGSandboxTests.

Prints "OK name" or "FAILED name why" a line, and exits 1 when anything failed.
"""

import hashlib
import json
import mmap
import os
import shutil
import sqlite3
import ssl
import sys
import tempfile
import threading
import zipfile
import zlib

WORK = os.environ["RIG_WORK"]


def write_and_read_back():
    path = os.path.join(WORK, "note.txt")
    with open(path, "w") as file:
        file.write("hello")
    os.rename(path, path + ".new")
    with open(path + ".new") as file:
        assert file.read() == "hello"
    os.makedirs(os.path.join(WORK, "a/b"))
    os.replace(path + ".new", os.path.join(WORK, "a/b/note"))
    os.unlink(os.path.join(WORK, "a/b/note"))
    os.rmdir(os.path.join(WORK, "a/b"))
    os.rmdir(os.path.join(WORK, "a"))


def temporary_file():
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"x")
        assert file.name.startswith(os.environ["TMPDIR"])


def copies_with_metadata():
    source = os.path.join(WORK, "source")
    os.makedirs(source)
    with open(os.path.join(source, "x"), "w") as file:
        file.write("x")
    shutil.copy2(os.path.join(source, "x"), os.path.join(WORK, "x2"))
    shutil.copytree(source, os.path.join(WORK, "target"))
    archive = shutil.make_archive(os.path.join(WORK, "all"), "gztar", source)
    shutil.unpack_archive(archive, os.path.join(WORK, "unpacked"))
    with open(os.path.join(WORK, "unpacked", "x")) as file:
        assert file.read() == "x"


def sqlite_in_wal_mode():
    connection = sqlite3.connect(os.path.join(WORK, "data.db"))
    assert connection.execute("pragma journal_mode=wal").fetchone() == ("wal",)
    connection.execute("create table t (a)")
    connection.executemany("insert into t values (?)", [(i,) for i in range(100)])
    connection.commit()
    assert connection.execute("select count(*) from t").fetchone() == (100,)
    connection.close()


def threads():
    done = []
    workers = [threading.Thread(target=lambda: done.append(1)) for _ in range(20)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(done) == 20


def asyncio_loop():
    import asyncio

    async def both():
        return await asyncio.gather(asyncio.sleep(0, 1), asyncio.to_thread(lambda: 2))

    assert asyncio.run(both()) == [1, 2]


def mapped_file():
    path = os.path.join(WORK, "mapped")
    with open(path, "w+b") as file:
        file.truncate(4096)
        with mmap.mmap(file.fileno(), 4096) as region:
            region[:2] = b"hi"
            region.flush()
    with open(path, "rb") as file:
        assert file.read(2) == b"hi"


def zip_file():
    path = os.path.join(WORK, "a.zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x", "y" * 1000)
    with zipfile.ZipFile(path) as archive:
        assert archive.read("x") == b"y" * 1000


def tls_and_digests():
    ssl.create_default_context()
    assert hashlib.sha256(b"").hexdigest().startswith("e3b0")
    assert zlib.decompress(zlib.compress(b"z")) == b"z"


def clean_environment():
    allowed = {"HOME", "TMPDIR", "LANG", "LC_CTYPE", "RIG_WORK"}
    assert set(os.environ) <= allowed, sorted(set(os.environ) - allowed)


def only_the_channel_is_open():
    found = []
    for fd in range(0, 2048):
        try:
            os.fstat(fd)
            found.append(fd)
        except OSError:
            pass
    assert found == [0, 1, 2, 3, 4], found


def working_directory():
    assert os.path.samefile(os.getcwd(), WORK)


def echo_over_the_channel():
    request = os.read(3, 100)
    os.write(4, json.dumps({"got": request.decode()}).encode())


TASKS = [
    only_the_channel_is_open,
    write_and_read_back,
    temporary_file,
    copies_with_metadata,
    sqlite_in_wal_mode,
    threads,
    asyncio_loop,
    mapped_file,
    zip_file,
    tls_and_digests,
    clean_environment,
    working_directory,
    echo_over_the_channel,
]

failures = 0
for task in TASKS:
    try:
        task()
        print("OK", task.__name__)
    except Exception as error:
        failures += 1
        print("FAILED", task.__name__, type(error).__name__, error)
sys.exit(1 if failures else 0)
