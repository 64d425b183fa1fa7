"""Call sequences drawn from SCORM 2004's table: valid, nearly valid and hostile."""

from collections.abc import Iterable
from itertools import product

from hypothesis import strategies as st

from scorm_runtime.cmi.scorm2004 import Api
from scorm_runtime.cmi.scorm2004_model import Access, DataModel
from scorm_runtime.cmi.scorm2004_table import Edition, Element, Table, table
from scorm_runtime.cmi.scorm2004_tracking import set_valid_requests
from scorm_runtime.sequencing import Entry, ValidRequests
from tests.scorm_runtime.cmi.calls import MARKS, Call, bounds, call, indexed, many, names_of

LONGEST = 80
METHODS = {
    "Initialize": "initialize",
    "Terminate": "terminate",
    "Commit": "commit",
    "GetValue": "get_value",
    "SetValue": "set_value",
    "GetErrorString": "get_error_string",
    "GetDiagnostic": "get_diagnostic",
    "GetLastError": "get_last_error",
}
VALUES = {
    "cmi.entry": "resume",
    "cmi.learner_id": "s1",
    "cmi.learner_name": "Doe, Jane",
    "cmi.launch_data": "x=1",
    "cmi.scaled_passing_score": "0.5",
    "cmi.completion_threshold": "0.75",
    "cmi.objectives.0.id": "first",
    "cmi.objectives.0.success_status": "passed",
    "cmi.suspend_data": "a|b",
    "adl.data.0.id": "store-1",
    "adl.data.0.store": "kept",
    "adl.data.1.id": "store-2",
    "adl.data.2.id": "store-3",
}
ACCESS: dict[str, Access] = {"adl.data.1.store": "ro", "adl.data.2.store": "wo"}
VALID = ValidRequests(
    continue_=True,
    previous=False,
    contents=(
        Entry("one", "One", 1, visible=True, choice=True, jump=True),
        Entry("two", "Two", 1, visible=True, choice=False, jump=True),
    ),
)
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


def answers(edition: Edition, calls: list[Call]) -> list[list[str]]:
    """What the server's model answers to one SCO, and the error code after each call."""
    model = DataModel(table(edition), VALUES, ACCESS)
    set_valid_requests(model, VALID)
    api = Api(model)
    return [[getattr(api, METHODS[name])(*given), api.last_error] for name, *given in calls]


def sequences(table: Table) -> st.SearchStrategy[list[Call]]:
    """One SCO's calls: mostly between Initialize and Terminate."""
    call = _calls(table)
    begin = st.sampled_from([*[[("Initialize", "")]] * 5, []])
    return st.tuples(begin, many(call, LONGEST), MARKS, st.lists(call, max_size=6)).map(
        lambda drawn: [*drawn[0], *drawn[1], ("Terminate", drawn[2]), *drawn[3], ("Terminate", "")]
    )


def _calls(table: Table) -> st.SearchStrategy[Call]:
    names, values, codes = _names(table), _values(table), st.sampled_from(CODES)
    return st.one_of(
        *[call("SetValue", names, values)] * 8,
        *[st.sampled_from([each for one in table.elements for each in _fitting(table, one)])] * 5,
        *[call("GetValue", names)] * 5,
        call("GetErrorString", codes) | call("GetDiagnostic", codes),
        call("Initialize", MARKS) | call("Commit", MARKS),
    )


def _names(table: Table) -> st.SearchStrategy[str]:
    suffixes = ["._count", "._children", "._version"]
    keywords = [parent + suffix for parent in sorted(table.parents) for suffix in suffixes]
    elements = names_of(_one_target(each) for each in table.elements)
    records = [each.name for each in table.elements if ".n." in each.name]
    often = names_of([*records, *["cmi.interactions.n.id"] * 9]), elements
    rare = names_of(keywords), names_of(table.keywords), st.sampled_from(ODD_NAMES)
    return st.one_of(*often * 5, *rare)


def _values(table: Table) -> st.SearchStrategy[str]:
    words = [word for kind in table.types.values() for word in kind.vocabulary or ()]
    usual = st.sampled_from([*words, "0.75", "PT2M", "objective-1", "objective-2", "0", "100"])
    return st.one_of(usual, st.sampled_from(ODD_VALUES))


def _fitting(table: Table, element: Element) -> Iterable[Call]:
    """The element set to what its types are about."""
    names = (*element.types, *(name for each in element.by_type.values() for name in each.types))
    kinds = [table.types[name] for name in names]
    words = [word for kind in kinds for word in kind.vocabulary or ()]
    edges = [edge for kind in kinds for edge in bounds(kind.minimum, kind.maximum)]
    return product(["SetValue"], indexed(_one_target(element)), words + edges or ["a", "b"])


def _one_target(element: Element) -> str:
    return element.name.replace("{target}", "{target=one}")
