"""A pack: imported, described, its tools ready to be called."""

import sys
from os.path import isdir, join

from . import schema, tooldef
from .errors import clip


class PackError(Exception):
    """The pack cannot be used; the text says what it must change."""


class Tool:
    """One tool: its implementation, the check of its arguments, and what calls taught."""

    __slots__ = ("name", "impl", "check", "slow", "quick")

    def __init__(self, name, impl, check):
        self.name = name
        self.impl = impl
        self.check = check
        self.slow = False  # True: calls get a thread of their own (crew.py)
        self.quick = 0  # calls in a row that would not have needed one


def add_to_path(root):
    """After the standard library, so that no file of a pack can stand in for it."""
    for folder in (root, join(root, "src")):
        if isdir(folder) and folder not in sys.path:
            sys.path.append(folder)


def load(root, entry):
    """Imports `module` or `module:object` and returns what carries the three functions."""
    add_to_path(root)
    module_name, _, path = entry.partition(":")
    try:
        __import__(module_name)
        found = sys.modules[module_name]
        for name in path.split(".") if path else ():
            found = getattr(found, name)
    except BaseException as problem:  # SystemExit at import is a broken pack, not a wish
        sys.__excepthook__(type(problem), problem, problem.__traceback__)
        raise PackError(f"import of {entry} failed: {_said(problem)}") from problem
    for name in ("rig_pack_metadata", "rig_tools", "rig_impls"):
        if not callable(getattr(found, name, None)):
            raise PackError(f"{entry} has no function {name}()")
    return found


def metadata(module):
    """What the pack says of itself, checked."""
    said = _ask(module, "rig_pack_metadata")
    problem = tooldef.metadata_problem(said)
    if problem:
        raise PackError(f"rig_pack_metadata(): {problem}")
    return said


def describe(module):
    """The list of ToolDefs and a table of callable tools. Raises PackError."""
    defs = _ask(module, "rig_tools")
    impls = _ask(module, "rig_impls")
    if not isinstance(defs, (list, tuple)):
        raise PackError(f"rig_tools() returned {type(defs).__name__}, not a list")
    if not isinstance(impls, dict):
        raise PackError(f"rig_impls() returned {type(impls).__name__}, not a dict")
    tools = {}
    for index, definition in enumerate(defs):
        problem = tooldef.problem(definition)
        if problem:
            name = definition.get("name") if isinstance(definition, dict) else None
            what = f"tool {name!r}" if isinstance(name, str) else f"tool number {index}"
            raise PackError(f"{what}: {problem}")
        name = definition["name"]
        if name in tools:
            raise PackError(f"tool {name!r} is declared twice")
        impl = impls.get(name)
        if not callable(impl):
            raise PackError(f"tool {name!r} has no callable in rig_impls()")
        tools[name] = Tool(name, impl, schema.compile(definition["input_schema"]))
    for name in impls:
        if name not in tools:
            raise PackError(f"rig_impls() has {name!r}, which rig_tools() does not declare")
    return list(defs), tools


def _ask(module, function):
    try:
        return getattr(module, function)()
    except BaseException as problem:
        sys.__excepthook__(type(problem), problem, problem.__traceback__)
        raise PackError(f"{function}() failed: {_said(problem)}") from problem


def _said(problem):
    try:
        text = str(problem)
    except Exception:
        text = ""
    name = type(problem).__name__
    return clip(f"{name}: {text}" if text else name)
