#!/usr/bin/env python3
"""Times RIG's JSON check beside public parsers and validators: same payloads, same run, in turn.

    bench/json/peers.py [--rounds N]

Prints nanoseconds for parse and validate of one text, least over all rounds, and how many times
RIG's is faster with AVX2. Peers from Python's index (orjson, jsonschema-rs) go into .build/peers;
those from Debian (libsimdjson-dev, rapidjson-dev, libvalijson-dev) are used when their headers are
there. What is not there is said and left out. Needs `swift build -c release` of rig-bench-json.
"""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT / ".build" / "release" / "rig-bench-json"
FOLDER = ROOT / ".build" / "peers"
REQUIREMENTS = ["orjson==3.13.0", "jsonschema-rs==0.60.3"]
PAYLOADS = ["tiny", "small", "medium", "large", "huge"]
BATCHES = 11
BATCH_NANOSECONDS = 4_000_000
MUST = 6.0
OURS = "rig (AVX2)"
RUST = "jsonschema-rs + orjson"
HEADERS = {
    "HAS_SIMDJSON": ("simdjson.h", "libsimdjson-dev", ["-lsimdjson"]),
    "HAS_RAPIDJSON": ("rapidjson/schema.h", "rapidjson-dev", []),
    "HAS_VALIJSON": ("valijson/validator.hpp", "libvalijson-dev", []),
}

Times = dict[str, tuple[float, str]]


def skip(what: str, why: str) -> None:
    """Says what is left out."""
    print(f"skipped: {what}: {why}", flush=True)


def install_python_peers() -> bool:
    """Puts the Python peers into the build folder; false when that fails."""
    stamp = FOLDER / "installed.txt"
    wanted = "\n".join(REQUIREMENTS)
    if not stamp.exists() or stamp.read_text() != wanted:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--upgrade"]
        flags = ["--disable-pip-version-check", "--root-user-action=ignore"]
        done = subprocess.run([*pip, *flags, "--target", str(FOLDER), *REQUIREMENTS], check=False)
        if done.returncode != 0:
            skip(RUST, "could not be installed")
            return False
        stamp.write_text(wanted)
    sys.path.insert(0, str(FOLDER))
    return True


def build_cpp_peers() -> Path | None:
    """Compiles the C++ peers whose headers are there."""
    defines: list[str] = []
    libraries: list[str] = []
    for define, (header, package, flags) in HEADERS.items():
        if (Path("/usr/include") / header).exists():
            defines.append(f"-D{define}")
            libraries += flags
        else:
            skip(header, f"not installed (Debian: {package})")
    if not defines:
        return None
    FOLDER.mkdir(parents=True, exist_ok=True)
    program = FOLDER / "peer"
    source = ROOT / "bench" / "json" / "peers" / "peer.cpp"
    command = ["g++", "-std=c++17", "-O3", "-DNDEBUG", *defines, "-o", str(program), str(source)]
    try:
        done = subprocess.run([*command, *libraries], check=False)
    except FileNotFoundError:
        skip("C++ peers", "no g++")
        return None
    if done.returncode != 0:
        skip("C++ peers", "did not compile")
        return None
    return program


def time_ours(folder: Path, name: str) -> Times:
    """RIG's own benchmark on the AVX2 path."""
    command = [str(BENCH), str(folder), f"--times={name}:avx2", "--quick"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return {OURS: (float(done.stdout.split()[0]), "formats asserted, duplicate keys refused")}


def time_python(folder: Path, name: str) -> Times:
    """The Rust validator behind its Python interface, on what orjson has parsed."""
    orjson = importlib.import_module("orjson")
    rust = importlib.import_module("jsonschema_rs")
    text = (folder / f"{name}.json").read_bytes()
    schema = orjson.loads((folder / f"{name}.schema.json").read_bytes())
    validator = rust.Draft202012Validator(schema, validate_formats=True)
    loads, is_valid = orjson.loads, validator.is_valid

    def batch(count: int) -> float:
        start = time.perf_counter_ns()
        for _ in range(count):
            if not is_valid(loads(text)):
                sys.exit(f"{RUST} refuses {name}")
        return (time.perf_counter_ns() - start) / count

    count = max(1, int(BATCH_NANOSECONDS / batch(3)))
    return {RUST: (min(batch(count) for _ in range(BATCHES)), "formats asserted")}


def time_cpp(program: Path, folder: Path, name: str) -> Times:
    """The C++ peers, each a line of the peer program."""
    command = [str(program), str(folder), name, str(BATCHES)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    rows = (line.split("\t") for line in done.stdout.splitlines())
    return {label: (float(least), remark) for label, least, _, remark in rows}


def measure(folder: Path, name: str, rounds: int, cpp: Path | None, python: bool) -> Times:
    """Every contender in turn, round after round; the least of each."""
    best: Times = {}
    for _ in range(rounds):
        found = time_ours(folder, name)
        if python:
            found |= time_python(folder, name)
        if cpp is not None:
            found |= time_cpp(cpp, folder, name)
        for label, (least, remark) in found.items():
            known = best.get(label, (float("inf"), remark))[0]
            best[label] = (min(least, known), remark)
    return best


def main() -> int:
    """Prints the table and whether the must holds."""
    parser = argparse.ArgumentParser(description="times RIG's JSON check beside its peers")
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    corpora = Path(os.environ.get("RIG_CORPORA", ROOT.parent / "shared" / "corpora"))
    folder = corpora / "json-bench"
    if not folder.is_dir():
        print(f"corpora not found: {folder}")
        return 0
    if not BENCH.exists():
        sys.exit(f"{BENCH} is not built: swift build -c release --product rig-bench-json")
    python = install_python_peers()
    cpp = build_cpp_peers()
    print("ns for parse and validate of one text, least of all rounds; times RIG's in brackets")
    ratios: list[float] = []
    for name in PAYLOADS:
        best = measure(folder, name, rounds, cpp, python)
        ours = best[OURS][0]
        print(f"{name} ({(folder / f'{name}.json').stat().st_size} bytes)")
        for label, (least, remark) in best.items():
            print(f"  {label:26} {least:12.0f}  ({least / ours:7.1f})  {remark}", flush=True)
        if RUST in best:
            ratios.append(best[RUST][0] / ours)
    if ratios:
        verdict = "met   " if min(ratios) >= MUST else "missed"
        print(f"{verdict} {RUST} takes at least {min(ratios):.1f} times RIG's (must: {MUST:.0f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
