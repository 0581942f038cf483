"""The golden vectors against the schema files, from Python's side.

Two judges: the `jsonschema` package, an implementation that shares no code with RIG, and the small
validator that the Python runner carries. Both must give every vector its verdict, and the first
must also find the violation at the place that the vector names.

    python3 spec/vectors/check_python.py
"""

import json
import pathlib
import re
import sys
import unittest

try:
    import jsonschema
    import referencing
except ImportError:  # A judge that is not installed is skipped by name, never silently.
    jsonschema = None

VECTORS = pathlib.Path(__file__).resolve().parent
ROOT = VECTORS.parent.parent
SCHEMAS = ROOT / "spec" / "rtp"
RUNNER = ROOT / "runners" / "python" / "rig_runner" / "schema.py"
KINDS = ("tool-definition", "tool-result", "tool-error", "approval-required")


def schema_of(kind):
    return json.loads((SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8"))


def vectors_of(kind):
    for path in sorted((VECTORS / kind).glob("*/*.json")):
        yield f"{kind}/{path.parent.name}/{path.name}", json.loads(path.read_text(encoding="utf-8"))


def bundled(kind):
    """The schema with its siblings moved into $defs, for a validator that reads one file."""

    def moved(node, home):
        if isinstance(node, list):
            return [moved(item, home) for item in node]
        if not isinstance(node, dict):
            return node
        node = {key: moved(item, home) for key, item in node.items()}
        target = node.get("$ref")
        if isinstance(target, str):
            file, _, fragment = target.partition("#")
            start = f"#/$defs/{file.removesuffix('.schema.json')}" if file else home
            node["$ref"] = start + fragment
        return node

    whole = moved(schema_of(kind), "#")
    siblings = {other: moved(schema_of(other), f"#/$defs/{other}") for other in KINDS}
    for sibling in siblings.values():
        del sibling["$schema"], sibling["$id"]
    whole["$defs"] = {**whole.get("$defs", {}), **siblings}
    return whole


def ecma_pattern(validator, pattern, instance, schema):
    """Python's `$` also matches before a last newline; JSON Schema's does not."""
    very_end = re.sub(r"(?<!\\)\$$", r"\\Z", pattern)
    if validator.is_type(instance, "string") and not re.search(very_end, instance):
        yield jsonschema.ValidationError(f"{instance!r} does not match {pattern!r}")


def pointer_of(path):
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


class Vectors(unittest.TestCase):
    def test_there_are_vectors_of_both_verdicts_for_every_kind(self):
        for kind in KINDS:
            verdicts = [vector["verdict"] for _, vector in vectors_of(kind)]
            self.assertIn("valid", verdicts, kind)
            self.assertIn("invalid", verdicts, kind)

    def test_a_vectors_verdict_agrees_with_its_folder(self):
        for kind in KINDS:
            for name, vector in vectors_of(kind):
                self.assertEqual(vector["verdict"], name.split("/")[1], name)

    def test_every_error_type_has_a_valid_vector_and_a_row_in_the_map(self):
        types = schema_of("tool-error")["properties"]["type"]["enum"]
        valid = {v["value"]["type"] for _, v in vectors_of("tool-error") if v["verdict"] == "valid"}
        table = json.loads((VECTORS / "error-map.json").read_text(encoding="utf-8"))
        self.assertEqual(sorted(types), sorted(valid))
        self.assertEqual(types, list(table))


@unittest.skipIf(jsonschema is None, "the package jsonschema is not installed")
class IndependentValidator(unittest.TestCase):
    def setUp(self):
        registry = referencing.Registry().with_resources(
            (schema["$id"], referencing.Resource.from_contents(schema))
            for schema in map(schema_of, KINDS)
        )
        judge = jsonschema.validators.extend(
            jsonschema.Draft202012Validator, {"pattern": ecma_pattern}
        )
        self.judges = {kind: judge(schema_of(kind), registry=registry) for kind in KINDS}

    def violations(self, kind, value):
        """Pairs of keyword and place. A member that should not be there is its own place."""
        found = set()
        for error in self.judges[kind].iter_errors(value):
            path = list(error.absolute_path)
            keyword = error.absolute_schema_path[-1]
            if "propertyNames" in list(error.absolute_schema_path)[-2:]:
                found.add(("propertyNames", pointer_of([*path, error.instance])))
            elif keyword == "additionalProperties":
                for name in error.instance.keys() - error.schema["properties"].keys():
                    found.add((keyword, pointer_of([*path, name])))
            else:
                found.add((keyword, pointer_of(path)))
        return found

    def test_the_schema_files_are_valid_schemas(self):
        for kind in KINDS:
            jsonschema.Draft202012Validator.check_schema(schema_of(kind))

    def test_every_vector_gets_its_verdict_at_the_place_it_names(self):
        for kind in KINDS:
            for name, vector in vectors_of(kind):
                with self.subTest(name):
                    found = self.violations(kind, vector["value"])
                    if vector["verdict"] == "valid":
                        self.assertEqual(found, set())
                    else:
                        self.assertIn((vector["keyword"], vector["pointer"]), found)

    def test_every_invalid_vector_breaks_one_thing_only(self):
        # A vector with two faults could be refused for the other one. An `if` that depends on a
        # broken member adds consequences of the same fault, so places are compared, not counts.
        for kind in KINDS:
            for name, vector in vectors_of(kind):
                with self.subTest(name):
                    places = {place for _, place in self.violations(kind, vector["value"])}
                    self.assertLessEqual(len(places), 1)


@unittest.skipUnless(RUNNER.exists(), "the Python runner has no validator here")
class RunnersValidator(unittest.TestCase):
    def setUp(self):
        sys.path.insert(0, str(RUNNER.parent.parent))
        self.addCleanup(sys.path.remove, str(RUNNER.parent.parent))

    def test_every_vector_gets_its_verdict_at_the_place_it_names(self):
        from rig_runner.schema import compile as compile_schema

        for kind in KINDS:
            first_violation = compile_schema(bundled(kind))
            for name, vector in vectors_of(kind):
                with self.subTest(name):
                    found = first_violation(vector["value"])
                    if vector["verdict"] == "valid":
                        self.assertIsNone(found)
                        continue
                    self.assertIsNotNone(found)
                    self.assertEqual(found["pointer"], vector["pointer"])
                    self.assertIn(vector["keyword"], found["schema_pointer"].split("/")[-2:])

    def test_the_handwritten_check_of_definitions_gives_the_same_verdicts(self):
        from rig_runner import tooldef

        for name, vector in vectors_of("tool-definition"):
            with self.subTest(name):
                problem = tooldef.problem(vector["value"])
                self.assertEqual("valid" if problem is None else "invalid", vector["verdict"])


if __name__ == "__main__":
    unittest.main()
