import glob
import json
import os
import unittest

from rig_runner.schema import compile as compile_schema
from rig_runner.schema_patterns import searcher

ROOT = os.path.abspath(__file__).rsplit("/runners/", 1)[0]
CORPORA = os.environ.get("RIG_CORPORA") or os.path.join(ROOT, "..", "shared", "corpora")
SUITE = os.path.join(CORPORA, "JSON-Schema-Test-Suite", "tests", "draft2020-12")
# Files of the suite whose keywords the subset knows wholly: every verdict must be right.
WHOLE = [
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "oneOf",
    "prefixItems",
    "properties",
    "propertyNames",
    "required",
    "type",
    "uniqueItems",
    "dependentRequired",
    "not",
]


class Keywords(unittest.TestCase):
    def test_violation_names_place_keyword_and_rule(self):
        check = compile_schema(
            {
                "properties": {"a/b": {"type": "array", "items": {"$ref": "#/$defs/n"}}},
                "$defs": {"n": {"minimum": 3}},
            }
        )
        self.assertIsNone(check({"a/b": [3, 4]}))
        self.assertEqual(
            check({"a/b": [3, 2]}),
            {
                "pointer": "/a~1b/1",
                "keyword": "minimum",
                "schema_pointer": "/$defs/n/minimum",
                "message": "must be at least 3",
            },
        )

    def test_true_is_not_one(self):
        self.assertIsNotNone(compile_schema({"const": 1})(True))
        self.assertIsNotNone(compile_schema({"type": "integer"})(True))
        self.assertIsNotNone(compile_schema({"enum": [[1]]})([True]))
        self.assertIsNone(compile_schema({"enum": [1.0]})(1))

    def test_circular_reference_ends(self):
        tree = {"properties": {"kids": {"items": {"$ref": "#"}}}, "required": ["kids"]}
        check = compile_schema(tree)
        self.assertIsNone(check({"kids": [{"kids": []}]}))
        self.assertEqual(check({"kids": [{"kids": [{}]}]})["pointer"], "/kids/0/kids/0")
        self.assertIsNone(compile_schema({"$ref": "#"})(1))

    def test_unknown_keyword_never_refuses_not_even_under_not(self):
        for schema in (
            {"contains": {"const": 1}},
            {"not": {"contains": {"const": 1}}},
            {"not": {"format": "email"}},
            {"if": {"unevaluatedItems": False}, "then": False},
            {"oneOf": [{"minContains": 1}, {"minContains": 2}]},
            {"$ref": "https://example.com/other"},
            {"$ref": "#anchor"},
            {"pattern": "\\p{L}"},
            {"not": {"pattern": "\\p{L}"}},
        ):
            with self.subTest(schema):
                self.assertIsNone(compile_schema(schema)(["a"]))
                self.assertIsNone(compile_schema(schema)("a"))

    def test_keyword_of_the_wrong_kind_is_let_pass(self):
        for schema in (
            {"type": "thing"},
            {"properties": 7},
            {"required": "a"},
            {"items": 1},
            {"minimum": "3"},
            {"anyOf": {}},
            {"pattern": "("},
            7,
        ):
            with self.subTest(schema):
                self.assertIsNone(compile_schema(schema)({"a": 1}))


class Patterns(unittest.TestCase):
    def test_dollar_means_the_very_end(self):
        self.assertIsNone(searcher("^a$")("a\n"))

    def test_digits_and_words_are_ascii(self):
        self.assertIsNone(searcher("\\d")("٣"))
        self.assertIsNone(searcher("\\w")("é"))
        self.assertIsNotNone(searcher("[\\d]")("3"))
        self.assertIsNotNone(searcher("\\D")("é"))

    def test_dot_is_no_line_end(self):
        self.assertIsNone(searcher("a.b")("a\u2028b"))

    def test_foreign_constructs_are_not_understood(self):
        for text in ("\\p{L}", "(?<name>a)", "\\bword\\b", "[]", "[^]", "\\cJ", "(?i)a", "a\\", 7):
            with self.subTest(text):
                self.assertIsNone(searcher(text))


@unittest.skipUnless(os.path.isdir(SUITE), "corpora not found: JSON-Schema-Test-Suite")
class Suite(unittest.TestCase):
    def cases(self):
        for path in sorted(glob.glob(os.path.join(SUITE, "*.json"))):
            with open(path, encoding="utf-8") as file:
                groups = json.load(file)
            for group in groups:
                check = compile_schema(group["schema"])
                for test in group["tests"]:
                    yield os.path.basename(path)[:-5], group, test, check(test["data"])

    def test_nothing_valid_is_refused(self):
        for name, group, test, found in self.cases():
            # A metaschema of one's own may switch keywords off; the sidecar refuses such a one.
            if test["valid"] and name != "vocabulary":
                with self.subTest(f"{name}: {group['description']}: {test['description']}"):
                    self.assertIsNone(found)

    def test_keywords_of_the_subset_refuse_what_they_must(self):
        missed = 0
        for name, group, test, found in self.cases():
            if name in WHOLE and not test["valid"]:
                with self.subTest(f"{name}: {group['description']}: {test['description']}"):
                    if "unevaluated" in json.dumps(group["schema"]):
                        continue
                    self.assertIsNotNone(found)
                    missed += 1
        self.assertGreater(missed, 250)


if __name__ == "__main__":
    unittest.main()
