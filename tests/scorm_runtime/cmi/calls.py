"""Call sequences drawn from a data model's table: valid, nearly valid and hostile."""

from collections.abc import Iterable
from itertools import product

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from scorm_runtime.cmi.scorm12 import Api
from scorm_runtime.cmi.table import Element, Table

Call = tuple[str, ...]
COMPARED = settings(
    max_examples=80,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""The page outlives an example: each makes a model of its own in it."""
LONGEST = 60
METHODS = {
    "LMSInitialize": "initialize",
    "LMSFinish": "finish",
    "LMSCommit": "commit",
    "LMSGetValue": "get_value",
    "LMSSetValue": "set_value",
    "LMSGetErrorString": "error_string",
}
VALUES = {
    "cmi.core.student_id": "s1",
    "cmi.objectives.0.id": "first",
    "cmi.suspend_data": "a|b",
}
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
MARKS = st.sampled_from(["", "", "x"])


def answers(calls: list[Call]) -> list[list[str]]:
    """What the server's model answers to one SCO, and the error code after each call."""
    api = Api(VALUES)
    return [[getattr(api, METHODS[name])(*given), api.last_error] for name, *given in calls]


def indexed(name: str) -> list[str]:
    """A name with indices for each `n`: most are the first of their collection."""
    parts = [["0", "0", "1", "2"] if part == "n" else [part] for part in name.split(".")]
    return [".".join(each) for each in product(*parts)]


def names_of(names: Iterable[str]) -> st.SearchStrategy[str]:
    """One of the names, with indices."""
    return st.sampled_from([each for name in names for each in indexed(name)])


def bounds(*limits: float | None) -> list[str]:
    """Numbers at the limits that a type has, and beyond them on either side."""
    known = [each for each in limits if each is not None]
    return [f"{each + step:g}" for each in known for step in (0, -0.5, 0.5)]


def call(name: str, *arguments: st.SearchStrategy[str]) -> st.SearchStrategy[Call]:
    """A call of this name."""
    return st.tuples(st.just(name), *arguments)


def many(call: st.SearchStrategy[Call], longest: int) -> st.SearchStrategy[list[Call]]:
    """So many calls, with long sequences as likely as short ones."""
    lists = [st.lists(call, min_size=length, max_size=length) for length in range(longest + 1)]
    return st.integers(0, longest).flatmap(lists.__getitem__)


def sequences(table: Table) -> st.SearchStrategy[list[Call]]:
    """One SCO's calls: mostly between LMSInitialize and LMSFinish."""
    call = _calls(table)
    begin = st.sampled_from([*[[("LMSInitialize", "")]] * 5, []])
    return st.tuples(begin, many(call, LONGEST), call).map(
        lambda drawn: [*drawn[0], *drawn[1], ("LMSFinish", ""), drawn[2]]
    )


def _calls(table: Table) -> st.SearchStrategy[Call]:
    names, values = _names(table), _values(table)
    return st.one_of(
        *[call("LMSSetValue", names, values)] * 8,
        *[st.sampled_from([each for one in table.elements for each in _fitting(table, one)])] * 4,
        *[call("LMSGetValue", names)] * 6,
        call("LMSGetErrorString", st.sampled_from(CODES)),
        call("LMSInitialize", MARKS) | call("LMSCommit", MARKS),
    )


def _names(table: Table) -> st.SearchStrategy[str]:
    suffixes = ["._count", "._children", "._version"]
    keywords = [parent + suffix for parent in sorted(table.parents) for suffix in suffixes]
    elements = names_of(each.name for each in table.elements)
    rare = names_of(keywords), names_of(table.keywords), st.sampled_from(ODD_NAMES)
    return st.one_of(*[elements] * 7, *rare)


def _values(table: Table) -> st.SearchStrategy[str]:
    words = [word for kind in table.types.values() for word in kind.vocabulary or ()]
    usual = st.sampled_from([*words, "75", "00:01:02.5", "12:30:00", "objective-1", "0", "100"])
    return st.one_of(usual, st.sampled_from(ODD_VALUES))


def _fitting(table: Table, element: Element) -> Iterable[Call]:
    """The element set to what its types are about."""
    kinds = [table.types[name] for name in element.types]
    words = [word for kind in kinds for word in kind.vocabulary or ()]
    edges = [edge for kind in kinds for edge in bounds(kind.minimum, kind.maximum)]
    return product(["LMSSetValue"], indexed(element.name), words + edges or ["a"])
