"""The runners under test, and where packs for them are."""

import os
import shutil
import sys
import unittest

from child import Child

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
FIXTURES = os.path.join(ROOT, "Tests", "Fixtures", "packs")
NODE = shutil.which("node")
PYTHON = os.environ.get("RIG_TEST_PYTHON") or os.path.realpath(sys.executable)


class Runner:
    """One language's runner: how it starts, and the entry of a pack by its folder."""

    def __init__(self, name, argv, echo):
        self.name = name
        self.argv = argv
        self.echo = echo

    def fixture(self, name):
        root = os.path.join(FIXTURES, self.name, name)
        if self.name == "node":
            return root, "index.cjs"
        return root, "rig_pack_probe:PACK" if name == "probe" else name.replace("-", "_")


RUNNERS = [
    Runner(
        "python",
        [PYTHON, "-I", "-S", "-B", "-u", os.path.join(ROOT, "runners", "python", "main.py")],
        (os.path.join(ROOT, "packs", "python", "rig-pack-echo"), "rig_pack_echo"),
    ),
    Runner(
        "node",
        [NODE, "--disable-proto=delete", os.path.join(ROOT, "runners", "node", "main.cjs")],
        (os.path.join(ROOT, "packs", "node", "pack-echo"), "index.cjs"),
    ),
]


class RunnerTests(unittest.TestCase):
    """Base of tests that hold for every runner; `for_each_runner` makes the real ones."""

    runner = None

    def start(self, pack=None, **limits):
        """A child that was greeted with a pack and is ready; none: not greeted yet."""
        child = Child(self.runner.argv, **limits)
        self.addCleanup(child.kill)
        if pack is not None:
            child.hello(pack)
            self.ready = child.receive()
            self.assertEqual(self.ready["type"], "ready")
            self.assertNotIn("error", self.ready)
        return child

    def probe(self, **limits):
        return self.start(self.runner.fixture("probe"), **limits)

    def assert_ends(self, child, status, reason=""):
        ended, _, err = child.end()
        self.assertEqual(ended, status, err)
        self.assertIn(reason, err)
        return err

    def assert_fails(self, result, type, message=None):
        self.assertFalse(result["ok"], result)
        self.assertEqual(result["error"]["type"], type, result)
        if message is not None:
            self.assertIn(message, result["error"]["message"])
        return result["error"]


def for_each_runner(base):
    """Puts a subclass of `base` for each runner into its module."""
    module = sys.modules[base.__module__]
    for runner in RUNNERS:
        name = f"{runner.name.capitalize()}{base.__name__}"
        case = type(name, (base, RunnerTests), {"runner": runner, "__module__": base.__module__})
        if runner.argv[0] is None:
            case = unittest.skip(f"{runner.name} is not installed")(case)
        setattr(module, name, case)
    return base
