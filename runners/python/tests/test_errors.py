import unittest

from rig_runner import ToolError
from rig_runner.errors import MESSAGE_CHARS_MAX, claim_of, from_claim, from_exception


class Claims(unittest.TestCase):
    def test_wrong_parts_fall_away(self):
        claim = {
            "type": "tool_error",
            "message": "m",
            "retryable": "yes",
            "code": "has spaces",
            "remediation": 7,
            "details": "scalar",
            "approval": {"approval_id": "x"},
        }
        self.assertEqual(
            from_claim(claim),
            {"type": "tool_error", "message": "m", "details": {"value": "scalar"}},
        )

    def test_retryable_counts_only_where_it_is_the_packs_word(self):
        self.assertTrue(from_claim({"type": "upstream_error", "retryable": True})["retryable"])
        self.assertNotIn("retryable", from_claim({"type": "cancelled", "retryable": True}))

    def test_type_of_the_gateway_becomes_a_code(self):
        for kind in ("approval_required", "policy_denied", "internal", "tool_not_found"):
            error = from_claim({"type": kind, "message": "m"})
            self.assertEqual((error["type"], error["code"]), ("tool_error", kind))

    def test_unhashable_type_is_a_tool_error(self):
        self.assertEqual(from_claim({"type": ["x"], "message": "m"})["type"], "tool_error")

    def test_what_rtp_demands_is_filled_in(self):
        self.assertTrue(from_claim({"type": "unknown_outcome"})["remediation"])
        limited = from_claim({"type": "rate_limited", "details": {"retry_after_ms": 5, "x": 1}})
        self.assertEqual(limited["details"], {"retry_after_ms": 5, "x": 1})
        limited = from_claim({"type": "rate_limited", "details": {"retry_after_ms": True}})
        self.assertEqual(limited["details"], {"retry_after_ms": 1000})
        for details in (None, [], {}, [{"pointer": ""}], [1]):
            error = from_claim({"type": "validation_failed", "message": "m", "details": details})
            self.assertEqual(error["details"][0]["message"], "m")

    def test_tool_error_carries_a_claim(self):
        claim = claim_of(ToolError("timeout", "slow", retryable=True))
        self.assertEqual(
            from_claim(claim), {"type": "timeout", "message": "slow", "retryable": True}
        )

    def test_attribute_that_is_no_dict_is_no_claim(self):
        problem = ValueError("v")
        problem.rig_error = "timeout"
        self.assertIsNone(claim_of(problem))


class Exceptions(unittest.TestCase):
    def test_class_and_text(self):
        self.assertEqual(from_exception(KeyError("k"))["message"], "KeyError: 'k'")
        self.assertEqual(from_exception(ValueError())["message"], "ValueError")

    def test_long_text_is_cut(self):
        message = from_exception(ValueError("x" * 10000))["message"]
        self.assertEqual(len(message), MESSAGE_CHARS_MAX)

    def test_exception_whose_text_fails_is_still_told(self):
        class Broken(Exception):
            def __str__(self):
                raise RuntimeError

        self.assertEqual(from_exception(Broken())["message"], "Broken")


if __name__ == "__main__":
    unittest.main()
