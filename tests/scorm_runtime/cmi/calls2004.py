"""Call sequences drawn from SCORM 2004's table: valid, nearly valid and hostile."""

import random
from collections.abc import Iterator

from scorm_runtime.cmi.scorm2004_table import Table

ODD_NAMES = [
    "", "cmi", "cmi.", ".", "cmi.foo", "xyz", "_children", "_count", "_version", "cmi._count",
    "cmi.score._count", "cmi.score._version", "cmi.exit._children", "cmi.objectives.n.id",
    "cmi.objectives.00.id", "cmi.objectives.-1.id", "cmi.objectives.9999999999.id", "constructor",
    "cmi.interactions.0", "cmi.interactions.0.objectives", "cmi.objectives.0._children",
    "cmi.interactions.3.objectives._count", "cmi.__proto__", "cmi.exit ", "adl.nav",
    "adl.data.7.id",
    "adl.nav.request_valid.choice.{target=one}", "adl.nav.request_valid.choice.{target=}",
    "adl.nav.request_valid.jump.{target=two}", "adl.nav.request_valid.choice.{target=zzz}",
    "adl.nav.request_valid.choice", "cmi.interactions.000.id", "cmi.interactions.0._version",
]  # fmt: skip
ODD_VALUES = [
    "", " ", "0", "-0", "1", "1.0", "01.00", "0.5", ".50", "5.", "-1", "1e3", "NaN", "-1.0001",
    "true", "false", "a", "b", "a[,]b", "b[,]a", "a[,]a", "a[,]", "[,]", "a[.]1", "a[.]1[,]b[.]2",
    "b[.]2[,]a[.]1", "1[:]2", "2[:]1", "[:]", "[:]3", "1.50[:]1.5", "{lang=en}hi", "{lang=zz-x}hi",
    "{lang=", "{lang=}x", "{case_matters=true}{order_matters=false}x[,]y", "{lang=i-klingon}a",
    "{order_matters=maybe}a", "{case_matters=true}{case_matters=true}a", "step[.]answer[,][.]b",
    "urn:x", "urn:ISBN:1", "URN:isbn:0", "a b", "\u00e9", "\U0001f600", "1[,]1.0", "10[,]9",
    "PT1H", "P1Y2M3DT4H5M6.78S", "P", "PT", "PT1.123S", "2026-11-21T09:00:00.00Z", "2026", "1969",
    "{target=one}choice", "{target=one}jump", "{target=}choice", "continue", "_none_", "suspendAll",
    "en", "en-GB", "zz", "x-a", "x" * 4001, "x" * 64001, "line\nbreak", "\u0000", "not attempted",
]  # fmt: skip
CODES = ["0", "101", "301", "408", "999", "", "constructor"]


def sequence(table: Table, drawn: random.Random, length: int) -> Iterator[list[str]]:
    """One SCO's calls: mostly between Initialize and Terminate."""
    if drawn.random() < 0.9:
        yield ["Initialize", ""]
    for _ in range(length):
        yield _call(table, drawn)
    yield ["Terminate", drawn.choice(["", "", "x"])]
    for _ in range(3):
        yield _call(table, drawn)
    yield ["Terminate", ""]


def _call(table: Table, drawn: random.Random) -> list[str]:
    kind = drawn.random()
    if kind < 0.65:
        return ["SetValue", _name(table, drawn), _value(table, drawn)]
    if kind < 0.92:
        return ["GetValue", _name(table, drawn)]
    if kind < 0.97:
        return [drawn.choice(["GetErrorString", "GetDiagnostic"]), drawn.choice(CODES)]
    return [drawn.choice(["Initialize", "Commit"]), drawn.choice(["", "", "x"])]


def _name(table: Table, drawn: random.Random) -> str:
    kind = drawn.random()
    if kind < 0.08:
        return drawn.choice(ODD_NAMES)
    if kind < 0.14:
        return _indexed(drawn.choice(list(table.keywords)), drawn)
    if kind < 0.2:
        suffix = drawn.choice(["._count", "._children", "._version"])
        return _indexed(drawn.choice(sorted(table.parents)) + suffix, drawn)
    if kind < 0.6:
        records = [each.name for each in table.elements if ".n." in each.name]
        return _indexed(drawn.choice([*records, *["cmi.interactions.n.id"] * 5]), drawn)
    return _indexed(drawn.choice(table.elements).name, drawn)


def _indexed(name: str, drawn: random.Random) -> str:
    parts = name.replace("{target}", "{target=one}").split(".")
    return ".".join(str(drawn.choice([0, 0, 0, 1, 1, 2])) if p == "n" else p for p in parts)


def _value(table: Table, drawn: random.Random) -> str:
    if drawn.random() < 0.55:
        return drawn.choice(ODD_VALUES)
    words = [word for kind in table.types.values() for word in kind.vocabulary or ()]
    return drawn.choice([*words, "0.75", "PT2M", "objective-1", "objective-2", "0", "100"])
