"""Sessions of every revision by hand: what is said, and that it is what the revision says."""

import json
import os
import re
import subprocess
import time
import unittest

from . import schemas
from .workbench import BY_HANDSHAKE, MODERN, Workbench

PAY = {"name": "demo_pay", "arguments": {"to": "Ada", "amount": 5, "currency": "EUR"}}


def text(answer):
    return answer["result"]["content"][0]["text"]


class WireTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bench = Workbench().__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.bench.__exit__()

    def validate(self, pipe, revision):
        if not schemas.FOLDER.is_dir():
            self.skipTest("corpora not found: the official schemas are not beside the checkout")
        self.assertGreater(len(pipe.seen), 3)
        for message in pipe.seen:
            schemas.check_message(revision, message, pipe.sent)

    def run_session(self, pipe, revision):
        """What every revision has; `revision` is given to requests that carry it."""
        own = revision if revision == MODERN else None
        listed = pipe.request("tools/list", revision=own)["result"]["tools"]
        self.assertEqual(
            [tool["name"] for tool in listed],
            [
                f"demo_{name}"
                for name in ("big", "fail", "pay", "say", "sleep", "wipe", "write_note")
            ],
        )
        say = {"name": "demo_say", "arguments": {"text": "hé\n"}}
        answer = pipe.request("tools/call", say, own)
        self.assertEqual(json.loads(text(answer)), {"text": "hé\n"})
        self.assertFalse(answer["result"]["isError"])
        if revision >= "2025-06-18":
            self.assertEqual(answer["result"]["structuredContent"], {"text": "hé\n"})
        bad = pipe.request("tools/call", {"name": "demo_say", "arguments": {"txt": 1}}, own)
        self.assertTrue(bad["result"]["isError"])
        self.assertIn("/txt", text(bad))
        self.assertNotIn("structuredContent", bad["result"])
        self.assertEqual(
            bad["result"]["_meta"]["dev.rig/error"]["type"],
            "validation_failed",
        )
        unknown = pipe.request("tools/call", {"name": "demo_nothing"}, own)
        self.assertEqual(unknown["error"]["code"], -32602)
        denied = pipe.request("tools/call", {"name": "demo_wipe"}, own)
        self.assertIn("POLICY_DENIED", text(denied))
        waiting = pipe.request("tools/call", PAY, own)
        self.assertIn("APPROVAL_REQUIRED", text(waiting))
        self.assertEqual(pipe.request("no/such", revision=own)["error"]["code"], -32601)
        sleep = {"name": "demo_sleep", "arguments": {"seconds": 0.2, "progress": True}}
        pipe.request("tools/call", sleep, own, progressToken="p-1")
        progress = [m["params"] for m in pipe.seen if m.get("method") == "notifications/progress"]
        self.assertGreaterEqual(len(progress), 3)
        self.assertEqual({p["progressToken"] for p in progress}, {"p-1"})
        values = [p["progress"] for p in progress]
        self.assertEqual(values, sorted(set(values)))

    def test_revisions_with_a_handshake(self):
        for revision in BY_HANDSHAKE:
            with self.subTest(revision), self.bench.serve() as pipe:
                hello = pipe.shake_hands(revision)
                self.assertEqual(hello["protocolVersion"], revision)
                self.assertEqual(pipe.request("ping")["result"], {})
                self.run_session(pipe, revision)
                self.assertEqual(pipe.end(), 0)
                self.validate(pipe, revision)

    def test_self_contained_requests(self):
        with self.bench.serve() as pipe:
            found = pipe.request("server/discover", revision=MODERN)["result"]
            self.assertEqual(found["supportedVersions"][0], MODERN)
            self.run_session(pipe, MODERN)
            for method in ("initialized", "ping", "logging/setLevel", "resources/subscribe"):
                answer = pipe.request(method, revision=MODERN)
                self.assertEqual(answer["error"]["code"], -32601, method)
            listen = pipe.start(
                "subscriptions/listen", {"notifications": {"toolsListChanged": True}}, MODERN
            )
            acknowledged = pipe.next()
            self.assertEqual(
                acknowledged["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"], listen
            )
            pipe.process.stdin.close()
            self.assertEqual(pipe.answer(listen)["result"]["resultType"], "complete")
            self.assertEqual(pipe.end(), 0)
            self.validate(pipe, MODERN)

    def test_the_era_is_settled_for_each_request(self):
        with self.bench.serve() as pipe:
            pipe.request("server/discover", revision=MODERN)
            self.assertEqual(pipe.shake_hands("1999-01-01")["protocolVersion"], "2025-11-25")
            self.assertNotIn("resultType", pipe.request("tools/list")["result"])
            self.assertIn("resultType", pipe.request("tools/list", revision=MODERN)["result"])

    def test_the_ladder_of_self_contained_requests(self):
        key = "io.modelcontextprotocol/"
        whole = {key + "protocolVersion": MODERN, key + "clientCapabilities": {}}
        cases = [
            ({}, -32602),
            ({key + "protocolVersion": MODERN}, -32602),
            ({key + "clientCapabilities": {}}, -32602),
            ({**whole, key + "protocolVersion": "1900-01-01"}, -32022),
            ({**whole, key + "protocolVersion": "2025-11-25"}, -32022),
        ]
        with self.bench.serve() as pipe:
            for meta, code in cases:
                answer = pipe.request("server/discover", {"_meta": meta})
                self.assertEqual(answer["error"]["code"], code, meta)
            self.assertEqual(answer["error"]["data"]["requested"], "2025-11-25")

    def test_batches_are_of_one_revision(self):
        batch = [
            {"jsonrpc": "2.0", "id": "a", "method": "ping"},
            {"jsonrpc": "2.0", "method": "notifications/initialized"},
            {"jsonrpc": "2.0", "id": "b", "method": "tools/call", "params": PAY},
        ]
        for revision in BY_HANDSHAKE:
            with self.subTest(revision), self.bench.serve() as pipe:
                pipe.shake_hands(revision)
                pipe.write(json.dumps(batch).encode() + b"\n")
                if revision == "2025-03-26":
                    self.assertEqual({one["id"] for one in pipe.next()}, {"a", "b"})
                elif revision == "2025-11-25":
                    self.assertEqual(pipe.next()["error"]["code"], -32600)
                self.assertEqual(pipe.request("ping")["result"], {})

    def test_ids_come_back_as_they_were(self):
        with self.bench.serve() as pipe:
            for id in ("1", 1, -5, 2**62, "ü\u0007", ""):
                pipe.send({"jsonrpc": "2.0", "id": id, "method": "ping"})
                self.assertEqual(pipe.next()["id"], id)
            for id in (None, 1.5, [], {}, True):
                pipe.send({"jsonrpc": "2.0", "id": id, "method": "ping"})
                answer = pipe.next()
                self.assertEqual(answer["error"]["code"], -32600, id)
                self.assertNotIn("id", answer)

    def test_bad_input_is_answered_by_type(self):
        with self.bench.serve() as pipe:
            cases = [
                (b"garbage\n", -32700),
                (b'{"jsonrpc":"2.0","id":1,"method":"ping"\n', -32700),
                (b'\xff\xfe{"a"}\n', -32700),
                (b'"ping"\n', -32600),
                (b"17\n", -32600),
                (b"{}\n", -32600),
                (b'{"jsonrpc":"1.0","id":1,"method":"ping"}\n', -32600),
                (b'{"jsonrpc":"2.0","id":1,"method":5}\n', -32600),
                (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}\n', -32600),
                (b'{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}\n', -32700),
                (b'{"jsonrpc":"2.0","id":1,"method":"tools/call"}\n', -32602),
                (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":5}}\n', -32602),
                (b'{"jsonrpc":"2.0","id":1,"method":"initialize"}\n', -32602),
                (
                    b'{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"x"}}\n',
                    -32602,
                ),
                (b"[" * 5000 + b"\n", -32600),
                (b'{"a":' * 5000 + b"\n", -32700),
            ]
            for line, code in cases:
                pipe.write(line)
                self.assertEqual(pipe.next()["error"]["code"], code, line[:80])
            # Answers to what was never asked, and notifications of every kind, are not answered.
            pipe.write(b'{"jsonrpc":"2.0","id":"rig-9","result":{}}\n')
            pipe.write(b'{"jsonrpc":"2.0","id":7,"error":{"code":1,"message":"x"}}\n')
            pipe.write(b'{"jsonrpc":"2.0","method":"notifications/what"}\n\n  \r\n')
            pipe.write(
                b'{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":99}}\n'
            )
            self.assertEqual(pipe.request("ping")["result"], {})
            self.assertEqual(pipe.end(), 0)

    def test_a_line_of_20_megabytes_is_refused_and_forgotten(self):
        with self.bench.serve() as pipe:
            pipe.write(b'{"jsonrpc":"2.0","id":1,"method":"ping","x":"')
            for _ in range(20):
                pipe.write(b"x" * (1 << 20))
            pipe.write(b'"}\n')
            self.assertEqual(pipe.next()["error"]["code"], -32600)
            self.assertEqual(pipe.request("ping")["result"], {})
            status = read(f"/proc/{pipe.process.pid}/status")
            resident = int(re.search(r"VmRSS:\s+(\d+)", status).group(1))
            self.assertLess(resident, 60_000, "memory of the long line was kept")

    def test_the_end_of_input_cuts_no_answers(self):
        ask = {"jsonrpc": "2.0", "method": "tools/list"}
        lines = [json.dumps(ask | {"id": number}) for number in range(600)]
        process = subprocess.Popen(
            self.bench.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        with process:
            process.stdin.write("".join(line + "\n" for line in lines).encode())
            process.stdin.close()
            # Longer than calls have, while the answers wait behind a full pipe.
            time.sleep(1.5)
            answers = [json.loads(line) for line in process.stdout]
        self.assertEqual({answer["id"] for answer in answers}, set(range(600)))
        self.assertEqual(process.returncode, 0)

    def test_half_a_message_and_the_end(self):
        with self.bench.serve() as pipe:
            pipe.write(b'{"jsonrpc":"2.0","id":1,"meth')
            pipe.process.stdin.close()
            self.assertEqual(pipe.next()["error"]["code"], -32700)
            self.assertEqual(pipe.end(), 0)

    def test_a_message_without_the_end_of_its_line(self):
        with self.bench.serve() as pipe:
            pipe.write(b'{"jsonrpc":"2.0","id":1,"method":"ping"}')
            pipe.process.stdin.close()
            self.assertEqual(pipe.next(), {"jsonrpc": "2.0", "id": 1, "result": {}})

    def test_two_handshakes(self):
        with self.bench.serve() as pipe:
            self.assertEqual(pipe.shake_hands("2025-06-18")["protocolVersion"], "2025-06-18")
            self.assertEqual(pipe.shake_hands("2024-11-05")["protocolVersion"], "2024-11-05")

    def test_a_cancelled_call_is_not_answered(self):
        with self.bench.serve() as pipe:
            pipe.shake_hands()
            self.assertFalse(
                pipe.request("tools/call", {"name": "demo_say", "arguments": {"text": "x"}})[
                    "result"
                ]["isError"]
            )
            slow = pipe.start("tools/call", {"name": "demo_sleep", "arguments": {"seconds": 60}})
            self.assertEqual(pipe.request("ping")["result"], {})
            pipe.send(
                {
                    "jsonrpc": "2.0",
                    "method": "notifications/cancelled",
                    "params": {"requestId": slow, "reason": "test"},
                }
            )
            # The worker is free again: a cancelled call holds nothing.
            for _ in range(3):
                pipe.request("tools/call", {"name": "demo_say", "arguments": {"text": "x"}})
            pipe.end()
            self.assertNotIn(slow, [m.get("id") for m in pipe.seen])
        rows = self.bench.rig("audit", "query", "--json").stdout
        self.assertIn("cancelled", rows)

    def test_an_id_in_use_is_refused(self):
        with self.bench.serve() as pipe:
            call = {
                "jsonrpc": "2.0",
                "id": 1,
                "method": "tools/call",
                "params": {"name": "demo_sleep", "arguments": {"seconds": 0.3}},
            }
            pipe.send(call)
            pipe.send(call)
            self.assertEqual(pipe.next()["error"]["code"], -32600)
            self.assertEqual(pipe.next()["result"]["structuredContent"], {"slept_seconds": 0.3})

    def test_fifty_calls_at_once(self):
        with self.bench.serve() as pipe:
            pipe.shake_hands()
            ids = {
                pipe.start("tools/call", {"name": "demo_say", "arguments": {"text": str(n)}}): str(
                    n
                )
                for n in range(50)
            }
            for id, said in ids.items():
                self.assertEqual(pipe.answer(id)["result"]["structuredContent"], {"text": said})

    def test_a_changed_config_changes_the_list_and_tells_of_it(self):
        with Workbench() as bench, bench.serve() as pipe:
            pipe.shake_hands()
            listen = pipe.start(
                "subscriptions/listen", {"notifications": {"toolsListChanged": True}}, MODERN
            )
            say = {"name": "demo_say", "arguments": {"text": "x"}}
            pipe.request("tools/call", say)
            slow = pipe.start("tools/call", {"name": "demo_sleep", "arguments": {"seconds": 1}})
            text = bench.config.read_text()
            bench.config.write_text(text.replace("as: demo", "as: other"))
            told = []
            while len(told) < 2:
                message = pipe.next()
                if message.get("method") == "notifications/tools/list_changed":
                    told.append(message.get("params", {}).get("_meta"))
            self.assertIn({"io.modelcontextprotocol/subscriptionId": listen}, told)
            names = [tool["name"] for tool in pipe.request("tools/list")["result"]["tools"]]
            self.assertIn("other_say", names)
            # What had begun ends on what it began on.
            self.assertFalse(pipe.answer(slow)["result"]["isError"])
            say["name"] = "other_say"
            self.assertFalse(pipe.request("tools/call", say)["result"]["isError"])
            say["name"] = "demo_say"
            self.assertEqual(pipe.request("tools/call", say)["error"]["code"], -32602)

    def test_a_list_is_there_before_its_packs(self):
        with Workbench() as bench:
            # An interpreter that cannot be found: nothing will ever serve these tools.
            text = bench.config.read_text()
            bench.config.write_text(text + 'runners:\n  python: {url: "spawn:/nonexistent"}\n')
            with bench.serve(env={}) as pipe:
                names = [tool["name"] for tool in pipe.request("tools/list")["result"]["tools"]]
                self.assertIn("demo_say", names)
                answer = pipe.request("tools/call", {"name": "demo_say"})
                self.assertTrue(answer["result"]["isError"])
                self.assertIn("/nonexistent", answer["result"]["content"][0]["text"])

    def test_it_works_with_an_empty_path_and_from_anywhere(self):
        with Workbench() as bench, bench.serve(cwd="/", env={"PATH": ""}) as pipe:
            say = {"name": "demo_say", "arguments": {"text": "x"}}
            answer = pipe.request("tools/call", say)
            self.assertEqual(answer["result"]["structuredContent"], {"text": "x"}, answer)

    def test_no_process_is_left_at_the_end_of_input(self):
        pipe = self.bench.serve()
        pipe.request("tools/call", {"name": "demo_say", "arguments": {"text": "x"}})
        children = descendants(pipe.process.pid)
        self.assertTrue(children)
        pipe.start("tools/call", {"name": "demo_sleep", "arguments": {"seconds": 60}})
        self.assertEqual(pipe.end(), 0)
        self.assertEqual([pid for pid in children if is_alive(pid)], [])


def read(path):
    with open(path) as file:
        return file.read()


def descendants(pid):
    found = []
    for task in os.listdir(f"/proc/{pid}/task"):
        for child in read(f"/proc/{pid}/task/{task}/children").split():
            found += [int(child), *descendants(int(child))]
    return found


def is_alive(pid):
    try:
        return ") Z" not in read(f"/proc/{pid}/stat")
    except (FileNotFoundError, ProcessLookupError):
        return False


if __name__ == "__main__":
    unittest.main()
