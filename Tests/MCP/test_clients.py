"""One scenario, walked through by every real client."""

import contextlib
import json
import pathlib
import unittest

import anyio

from . import clients
from .workbench import Workbench

MORE = "mcp:\n  host_approves: [write]\n"
PAY = {"to": "Ada", "amount": 5, "currency": "EUR"}


class ScenarioTests(unittest.TestCase):
    """Over stdio; the HTTP one has another target."""

    @contextlib.contextmanager
    def target(self, bench):
        yield clients.Target(command=bench.command)

    def each(self, scenario, on_form=None):
        for name, (connect, revision) in clients.CLIENTS.items():
            with (
                self.subTest(client=name),
                Workbench(MORE) as bench,
                self.target(bench) as target,
            ):

                async def go(bench=bench, connect=connect, revision=revision, target=target):
                    with anyio.fail_after(60):
                        async with connect(target, on_form) as client:
                            if revision and client.revision:
                                self.assertEqual(client.revision, revision)
                            await scenario(client, bench)

                clients.run(go)

    def test_list_and_call(self):
        async def scenario(client, _bench):
            names = await client.list()
            self.assertIn("demo_say", names)
            self.assertEqual(names, sorted(names))
            result = await client.call("demo_say", {"text": "hé", "repeat": 2})
            self.assertFalse(result.is_error)
            self.assertEqual(result.structured, {"text": "héhé"})
            self.assertEqual(json.loads(result.text), {"text": "héhé"})
            self.assertIn("dev.rig/correlationId", result.meta)

        self.each(scenario)

    def test_what_goes_wrong_is_said_in_full(self):
        async def scenario(client, _bench):
            await client.list()
            result = await client.call("demo_say", {"text": 1})
            self.assertTrue(result.is_error)
            self.assertIn("/text", result.text)
            result = await client.call("demo_fail", {"type": "upstream_error", "message": "late"})
            self.assertTrue(result.is_error)
            self.assertIn("late", result.text)
            self.assertIsNone(result.structured)
            with self.assertRaises(clients.UnknownTool) as caught:
                await client.call("demo_nothing", {})
            self.assertEqual(caught.exception.args, (-32602,))

        self.each(scenario)

    def test_an_approval_from_outside_lets_the_same_call_run_once(self):
        async def scenario(client, bench):
            result = await client.call("demo_pay", PAY)
            self.assertTrue(result.is_error)
            approval = result.meta["dev.rig/error"]["approval"]
            self.assertIn(f"rig approve {approval['approval_id']}", result.text)
            await anyio.to_thread.run_sync(bench.rig, "approve", approval["approval_id"])
            result = await client.call("demo_pay", PAY)
            self.assertFalse(result.is_error, result.text)
            self.assertEqual(result.structured["amount"], 5)
            result = await client.call("demo_pay", PAY)
            self.assertIn("APPROVAL_REQUIRED", result.text)

        self.each(scenario)

    def test_a_denial_stands(self):
        async def scenario(client, bench):
            result = await client.call("demo_pay", PAY)
            approval = result.meta["dev.rig/error"]["approval"]["approval_id"]
            await anyio.to_thread.run_sync(bench.rig, "deny", approval)
            result = await client.call("demo_pay", PAY)
            self.assertEqual(result.meta["dev.rig/error"]["details"], {"reason": "denied"})

        self.each(scenario)

    def test_the_hosts_user_approves_in_a_form_what_the_operator_allows(self):
        asked = []

        def approve(message):
            asked.append(message)
            return "accept", {"decision": "once", "note": "fine"}

        async def scenario(client, bench):
            asked.clear()
            note = {"title": "a", "text": "b"}
            result = await client.call("demo_write_note", note)
            self.assertFalse(result.is_error, result.text)
            self.assertEqual(len(asked), 1)
            self.assertIn("write by demo.write_note", asked[0])
            # Money is not for a host to approve, whatever its form would say.
            result = await client.call("demo_pay", PAY)
            self.assertIn("APPROVAL_REQUIRED", result.text)
            self.assertEqual(len(asked), 1)
            rows = await anyio.to_thread.run_sync(bench.rig, "audit", "query", "--json")
            self.assertRegex(rows.stdout, "approved by mcp:(mcp|agent): fine")

        self.each(scenario, approve)

    def test_a_form_that_is_not_accepted_approves_nothing(self):
        answers = []

        def answer(_message):
            return answers[-1]

        async def scenario(client, bench):
            cases = [
                (("cancel", None), "APPROVAL_REQUIRED"),
                (("accept", {"decision": "deny"}), "denied"),
            ]
            for number, (form, word) in enumerate(cases):
                answers.append(form)
                note = {"title": f"n{number}", "text": "b"}
                with anyio.move_on_after(15):
                    # A client of the newest era asks again after a cancel, and gives up some time.
                    try:
                        result = await client.call("demo_write_note", note)
                    except Exception as error:
                        self.assertEqual(form[0], "cancel", error)
                    else:
                        self.assertTrue(result.is_error)
                        self.assertIn(word, result.text)
            notes = list(pathlib.Path(bench.folder).rglob("n*.txt"))
            self.assertEqual(notes, [])

        self.each(scenario, answer)

    def test_progress_grows(self):
        async def scenario(client, _bench):
            seen = []

            async def progress(done, total, _message):
                seen.append((done, total))

            await client.call("demo_sleep", {"seconds": 0.5, "progress": True}, progress)
            self.assertGreaterEqual(len(seen), 3)
            self.assertEqual([done for done, _ in seen], sorted({done for done, _ in seen}))

        self.each(scenario)

    def test_a_call_that_is_given_up_frees_its_worker(self):
        async def scenario(client, _bench):
            await client.call("demo_say", {"text": "warm"})
            with anyio.move_on_after(0.3):
                await client.call("demo_sleep", {"seconds": 60})
            result = await client.call("demo_say", {"text": "after"})
            self.assertEqual(result.structured, {"text": "after"})

        self.each(scenario)

    def test_fifty_calls_at_once(self):
        async def scenario(client, _bench):
            results = {}

            async def one(number):
                results[number] = await client.call("demo_say", {"text": str(number)})

            async with anyio.create_task_group() as group:
                for number in range(50):
                    group.start_soon(one, number)
            for number, result in results.items():
                self.assertEqual(result.structured, {"text": str(number)})

        self.each(scenario)


class HTTPScenarioTests(ScenarioTests):
    """The same, over HTTP."""

    @contextlib.contextmanager
    def target(self, bench):
        with bench.serve_http() as (url, token):
            yield clients.Target(url=url, headers={"Authorization": f"Bearer {token}"})


if __name__ == "__main__":
    unittest.main()
