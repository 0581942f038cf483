"""Hello, ready, describe, shutdown, and what ends a worker."""

import json
import unittest

from runners import for_each_runner


@for_each_runner
class Life:
    def test_ready_names_protocol_runtime_and_pack(self):
        self.probe()
        ready = self.ready
        self.assertEqual(next(iter(ready)), "type")
        self.assertEqual(ready["protocol"], 1)
        self.assertEqual(ready["runtime"]["name"], self.runner.name)
        self.assertRegex(ready["runtime"]["version"], r"^\d+\.\d+\.\d+")
        self.assertEqual(ready["pack"], {"name": "rig-pack-probe", "version": "2.3.4"})

    def test_describe_gives_metadata_and_tools_and_can_be_repeated(self):
        child = self.probe()
        for _ in range(2):
            child.send(type="describe")
            tools = child.receive()
            self.assertEqual(list(tools), ["type", "metadata", "tools"])
            self.assertEqual(tools["metadata"]["rsp"], "1.0")
            self.assertIn("context", [tool["name"] for tool in tools["tools"]])

    def test_a_prepared_worker_answers_as_any_other(self):
        child = self.start()
        child.hello(self.runner.echo, prepare=True)
        self.assertNotIn("error", child.receive())
        result = child.call(1, "say", {"text": "hello"})
        self.assertEqual(result["output"], {"text": "hello"})
        child.send(type="describe")
        self.assertIn("say", [tool["name"] for tool in child.receive()["tools"]])

    def test_preparing_asks_the_pack_for_its_tools_and_tells_when_it_has_none(self):
        child = self.start()
        child.hello(self.runner.fixture("crash-on-describe"), prepare=True)
        ready = child.receive()
        self.assertEqual(ready["type"], "ready")
        self.assertIn("no tools today", ready["error"]["message"])
        self.assert_ends(child, 1)

    def test_shutdown_ends_with_0(self):
        child = self.probe()
        child.send(type="shutdown")
        self.assert_ends(child, 0)

    def test_end_of_file_ends_with_0(self):
        for greeted in (False, True):
            with self.subTest(greeted=greeted):
                child = self.probe() if greeted else self.start()
                child.hang_up()
                self.assert_ends(child, 0)

    def test_end_of_file_ends_a_worker_whose_call_runs(self):
        child = self.probe()
        child.invoke(1, "hold")
        child.hang_up()
        self.assert_ends(child, 0)

    def test_end_of_file_in_a_frame_is_a_protocol_error(self):
        for part in (b"\x05", b"\x05\0\0\0", b"\x05\0\0\0{}"):
            with self.subTest(part=part):
                child = self.probe()
                child.send_bytes(part)
                child.hang_up()
                self.assert_ends(child, 2, "protocol error")

    def test_sidecar_garbage_ends_the_worker_with_2(self):
        bodies = {
            "no JSON": b"{oops",
            "empty": b"",
            "no object": b"[1]",
            "null": b"null",
            "no type": b"{}",
            "unknown type": b'{"type":"dance"}',
            "not UTF-8": b'{"type":"desc\xff"}',
            "a second hello": b'{"type":"hello"}',
            "cancel without id": b'{"type":"cancel"}',
            "invoke without args": b'{"type":"invoke","id":1,"tool":"hold","ctx":{}}',
            "invoke with a text id": b'{"type":"invoke","id":"1","tool":"hold","ctx":{},"args":{}}',
            "args is a list": b'{"type":"invoke","id":1,"tool":"hold","ctx":{},"args":[]}',
            "more after the value": b'{"type":"describe"} {}',
        }
        for name, body in bodies.items():
            with self.subTest(name):
                child = self.probe()
                child.send_text(body)
                self.assert_ends(child, 2, "protocol error")

    def test_first_message_must_be_hello(self):
        child = self.start()
        child.send(type="describe")
        self.assert_ends(child, 2, "protocol error")

    def test_incomplete_hello_is_a_protocol_error(self):
        child = self.start()
        child.send(type="hello", protocol=1, pack={"root": "/x"}, limits={}, work_dir="/tmp")
        self.assert_ends(child, 2, "protocol error")

    def test_frame_over_the_cap_ends_the_worker_before_it_is_read(self):
        child = self.probe(frame_bytes=20000)
        child.send_bytes((20001).to_bytes(4, "little"))
        self.assert_ends(child, 2, "20001")

    def test_id_in_use_is_a_protocol_error(self):
        child = self.probe()
        child.invoke(1, "hold")
        child.invoke(1, "hold")
        self.assert_ends(child, 2, "protocol error")

    def test_unknown_protocol_version_is_answered_then_ends(self):
        child = self.start()
        child.hello(self.runner.fixture("probe"), protocol=2)
        ready = child.receive()
        self.assertIn("protocol 1, not 2", ready["error"]["message"])
        self.assert_ends(child, 1)

    def test_messages_sent_before_ready_are_answered_in_order(self):
        child = self.start()
        child.hello(self.runner.fixture("probe"))
        child.send(type="describe")
        child.invoke(1, "strict", {"n/m": [1]})
        types = [child.receive()["type"] for _ in range(3)]
        self.assertEqual(types, ["ready", "tools", "result"])

    def test_invoke_without_describe_works(self):
        child = self.probe()
        self.assertTrue(child.call(1, "strict", {"n/m": [1]})["ok"])

    def test_frames_in_pieces_and_in_heaps_are_understood(self):
        child = self.probe(concurrency=20)
        frames = b""
        for id in range(1, 21):
            ctx = {"correlation_id": "c", "tenant_id": "t", "actor_id": "a", "attempt": 1}
            message = {"type": "invoke", "id": id, "tool": "strict", "ctx": ctx}
            body = json.dumps({**message, "args": {"n/m": [id]}}).encode()
            frames += len(body).to_bytes(4, "little") + body
        for cut in range(40):
            child.send_bytes(frames[cut : cut + 1])
        child.send_bytes(frames[40:])
        outputs = [child.receive()["output"] for _ in range(20)]
        self.assertEqual(outputs, [{"n/m": [id]} for id in range(1, 21)])

    def test_members_of_later_versions_are_ignored(self):
        child = self.start()
        child.hello(self.runner.fixture("probe"), later={"a": [1]})
        self.assertNotIn("error", child.receive())
        child.send(type="describe", later=1)
        self.assertIn("tools", child.receive())
        ctx = {"correlation_id": "c", "later": True}
        child.send(type="invoke", id=1, later=0, tool="strict", ctx=ctx, args={"n/m": []})
        self.assertTrue(child.receive()["ok"])

    def test_frame_larger_than_a_pipe_arrives_whole(self):
        child = self.probe()
        text = "漢" * 300000
        child.invoke(1, "say_async", {"text": text[:90000]}, idempotency_key=text)
        self.assertEqual(child.answer(1)["output"]["text"], text[:90000])


if __name__ == "__main__":
    unittest.main()
