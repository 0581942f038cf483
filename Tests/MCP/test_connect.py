"""`rig connect`: one entry in, everything else as it was, and out again."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from .workbench import RIG, Workbench

HOSTS = {
    "claude-desktop": (".config/Claude/claude_desktop_config.json", "mcpServers"),
    "claude-code": (".mcp.json", "mcpServers"),
    "cursor": (".cursor/mcp.json", "mcpServers"),
    "vscode": (".vscode/mcp.json", "servers"),
    "windsurf": (".codeium/windsurf/mcp_config.json", "mcpServers"),
    "gemini": (".gemini/settings.json", "mcpServers"),
}
OTHER = '{ "theme":"dark",\n\t"mcpServers": {"other": {"command": "x", "n": 1.50}} }\n'


class ConnectTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bench = Workbench().__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.bench.__exit__()

    def setUp(self):
        home = tempfile.TemporaryDirectory()
        self.addCleanup(home.cleanup)
        self.home = pathlib.Path(home.name)

    def connect(self, *words, check=True):
        return subprocess.run(
            [RIG, "connect", *words, "--config", str(self.bench.config)],
            cwd=self.home,
            env={**os.environ, "HOME": str(self.home)},
            check=check,
            capture_output=True,
            text=True,
        )

    def test_every_host_gets_a_command_that_serves(self):
        for host, (file, servers) in HOSTS.items():
            with self.subTest(host):
                self.connect(host)
                entry = json.loads((self.home / file).read_text())[servers]["rig"]
                ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}\n'
                done = subprocess.run(
                    [entry["command"], *entry["args"]],
                    input=ping,
                    cwd="/",
                    env=entry.get("env", {}),
                    check=True,
                    capture_output=True,
                    text=True,
                )
                self.assertEqual(json.loads(done.stdout)["result"], {})
                self.connect(host, "--undo")
                self.assertFalse((self.home / file).exists())

    def test_what_was_there_stays_and_comes_back_byte_for_byte(self):
        file = self.home / ".cursor/mcp.json"
        file.parent.mkdir()
        file.write_text(OTHER)
        self.connect("cursor")
        text = file.read_text()
        self.assertEqual(json.loads(text)["theme"], "dark")
        self.assertIn('"n": 1.50', text)
        self.assertIn("rig", json.loads(text)["mcpServers"])
        self.connect("cursor")
        self.connect("cursor", "--undo")
        self.assertEqual(file.read_text(), OTHER)
        self.assertEqual([path.name for path in file.parent.iterdir()], ["mcp.json"])

    def test_undo_keeps_what_others_have_changed_since(self):
        file = self.home / ".cursor/mcp.json"
        file.parent.mkdir()
        file.write_text(OTHER)
        self.connect("cursor")
        settings = json.loads(file.read_text())
        settings["mcpServers"]["later"] = {}
        file.write_text(json.dumps(settings))
        self.connect("cursor", "--undo")
        self.assertEqual(list(json.loads(file.read_text())["mcpServers"]), ["other", "later"])

    def test_print_and_preview_write_nothing(self):
        shown = json.loads(self.connect("vscode", "--print").stdout)
        self.assertEqual(shown["servers"]["rig"]["type"], "stdio")
        self.assertEqual(json.loads(self.connect("vscode", "--preview").stdout), shown)
        self.assertEqual(list(self.home.iterdir()), [])

    def test_settings_that_are_no_plain_json_are_left_alone(self):
        file = self.home / ".cursor/mcp.json"
        file.parent.mkdir()
        for text in ("{// mine\n}", "[1]", '{"mcpServers": 5}'):
            file.write_text(text)
            done = self.connect("cursor", check=False)
            self.assertEqual(done.returncode, 1, text)
            self.assertIn("hint" if "5" not in text else "no object", done.stderr)
            self.assertEqual(file.read_text(), text)

    def test_an_unknown_host_is_refused_by_name(self):
        done = self.connect("cursr", check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("did you mean cursor?", done.stderr)


if __name__ == "__main__":
    unittest.main()
