"""Call sequences drawn from a data model's table: valid, nearly valid and hostile."""

import random
from collections.abc import Iterator

from scorm_runtime.cmi import Table

ODD_NAMES = [
    "", "cmi", "cmi.", ".", "cmi.core", "cmi.foo", "xyz.score", "_children", "_count", "cmi._count",
    "cmi.core._count", "cmi.core._version", "cmi.core.student_id._children", "cmi.objectives.n.id",
    "cmi.objectives.00.id", "cmi.objectives.-1.id", "cmi.objectives.9999999999.id",
    "cmi.interactions.0", "cmi.interactions.0.objectives", "cmi.objectives.0._children",
    "cmi.interactions.3.objectives._count", "constructor", "cmi.__proto__", "cmi.core.student_id ",
]  # fmt: skip
ODD_VALUES = [
    "", " ", "0", "-0", "100", "100.0001", "-1", ".5", "5.", "1e3", "NaN", "Infinity", "\u0663",
    "00:00:00", "23:59:59.99", "24:00:00", "9999:99:99.99", "00:00:00.123", "a b", "a\u00a0b",
    "\u00e9t\u00e9", "\U0001f600", "x" * 255, "x" * 256, "\U0001f600" * 255, "\U0001f600" * 256,
    "x" * 4096, "x" * 4097, "line\nbreak", "tab\there", "\u0000", "not attempted", "true", "t",
    "\ufeff",
]  # fmt: skip
CODES = ["0", "101", "201", "405", "999", "", "constructor"]


def sequence(table: Table, random: random.Random, length: int) -> Iterator[list[str]]:
    """One SCO's calls: mostly between LMSInitialize and LMSFinish."""
    if random.random() < 0.9:
        yield ["LMSInitialize", ""]
    for _ in range(length):
        yield _call(table, random)
    yield ["LMSFinish", ""]
    yield _call(table, random)


def _call(table: Table, random: random.Random) -> list[str]:
    kind = random.random()
    if kind < 0.6:
        return ["LMSSetValue", _name(table, random), _value(table, random)]
    if kind < 0.9:
        return ["LMSGetValue", _name(table, random)]
    if kind < 0.96:
        return ["LMSGetErrorString", random.choice(CODES)]
    return [random.choice(["LMSInitialize", "LMSCommit"]), random.choice(["", "", "x"])]


def _name(table: Table, random: random.Random) -> str:
    kind = random.random()
    if kind < 0.1:
        return random.choice(ODD_NAMES)
    if kind < 0.2:
        return _indexed(random.choice(list(table.keywords)), random)
    if kind < 0.3:
        suffix = random.choice(["._count", "._children", "._version"])
        return _indexed(random.choice(sorted(table.parents)) + suffix, random)
    return _indexed(random.choice(table.elements).name, random)


def _indexed(name: str, random: random.Random) -> str:
    parts = name.split(".")
    return ".".join(str(random.choice([0, 0, 0, 1, 1, 2])) if p == "n" else p for p in parts)


def _value(table: Table, random: random.Random) -> str:
    if random.random() < 0.4:
        return random.choice(ODD_VALUES)
    words = [word for kind in table.types.values() for word in kind.vocabulary or ()]
    return random.choice([*words, "75", "00:01:02.5", "12:30:00", "objective-1", "0", "100"])
