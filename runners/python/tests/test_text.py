import unittest

from rig_runner.text import TextError, decode, encode


class Decode(unittest.TestCase):
    def test_what_is_not_strict_json_is_refused(self):
        bad = [
            b"",
            b" ",
            b"{",
            b'{"a":1,"a":2}',
            b'{"a":{"b":1,"\\u0062":2}}',
            b"[NaN]",
            b"[Infinity]",
            b"[-Infinity]",
            b"[1e999]",
            b"[01]",
            b"['a']",
            b'["\t"]',
            b'["\xff"]',
            b'["\xed\xa0\x80"]',
            b"[1] 2",
            b"[1,]",
            b"[" * 100000,
            b'"' + b"a" * 100,
            b"1" * 5000 if _limits_digits() else b"tru",
        ]
        for text in bad:
            with self.subTest(text[:40]), self.assertRaises(TextError):
                decode(text)

    def test_what_is_json_keeps_its_value(self):
        self.assertEqual(
            decode(b'{"a":[1,2.5,true,null,"\\u00e9"]} '), {"a": [1, 2.5, True, None, "é"]}
        )
        self.assertEqual(decode(b"[9007199254740993]"), [9007199254740993])
        self.assertIs(type(decode(b"1.0")), float)


class Encode(unittest.TestCase):
    def test_text_is_compact_and_not_escaped(self):
        self.assertEqual(encode({"a": ["é", 1, 0.5, None, True]}), '{"a":["é",1,0.5,null,true]}')

    def test_what_has_no_json_form_is_refused(self):
        circle = []
        circle.append(circle)
        deep = []
        for _ in range(100000):
            deep = [deep]
        for value in (float("nan"), float("inf"), {1, 2}, object(), {(1,): 2}, b"x", circle, deep):
            with self.subTest(type(value)), self.assertRaises(TextError):
                encode(value)

    def test_a_failed_text_leaves_nothing_behind(self):
        shared = {"a": 1}
        with self.assertRaises(TextError):
            encode([shared, object()])
        self.assertEqual(encode([shared, shared]), '[{"a":1},{"a":1}]')


def _limits_digits():
    import sys

    return hasattr(sys, "get_int_max_str_digits")


if __name__ == "__main__":
    unittest.main()
