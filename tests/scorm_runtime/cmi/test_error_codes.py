"""Each error code of RTE 1.2 (section 3.3.4), by the calls that must give it."""

import pytest

from scorm_runtime.cmi import SCORM12
from scorm_runtime.cmi.scorm12 import Api

Call = tuple[str, ...]

LONG = "x" * 4097


def run(*calls: Call) -> tuple[str, str]:
    """What the last call returned, and the error code after it."""
    api = Api({"cmi.core.student_id": "s1", "cmi.student_data.mastery_score": "80"})
    answer = ""
    for name, *arguments in calls:
        answer = getattr(api, name)(*arguments)
    return answer, api.last_error


INIT = ("initialize", "")
GIVES = [
    ("0", "true", [INIT]),
    ("0", "not attempted", [INIT, ("get_value", "cmi.core.lesson_status")]),
    ("0", "", [INIT, ("get_value", "cmi.core.score.raw")]),
    ("0", "3.4", [INIT, ("get_value", "cmi._version")]),
    ("0", "true", [INIT, ("set_value", "cmi.core.score.raw", "")]),
    ("0", "true", [INIT, ("set_value", "cmi.core.score.raw", "66.666666666")]),
    ("0", "true", [INIT, ("set_value", "cmi.suspend_data", "x" * 4096)]),
    ("0", "true", [INIT, ("set_value", "cmi.core.exit", "")]),
    ("0", "true", [INIT, ("set_value", "cmi.core.session_time", "0001:62:99.5")]),
    ("0", "true", [INIT, ("commit", "")]),
    ("0", "true", [INIT, ("finish", "")]),
    ("101", "false", [INIT, INIT]),
    ("101", "false", [INIT, ("finish", ""), INIT]),
    ("201", "false", [("initialize", "x")]),
    ("201", "false", [INIT, ("commit", "x")]),
    ("201", "false", [INIT, ("finish", "x")]),
    ("201", "", [INIT, ("get_value", "")]),
    ("201", "false", [INIT, ("set_value", "", "x")]),
    ("201", "", [INIT, ("get_value", "cmi.objectives.0.id")]),
    ("201", "false", [INIT, ("set_value", "cmi.interactions.1.id", "a")]),
    ("201", "false", [INIT, ("set_value", "cmi.interactions.0.objectives.1.id", "a")]),
    ("202", "", [INIT, ("get_value", "cmi.core.student_id._children")]),
    ("203", "", [INIT, ("get_value", "cmi.core._count")]),
    ("203", "", [INIT, ("get_value", "cmi.core.student_id._count")]),
    ("301", "", [("get_value", "cmi.core.student_id")]),
    ("301", "false", [("set_value", "cmi.core.lesson_status", "passed")]),
    ("301", "false", [("commit", "")]),
    ("301", "false", [("finish", "")]),
    ("301", "", [INIT, ("finish", ""), ("get_value", "cmi.core.student_id")]),
    ("401", "", [INIT, ("get_value", "cmi.core.colour")]),
    ("401", "", [INIT, ("get_value", "xyz.score.result")]),
    ("401", "", [INIT, ("get_value", "cmi.core")]),
    ("401", "", [INIT, ("get_value", "cmi.objectives.n.id")]),
    ("401", "false", [INIT, ("set_value", "cmi.objectives.-1.id", "a")]),
    ("401", "false", [INIT, ("set_value", "cmi.core.colour", "red")]),
    ("402", "false", [INIT, ("set_value", "cmi.core._children", "student_id")]),
    ("402", "false", [INIT, ("set_value", "cmi.interactions._count", "1")]),
    ("402", "false", [INIT, ("set_value", "cmi._version", "4")]),
    ("403", "false", [INIT, ("set_value", "cmi.core.student_id", "x")]),
    ("403", "false", [INIT, ("set_value", "cmi.student_data.mastery_score", "1")]),
    ("404", "", [INIT, ("get_value", "cmi.core.exit")]),
    ("404", "", [INIT, ("get_value", "cmi.core.session_time")]),
    ("404", "", [INIT, ("get_value", "cmi.interactions.0.id")]),
    ("405", "false", [INIT, ("set_value", "cmi.core.lesson_status", "not attempted")]),
    ("405", "false", [INIT, ("set_value", "cmi.core.lesson_status", "Passed")]),
    ("405", "false", [INIT, ("set_value", "cmi.core.score.raw", "100.1")]),
    ("405", "false", [INIT, ("set_value", "cmi.core.score.raw", "-1")]),
    ("405", "false", [INIT, ("set_value", "cmi.core.score.raw", "1e1")]),
    ("405", "false", [INIT, ("set_value", "cmi.core.exit", "normal")]),
    ("405", "false", [INIT, ("set_value", "cmi.core.session_time", "1:00:00")]),
    ("405", "false", [INIT, ("set_value", "cmi.core.lesson_location", "x" * 256)]),
    ("405", "false", [INIT, ("set_value", "cmi.suspend_data", LONG)]),
    ("405", "false", [INIT, ("set_value", "cmi.objectives.0.id", "two words")]),
    ("405", "false", [INIT, ("set_value", "cmi.student_preference.audio", "101")]),
    ("405", "false", [INIT, ("set_value", "cmi.interactions.0.time", "24:00:00")]),
    ("405", "false", [INIT, ("set_value", "cmi.interactions.0.type", "essay")]),
    ("405", "false", [INIT, ("set_value", "cmi.interactions.0.result", "right")]),
]


@pytest.mark.parametrize(("code", "answer", "calls"), GIVES)
def test_call_gives_the_code_of_rte_1_2(code: str, answer: str, calls: list[Call]) -> None:
    assert run(*calls) == (answer, code)


def test_every_error_code_is_reached_by_a_case() -> None:
    assert {code for code, _, _ in GIVES} == set(SCORM12.messages)


def test_a_refused_value_leaves_the_element_and_its_collection_alone() -> None:
    api = Api({})
    api.initialize("")
    api.set_value("cmi.objectives.0.id", "two words")
    assert api.get_value("cmi.objectives._count") == "0"


def test_comments_are_appended_up_to_4096_characters() -> None:
    api = Api({})
    api.initialize("")
    api.set_value("cmi.comments", "a" * 4000)
    api.set_value("cmi.comments", "b" * 96)
    assert api.set_value("cmi.comments", "c") == "false"
    assert api.get_value("cmi.comments") == "a" * 4000 + "b" * 96


def test_true_false_and_numeric_interactions_check_the_response() -> None:
    api = Api({})
    api.initialize("")
    api.set_value("cmi.interactions.0.type", "numeric")
    assert api.set_value("cmi.interactions.0.student_response", "four") == "false"
    assert api.set_value("cmi.interactions.0.student_response", "4") == "true"


def test_values_that_were_stored_are_found_again() -> None:
    api = Api({"cmi.objectives.0.id": "o1", "cmi.objectives.1.id": "o2"})
    api.initialize("")
    assert api.get_value("cmi.objectives._count") == "2"
    assert api.get_value("cmi.objectives.1.id") == "o2"
