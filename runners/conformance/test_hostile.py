"""Packs that do everything wrong: the runner says so and does not fall over with them."""

import unittest

from runners import for_each_runner


@for_each_runner
class Hostile:
    def greet(self, name, **limits):
        child = self.start(**limits)
        child.hello(self.runner.fixture(name))
        return child, child.receive()

    def described(self, name, **limits):
        child, ready = self.greet(name, **limits)
        self.assertNotIn("error", ready)
        child.send(type="describe")
        return child, child.receive()

    def test_failing_import_is_told_and_ends_with_1(self):
        child, ready = self.greet("crash-on-import")
        self.assertEqual(ready["error"]["type"], "tool_error")
        self.assertRegex(ready["error"]["message"], r"Error: this pack never loads")
        self.assertNotIn("pack", ready)
        self.assert_ends(child, 1, "this pack never loads")

    def test_exit_during_import_is_silent_and_seen_by_its_status(self):
        child, ready = self.greet("exit-on-import")
        self.assertIsNone(ready)
        self.assert_ends(child, 7)

    def test_module_without_the_functions_is_no_pack(self):
        child, ready = self.greet("no-functions")
        self.assertRegex(ready["error"]["message"], r"has no function \w*metadata\(\)")
        self.assert_ends(child, 1)

    def test_missing_entry_is_told(self):
        child = self.start()
        root, _ = self.runner.fixture("probe")
        child.hello((root, "no_such_thing"))
        self.assertIn("no_such_thing", child.receive()["error"]["message"])
        self.assert_ends(child, 1)

    def test_failing_describe_is_told_and_the_worker_lives(self):
        child, tools = self.described("crash-on-describe")
        self.assertIn("no tools today", tools["error"]["message"])
        self.assert_fails(child.call(1, "go"), "tool_error", "no tools today")

    def test_bad_tooldef_is_named(self):
        _, tools = self.described("bad-tooldef")
        self.assertRegex(tools["error"]["message"], r"tool 'go': risk is missing")

    def test_tool_list_over_the_cap_is_told(self):
        _, tools = self.described("many-tools")
        self.assertEqual(tools["error"]["type"], "payload_too_large")

    def test_bad_schema_is_left_to_the_sidecar(self):
        child, tools = self.described("bad-schema")
        self.assertEqual(tools["tools"][0]["input_schema"]["properties"], 7)
        self.assertTrue(child.call(1, "go")["ok"])

    def test_printing_at_any_time_leaves_the_frames_whole(self):
        child, tools = self.described("prints")
        self.assertIn("tools", tools)
        self.assertEqual(child.call(1, "go")["output"], {"printed": True})
        child.send(type="shutdown")
        _, out, err = child.end()
        self.assertIn("imported", out)
        self.assertIn("x" * 100000, out)
        self.assertIn("described", err)

    def test_log_flood_keeps_its_order(self):
        child, _ = self.greet("log-flood")
        self.assertTrue(child.call(1, "go")["ok"])
        self.assertEqual(len(child.others), 200000)
        self.assertEqual(child.others[-1]["done"], 99999)

    def test_abort_in_a_call_kills_by_signal(self):
        child, _ = self.greet("crash-in-call")
        child.invoke(1, "go")
        self.assertIsNone(child.receive())
        status, _, _ = child.end()
        self.assertLess(status, 0)


if __name__ == "__main__":
    unittest.main()
