"""SCORM 1.2 interactions as xAPI interaction activities."""

from typing import Any

import pytest

from scorm_runtime.interactions import answered, definition, result


def one(**fields: str) -> dict[str, str]:
    """The values of a first interaction; `patterns` are separated by a bar."""
    patterns = fields.pop("patterns", "")
    values = {f"cmi.interactions.0.{name}": value for name, value in fields.items()}
    for n, pattern in enumerate(patterns.split("|") if patterns else []):
        values[f"cmi.interactions.0.correct_responses.{n}.pattern"] = pattern
    return values


CASES: list[tuple[dict[str, str], list[str], str]] = [
    ({"type": "true-false", "patterns": "t", "student_response": "0"}, ["true"], "false"),
    ({"type": "choice", "patterns": "{a,b}", "student_response": "a,c"}, ["a[,]b"], "a[,]c"),
    ({"type": "sequencing", "patterns": "a,b", "student_response": "b,a"}, ["a[,]b"], "b[,]a"),
    (
        {"type": "matching", "patterns": "1.a,2.b", "student_response": "1.b"},
        ["1[.]a[,]2[.]b"],
        "1[.]b",
    ),
    ({"type": "fill-in", "patterns": "Ada|ada", "student_response": "A"}, ["Ada", "ada"], "A"),
    ({"type": "numeric", "patterns": "4", "student_response": "5"}, ["4"], "5"),
    ({"type": "likert", "patterns": "3", "student_response": "2"}, ["3"], "2"),
]


@pytest.mark.parametrize(("fields", "patterns", "response"), CASES)
def test_patterns_and_responses_are_written_as_xapi_writes_them(
    fields: dict[str, str], patterns: list[str], response: str
) -> None:
    (found,) = answered({}, one(id="q", **fields))
    assert definition(found)["interactionType"] == fields["type"]
    assert definition(found)["correctResponsesPattern"] == patterns
    assert result(found)["response"] == response


@pytest.mark.parametrize(
    ("kind", "component", "ids"),
    [
        ("choice", "choices", ["a", "b", "c"]),
        ("sequencing", "choices", ["a", "b", "c"]),
        ("likert", "scale", ["a", "b", "c"]),
    ],
)
def test_components_are_those_that_were_named(kind: str, component: str, ids: list[str]) -> None:
    (found,) = answered({}, one(id="q", type=kind, patterns="a,b", student_response="c,a"))
    assert [part["id"] for part in definition(found)[component]] == ids


def test_matching_names_its_sources_and_targets() -> None:
    (found,) = answered({}, one(type="matching", patterns="1.a,2.b", student_response="1.b"))
    defined = definition(found)
    assert [part["id"] for part in defined["source"]] == ["1", "2"]
    assert [part["id"] for part in defined["target"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("judgement", "said"),
    [
        ("correct", {"success": True}),
        ("wrong", {"success": False}),
        ("unanticipated", {"success": False}),
        ("neutral", {}),
        ("2.5", {"score": {"raw": 2.5}}),
    ],
)
def test_judgements(judgement: str, said: dict[str, Any]) -> None:
    (found,) = answered({}, one(id="q", result=judgement))
    assert result(found) == said


def test_an_interaction_is_told_once_for_each_answer() -> None:
    first = one(id="q", student_response="a", result="wrong")
    assert list(answered(first, {**first, "cmi.interactions.0.latency": "00:00:05"})) == []
    assert len(list(answered(first, {**first, "cmi.interactions.0.result": "correct"}))) == 1
    assert list(answered({}, one(id="q", type="choice"))) == []
