"""Both echo packs are the same pack: same tools, same answers, and each keeps its word."""

import json
import os
import tempfile
import unittest

from runners import NODE, RUNNERS, RunnerTests, for_each_runner


class EchoCase(RunnerTests):
    def echo(self, folder, **more):
        child = self.start()
        root, entry = self.runner.echo
        child.send(
            type="hello",
            protocol=1,
            pack={"root": root, "entry": entry, "name": "echo"},
            limits={"frame_bytes": 1 << 22, "concurrency": 8},
            work_dir=folder,
            **more,
        )
        self.assertNotIn("error", child.receive())
        return child


@for_each_runner
class Echo:
    echo = EchoCase.echo

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.child = self.echo(self.folder)
        self.child.send(type="describe")
        self.tools = {tool["name"]: tool for tool in self.child.receive()["tools"]}

    def lines(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as file:
            return file.read().splitlines()

    def test_every_tool_has_schemas_risk_and_words_for_a_model(self):
        risks = {name: tool["risk"] for name, tool in self.tools.items()}
        reads = dict.fromkeys(("say", "fail", "sleep", "big"), "read")
        others = {"write_note": "write", "pay": "money", "wipe": "destructive"}
        self.assertEqual(risks, {**reads, **others})
        for name, tool in self.tools.items():
            with self.subTest(name):
                self.assertFalse(tool["input_schema"]["additionalProperties"])
                self.assertIn("output_schema", tool)
                for said in tool["input_schema"]["properties"].values():
                    self.assertIn("description", said)

    def test_every_example_is_true(self):
        id = 0
        for name, tool in self.tools.items():
            for example in tool.get("examples", []):
                id += 1
                with self.subTest(name, args=example["args"]), tempfile.TemporaryDirectory() as dir:
                    child = self.echo(dir)
                    result = child.call(id, name, example["args"])
                    self.assertEqual(result.get("output"), example["output"])

    def test_every_type_of_failure_is_what_it_says(self):
        types = self.tools["fail"]["input_schema"]["properties"]["type"]["enum"]
        own = ("approval_required", "exception", "output_invalid", "no_json", "exit")
        for id, type in enumerate(types, 1):
            if type in own or type in ("crash", "hang"):
                continue
            with self.subTest(type):
                args = {"type": type, "message": "m", "code": "c", "details": {"a": 1}}
                error = self.assert_fails(self.child.call(id, "fail", args), type)
                self.assertEqual((error["message"], error["code"]), ("m", "c"))

    def test_failures_that_are_no_error_types(self):
        call = self.child.call
        error = self.assert_fails(call(1, "fail", {"type": "approval_required"}), "tool_error")
        self.assertEqual(error["code"], "approval_required")
        error = self.assert_fails(call(2, "fail", {"type": "exception"}), "tool_error")
        self.assertRegex(error["message"], r"^(Runtime)?Error: failed as asked$")
        self.assertEqual(call(3, "fail", {"type": "output_invalid"})["output"].get("never"), None)
        self.assert_fails(call(4, "fail", {"type": "no_json"}), "tool_error")

    def test_crash_ends_the_worker_without_an_answer(self):
        self.child.invoke(1, "fail", {"type": "crash"})
        self.assertIsNone(self.child.receive())

    def test_sleep_tells_its_progress_and_can_be_cancelled(self):
        self.child.call(1, "sleep", {"seconds": 0.01, "progress": True})
        self.assertEqual([frame["done"] for frame in self.child.others], list(range(11)))
        self.child.invoke(2, "sleep", {"seconds": 300})
        self.child.send(type="cancel", id=2)
        self.assert_fails(self.child.answer(2), "cancelled")

    def test_notes_are_never_overwritten(self):
        files = []
        for id, text in enumerate(("one", "zweite ü"), 1):
            output = self.child.call(id, "write_note", {"title": "my note", "text": text})["output"]
            self.assertEqual(output["bytes"], len(text.encode()))
            files.append(output["file"])
        self.assertEqual(files, ["my note.txt", "my note 2.txt"])
        self.assertEqual([self.lines(file) for file in files], [["one"], ["zweite ü"]])

    def test_title_cannot_leave_the_folder(self):
        for id, title in enumerate(("../x", "/etc/x", "a/b", ".", "x\n"), 1):
            with self.subTest(title):
                result = self.child.call(id, "write_note", {"title": title, "text": ""})
                self.assert_fails(result, "validation_failed")

    def test_each_payment_is_one_line_of_the_ledger(self):
        payment = {"to": "Ada", "amount": 1250, "currency": "EUR"}
        for number in (1, 2, 3):
            output = self.child.call(number, "pay", payment)["output"]
            self.assertEqual(output, {"payment": number, **payment})
        self.assertEqual([json.loads(line) for line in self.lines("ledger.jsonl")], [payment] * 3)

    def test_amount_is_whole_cents_above_zero(self):
        for id, amount in enumerate((0, -1, 1.5, "1", True), 1):
            with self.subTest(amount=amount):
                args = {"to": "Ada", "amount": amount, "currency": "EUR"}
                self.assert_fails(self.child.call(id, "pay", args), "validation_failed")
        self.assertEqual(os.listdir(self.folder), [])

    def test_wipe_deletes_notes_and_ledger_only(self):
        self.child.call(1, "write_note", {"title": "n", "text": "t"})
        self.child.call(2, "pay", {"to": "Ada", "amount": 1, "currency": "EUR"})
        with open(os.path.join(self.folder, "other.bin"), "wb"):
            pass
        self.assertEqual(self.child.call(3, "wipe")["output"], {"deleted": 2})
        self.assertEqual(os.listdir(self.folder), ["other.bin"])

    def test_granted_data_folder_is_used(self):
        with tempfile.TemporaryDirectory() as data:
            child = self.echo(self.folder, data_dir=data)
            child.call(1, "write_note", {"title": "n", "text": "t"})
            self.assertEqual((os.listdir(data), os.listdir(self.folder)), (["n.txt"], []))


@unittest.skipIf(NODE is None, "node is not installed")
class BothEchoPacksTests(RunnerTests):
    def test_tool_lists_are_the_same_byte_for_byte(self):
        lists = []
        for self.runner in RUNNERS:
            child = self.start(self.runner.echo)
            child.send(type="describe")
            lists.append(child.receive()["tools"])
        python, node = (json.dumps(tools, sort_keys=True, ensure_ascii=False) for tools in lists)
        self.assertEqual(python, node)


del EchoCase

if __name__ == "__main__":
    unittest.main()
