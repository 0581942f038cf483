"""Does what real packs do, and says what went wrong; its twin is node/honest."""

import asyncio
import concurrent.futures
import ctypes
import hashlib
import mmap
import os
import shutil
import sqlite3
import ssl
import tempfile
import threading
import zipfile
import zoneinfo


def files(work):
    os.makedirs(f"{work}/a/b")
    with open(f"{work}/a/b/note", "w") as file:
        file.write("hello")
    shutil.copytree(f"{work}/a", f"{work}/copy")
    os.rename(f"{work}/copy", f"{work}/moved")
    with open(f"{work}/moved/b/note") as file:
        assert file.read() == "hello"
    shutil.rmtree(f"{work}/moved")
    with tempfile.TemporaryDirectory() as folder:
        assert os.path.isdir(folder)


def sqlite(work):
    with sqlite3.connect(f"{work}/data.db") as base:
        assert base.execute("pragma journal_mode=wal").fetchone() == ("wal",)
        base.execute("create table t (a)")
        base.executemany("insert into t values (?)", [(i,) for i in range(1000)])
        assert base.execute("select sum(a) from t").fetchone() == (499500,)


def threads(work):
    done = []
    workers = [threading.Thread(target=lambda: done.append(1)) for _ in range(20)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        done.extend(pool.map(abs, range(20)))
    assert len(done) == 40


def event_loop(work):
    async def both():
        return await asyncio.gather(asyncio.sleep(0, 1), asyncio.to_thread(lambda: 2))

    loop = asyncio.new_event_loop()
    assert loop.run_until_complete(both()) == [1, 2]
    loop.close()


def mapped(work):
    with open(f"{work}/mapped", "w+b") as file:
        file.truncate(1 << 20)
        with mmap.mmap(file.fileno(), 0) as region:
            region[:2] = b"hi"
            region.flush()
        assert file.read(2) == b"hi"


def archive(work):
    with zipfile.ZipFile(f"{work}/a.zip", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("x", "y" * 1000)
    with zipfile.ZipFile(f"{work}/a.zip") as made:
        made.extractall(f"{work}/unpacked")
    assert os.path.getsize(f"{work}/unpacked/x") == 1000


def tls(work):
    """A handshake in memory, with anonymous key agreement: no certificate to carry along."""
    contexts = []
    for kind in (ssl.PROTOCOL_TLS_CLIENT, ssl.PROTOCOL_TLS_SERVER):
        context = ssl.SSLContext(kind)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("AECDH-AES256-SHA:@SECLEVEL=0")
        contexts.append(context)
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = contexts[0].wrap_bio(down, up)
    server = contexts[1].wrap_bio(up, down, server_side=True)
    for _ in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                pass
    client.write(b"hello")
    assert server.read(5) == b"hello"
    paths = ssl.get_default_verify_paths()
    assert paths.cafile or paths.capath, "no certificates of the system"
    ssl.create_default_context()


def libraries(work):
    assert ctypes.CDLL(None).getpid() == os.getpid()
    assert hashlib.sha256(b"").hexdigest().startswith("e3b0")
    assert zoneinfo.ZoneInfo("Europe/Berlin").key == "Europe/Berlin"


CHECKS = [files, sqlite, threads, event_loop, mapped, archive, tls, libraries]


def go(args, ctx):
    said = {}
    for check in CHECKS:
        try:
            check(ctx.work_dir)
            said[check.__name__] = "ok"
        except Exception as error:
            said[check.__name__] = f"{type(error).__name__}: {error}"
    return said


def rig_pack_metadata():
    return {"rsp": "1.0", "name": "rig-pack-honest", "version": "1.0.0"}


def rig_tools():
    return [
        {
            "rtp": "1.0",
            "name": "go",
            "description": "Tries everything and says what failed.",
            "risk": "read",
            "input_schema": {"type": "object"},
        }
    ]


def rig_impls():
    return {"go": go}
