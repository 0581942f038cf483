"""Invoke, cancel, progress, log, errors, limits."""

import unittest

from runners import for_each_runner


@for_each_runner
class Calls:
    def test_context_carries_what_invoke_and_hello_said(self):
        child = self.start()
        child.hello(self.runner.fixture("probe"), data_dir="/data", workspace_dir="/ws")
        child.receive()
        sent = {
            "correlation_id": "cor",
            "tenant_id": "ten",
            "actor_id": "act",
            "attempt": 2,
            "deadline_ms": 1234,
            "idempotency_key": "key",
            "approval_id": "app",
            "secrets": {"token": "s3cret"},
        }
        got = child.call(1, "context", **sent)["output"]
        folders = {"work_dir": "/tmp", "data_dir": "/data", "workspace_dir": "/ws"}
        self.assertEqual(got, {**sent, **folders})

    def test_fields_a_call_does_not_have_are_absent(self):
        child = self.probe()
        got = child.call(1, "context")["output"]
        for name in ("idempotency_key", "approval_id", "data_dir", "workspace_dir"):
            self.assertIsNone(got[name])
        self.assertEqual(got["secrets"], {})

    def test_unknown_tool_is_answered(self):
        child = self.probe()
        self.assert_fails(child.call(1, "nope"), "tool_not_found", "nope")
        self.assert_fails(child.call(2, "__proto__"), "tool_not_found")
        self.assert_fails(child.call(3, "constructor"), "tool_not_found")

    def test_arguments_are_checked_once_more(self):
        child = self.probe()
        error = self.assert_fails(child.call(1, "strict", {"n/m": [1, 2.5]}), "validation_failed")
        self.assertEqual(
            error["details"],
            [
                {
                    "pointer": "/n~1m/1",
                    "keyword": "type",
                    "schema_pointer": "/properties/n~1m/items/type",
                    "message": "must be integer",
                }
            ],
        )
        error = self.assert_fails(child.call(2, "strict", {"n/m": [], "x": 1}), "validation_failed")
        self.assertEqual(error["details"][0]["pointer"], "/x")
        self.assertEqual(error["details"][0]["keyword"], "additionalProperties")

    def test_plain_exception_tells_class_and_text_and_keeps_the_traceback_to_stderr(self):
        child = self.probe()
        error = self.assert_fails(child.call(1, "fail", {"how": "plain"}), "tool_error")
        self.assertRegex(error["message"], r"^(ValueError|TypeError): no such thing$")
        self.assertEqual(sorted(error), ["message", "type"])
        child.hang_up()
        self.assertRegex(child.end()[2], r"rig_pack_probe|index\.cjs")

    def test_claimed_error_comes_through_whole(self):
        child = self.probe()
        self.assertEqual(
            child.call(1, "fail", {"how": "claim"})["error"],
            {
                "type": "upstream_error",
                "message": "the API said 503",
                "code": "http_503",
                "retryable": True,
                "details": {"status": 503},
                "remediation": "Try again later.",
            },
        )

    def test_pack_cannot_speak_in_the_gateways_name(self):
        child = self.probe()
        self.assertEqual(
            child.call(1, "fail", {"how": "forged"})["error"],
            {"type": "tool_error", "message": "please approve me", "code": "approval_required"},
        )

    def test_half_a_claim_is_completed(self):
        child = self.probe()
        error = self.assert_fails(child.call(1, "fail", {"how": "bare_claim"}), "rate_limited")
        self.assertEqual(error["details"], {"retry_after_ms": 1000})
        self.assertTrue(error["message"])
        self.assertNotIn("code", error)

    def test_details_without_a_json_form_are_dropped(self):
        child = self.probe()
        self.assertEqual(
            child.call(1, "fail", {"how": "odd_details"})["error"],
            {"type": "tool_error", "message": "details have no JSON form"},
        )

    def test_endless_recursion_fails_the_call_only(self):
        child = self.probe()
        self.assert_fails(child.call(1, "fail", {"how": "deep"}), "tool_error", "Error: ")
        self.assertTrue(child.call(2, "strict", {"n/m": []})["ok"])

    def test_output_without_a_json_form_is_a_tool_error(self):
        child = self.probe()
        for id, what in enumerate(("nan", "no_json", "deep", "circle", "surrogate"), 1):
            with self.subTest(what):
                result = child.call(id, "give", {"what": what})
                self.assert_fails(result, "tool_error", "the tool's output has")

    def test_unicode_comes_through(self):
        child = self.probe()
        output = child.call(1, "give", {"what": "unicode"})["output"]
        self.assertEqual(output, {"text": 'é 漢 😀 \u2028 \x01 "\\'})

    def test_no_output_is_null(self):
        child = self.probe()
        result = child.call(1, "give", {"what": "nothing"})
        self.assertEqual(list(result), ["type", "id", "ok", "output"])
        self.assertIsNone(result["output"])

    def test_output_over_the_cap_is_refused_and_the_worker_lives(self):
        child = self.start(self.runner.echo, frame_bytes=50000)
        error = self.assert_fails(child.call(1, "big", {"bytes": 50000}), "payload_too_large")
        self.assertEqual(error["details"]["bytes_max"], 50000)
        self.assertEqual(len(child.call(2, "big", {"bytes": 49000})["output"]["text"]), 49000)

    def test_output_larger_than_a_pipe_arrives_whole(self):
        child = self.start(self.runner.echo, frame_bytes=8 << 20)
        output = child.call(1, "big", {"bytes": 5_000_000})["output"]
        self.assertEqual(output["text"], "x" * 5_000_000)

    def test_print_goes_to_the_captured_pipes(self):
        child = self.probe()
        self.assertEqual(child.call(1, "show", {"text": "dear log é"})["output"], {"printed": True})
        child.send(type="shutdown")
        _, out, err = child.end()
        self.assertIn("dear log é", out)
        self.assertIn("dear log é", err)

    def test_progress_and_log_come_before_the_result_with_its_id(self):
        child = self.probe()
        child.call(5, "report")
        self.assertEqual(
            [frame for frame in child.others if frame["type"] == "progress"],
            [
                {"type": "progress", "id": 5, "done": 1, "total": 2, "message": "half"},
                {"type": "progress", "id": 5, "done": 2},
            ],
        )
        first, second = (frame for frame in child.others if frame["type"] == "log")
        self.assertEqual((first["id"], first["level"], first["message"]), (5, "info", "begun"))
        self.assertEqual(first["fields"]["steps"], 2)
        self.assertIsInstance(first["fields"]["odd"], str)
        self.assertEqual((second["level"], second["message"]), ("info", "done"))

    def test_progress_after_the_result_is_not_sent(self):
        child = self.probe()
        child.call(1, "late")
        child.call(2, "hold", {"seconds": 0.2})
        self.assertEqual(child.others, [])

    def test_cancel_reaches_every_kind_of_tool(self):
        for tool in ("hold", "spin"):
            with self.subTest(tool):
                child = self.probe()
                child.invoke(1, tool)
                child.send(type="cancel", id=1)
                self.assertEqual(child.answer(1)["output"], {"cancelled": True})

    def test_cancelled_async_call_is_answered_as_cancelled(self):
        child = self.probe()
        child.invoke(1, "hold_async")
        child.send(type="cancel", id=1)
        self.assert_fails(child.answer(1), "cancelled")

    def test_cancel_of_an_unknown_call_is_ignored(self):
        child = self.probe()
        child.send(type="cancel", id=99)
        self.assertTrue(child.call(1, "strict", {"n/m": []})["ok"])
        child.send(type="cancel", id=1)
        self.assertTrue(child.call(2, "strict", {"n/m": []})["ok"])

    def test_cancel_reaches_one_call_of_many(self):
        child = self.probe()
        child.invoke(1, "hold")
        child.invoke(2, "hold")
        child.send(type="cancel", id=2)
        self.assertTrue(child.answer(2)["output"]["cancelled"])
        child.send(type="cancel", id=1)
        self.assertTrue(child.answer(1)["output"]["cancelled"])

    def test_passed_deadline_counts_as_cancelled(self):
        child = self.probe()
        output = child.call(1, "hold", deadline_ms=20)["output"]
        self.assertEqual(output, {"cancelled": True})

    def test_as_many_calls_run_at_once_as_hello_allows(self):
        for tool in ("meet", "meet_async"):
            with self.subTest(tool):
                child = self.probe(concurrency=6)
                for id in range(1, 7):
                    child.invoke(id, tool, {"count": 6})
                outputs = [child.receive()["output"] for _ in range(6)]
                self.assertEqual(outputs, [{"met": True}] * 6)

    def test_quick_calls_go_on_beside_a_slow_one(self):
        child = self.probe(concurrency=2)
        child.invoke(1, "spin")
        for id in range(2, 50):
            self.assertTrue(child.call(id, "strict", {"n/m": [1]})["ok"])
        child.send(type="cancel", id=1)
        self.assertTrue(child.answer(1)["output"]["cancelled"])

    def test_call_beyond_the_concurrency_is_refused_as_overloaded(self):
        child = self.probe(concurrency=1)
        child.invoke(1, "hold")
        self.assert_fails(child.call(2, "strict", {"n/m": []}), "overloaded")
        child.send(type="cancel", id=1)
        child.answer(1)
        self.assertTrue(child.call(3, "strict", {"n/m": []})["ok"])

    def test_async_tools_answer_and_fail(self):
        child = self.probe()
        self.assertEqual(child.call(1, "say_async", {"text": "é"})["output"], {"text": "é"})
        self.assert_fails(child.call(2, "fail_async", {"how": "claim"}), "upstream_error")
        self.assert_fails(child.call(3, "fail_async", {"how": "plain"}), "tool_error", "no such")

    def test_many_calls_in_flight_are_each_answered_once(self):
        child = self.probe(concurrency=1000)
        for id in range(1, 501):
            child.invoke(id, "say_async" if id % 2 else "hold", {"text": "x"} if id % 2 else {})
        for id in range(2, 501, 2):
            child.send(type="cancel", id=id)
        ids = sorted(child.receive()["id"] for _ in range(500))
        self.assertEqual(ids, list(range(1, 501)))


if __name__ == "__main__":
    unittest.main()
