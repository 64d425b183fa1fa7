"""GIFT and Moodle XML: what is read, what is said of the rest, and what comes back the same."""

from typing import Any

import msgspec
import pytest
from quiz_questions import drafted, question

from content.quizzes import paper
from content.quizzes.authoring import make
from content.quizzes.drafts import QuestionDraft
from content.quizzes.exchange import gift_reader, gift_writer, moodle_reader, moodle_writer
from content.quizzes.exchange.found import Reading, category_path, written_path
from content.quizzes.grading import grade
from content.quizzes.paper import Asked
from content.quizzes.questions import AnyQuestion

GIFT = r"""
// a comment
$CATEGORY: $course$/top/Hooks/State and effects

::Side effects:: [html]What <b>hook</b> is for side effects? {
    ~useState # That one is for state.
    =useEffect # Right!
    ~useContext
    ####It runs after rendering.
}

::Two:: Which are primes? { ~%50%2 ~%-50%4 ~%50%5 ~%-50%6 }

Two plus {=two =2 =%50%deux} equals four.

Hooks can be called in loops. {F#Look at the rules.#Indeed.}

Match \{these\}: { =Ada -> Lovelace =Alan -> Turing = -> Hopper }

What is pi? {#3.1415:0.0005}

Between one and five {#1..5}

[plain]Is 1 < 2 & 2 < 3? {TRUE}

Who was it? {#
    =1822:0 # right
    =%50%1822:2
}

Explain hooks. {}
"""


def _made(reading: Reading) -> list[AnyQuestion]:
    found = [make(each.draft, "question") for each in reading.found]
    assert [each.findings for each in found if each.findings] == []
    return [each.question for each in found if each.question is not None]


def test_gift_is_read_with_categories_feedback_weights_and_escapes() -> None:
    reading = gift_reader.read(GIFT)
    made = _made(reading)
    assert [each.__struct_config__.tag for each in made] == [
        "multiple_choice",
        "multiple_answer",
        "fill_blank",
        "true_false",
        "matching",
        "numeric",
        "numeric",
        "true_false",
        "numeric",
        "essay",
    ]
    assert {each.category for each in reading.found} == {("Hooks", "State and effects")}
    assert [each.name for each in reading.found][:2] == ["Side effects", "Two"]
    assert made[0].question == "What <b>hook</b> is for side effects?"
    assert made[0].explanation == "It runs after rendering."
    assert made[2].question == "Two plus _____ equals four."
    assert made[4].question == "Match {these}:"
    assert made[7].question == "Is 1 &lt; 2 &amp; 2 &lt; 3?"
    answers: list[Any] = [1, [0, 2], "TWO", False, [[0, 0], [1, 1]], "3.1416", 5, True, 1822]
    for each, answer in zip(made, answers, strict=False):
        assert grade(each, answer).graded.correct, each
    told = [(each.line, each.severity, each.detail) for each in reading.remarks]
    assert told == [
        (14, "warning", "answers that earn a part of the points are left out"),
        (26, "warning", "answers that earn a part of the points are left out"),
        (26, "warning", "the feedback on single answers is left out"),
    ]


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("\n\nJust a text", "it is a description, which asks nothing"),
        ("\n\nWhat? {=a", "its opening brace is never closed"),
        ("\n\nWhat? }", "it has a closing brace without an opening one"),
        ("\n\nWhat? {a =b}", "it has an answer that neither = nor ~ leads: a"),
        ("\n\nWhat? {#many}", "many is not a number"),
        ("\n\nWhat? {=%50%half}", "no answer earns all points"),
    ],
)
def test_what_gift_is_not_is_told_by_line(text: str, detail: str) -> None:
    reading = gift_reader.read(text + "\n\nRight? {T}")
    errors = [each for each in reading.remarks if each.severity == "error"]
    assert [(each.line, each.detail) for each in errors] == [(3, detail)]
    assert len(reading.found) == 1


def _back(reading: Reading) -> list[dict[str, Any]]:
    """What was read, without the ids that every reading makes anew."""
    return [_bare(each) for each in _made(reading)]


def _bare(asked: AnyQuestion) -> dict[str, Any]:
    fields = paper.written(Asked(0, asked, ()))
    return _without_ids({k: v for k, v in fields.items() if k != "partial_credit"})


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        ids = ("id", "left_id", "right_id")
        return {k: _without_ids(v) for k, v in value.items() if k not in ids}
    return [_without_ids(each) for each in value] if isinstance(value, list | tuple) else value


BOTH: list[AnyQuestion] = [
    question("multiple_choice", explanation="<p>Because {of} = ~it~ #1: \\o/</p>"),
    question("multiple_answer"),
    question("true_false", feedback={"correct": "Yes", "incorrect": "No: never"}),
    question("fill_blank", correct_answers=["use*", r"2\*3", "a=b"]),
    question("matching", distractors=["None"]),
    question("numeric", correct_answer=-0.5, tolerance=0.25),
]
MOODLE_ONLY: list[AnyQuestion] = [
    question("ordering"),
    question("essay"),
    question("fill_blank", correct_answers=["pH"], case_sensitive=True, tags=["a", "b"]),
    question("fill_blank", question="___ or ____?", correct_answers=[["a", "b}"], ["c~d"]]),
    question("numeric", units=[{"unit": "m"}, {"unit": "cm", "factor": 0.01}], unit_required=True),
]


def test_gift_comes_back_as_it_was_written() -> None:
    asked = [drafted({**_draft(each), "points": 1}) for each in BOTH]
    filed = [(f"{n}: {{x}}", ("A/B", "C"), each) for n, each in enumerate(asked)]
    reading = gift_reader.read(gift_writer.write(filed))
    assert reading.remarks == []
    assert _back(reading) == [_bare(each) for each in asked]
    assert [each.name for each in reading.found] == [name for name, _, _ in filed]
    assert {each.category for each in reading.found} == {("A/B", "C")}


def test_what_gift_cannot_say_becomes_a_comment() -> None:
    text = gift_writer.write([("Order these", (), question("ordering"))])
    assert text == "// GIFT cannot say the ordering question: Order these\n\n"
    assert gift_reader.read(text).found == []


def test_moodle_xml_comes_back_as_it_was_written() -> None:
    asked = [*BOTH, *MOODLE_ONLY]
    filed = [(f"Name & {n}", ("A/B", "C"), each) for n, each in enumerate(asked)]
    reading = moodle_reader.read(moodle_writer.write(filed))
    assert reading.remarks == []
    expected = [_bare(each) for each in asked]
    assert [_gaps(each) for each in _back(reading)] == [_gaps(each) for each in expected]
    assert [each.name for each in reading.found] == [name for name, _, _ in filed]


def _gaps(fields: dict[str, Any]) -> dict[str, Any]:
    """Gaps may be written longer or shorter, and several blanks are worth one point each."""
    if "blanks" in fields:
        text = fields["question"].replace("____", "___").replace("____", "___")
        return {**fields, "question": text, "points": 0}
    return fields


def _draft(asked: AnyQuestion) -> dict[str, Any]:
    fields = paper.written(Asked(0, asked, ()))
    del fields["index"]
    return fields


MOODLE = """<?xml version="1.0" encoding="UTF-8"?>
<quiz>
  <question type="category"><category><text>$course$/top/Basics</text></category></question>
  <question type="multichoice">
    <name><text>Weights</text></name>
    <questiontext format="html"><text><![CDATA[<p>Which?</p><script>x()</script>]]></text>
    </questiontext>
    <single>true</single>
    <answer fraction="100" format="plain_text"><text>a &lt; b</text></answer>
    <answer fraction="50"><text>half</text></answer>
    <answer fraction="0"><text>no</text></answer>
    <hint format="html"><text>Think.</text></hint>
  </question>
  <question type="ddimageortext"><name><text>Drag</text></name></question>
  <question type="numerical"><name><text>Bad</text></name>
    <questiontext><text>?</text></questiontext>
    <answer fraction="100"><text>many</text></answer>
  </question>
  <question type="truefalse"><name><text>Empty</text></name>
    <answer fraction="0"><text>true</text></answer>
    <answer fraction="100"><text>false</text></answer>
  </question>
  <question type="cloze"><name><text>Capital</text></name>
    <questiontext><text>{2:SHORTANSWER:=Paris~%50%Lyon} and {:SAC:=Rome}</text></questiontext>
  </question>
  <question type="cloze"><name><text>Choice</text></name>
    <questiontext><text>{1:MULTICHOICE:=a~b}</text></questiontext>
  </question>
</quiz>
"""


def test_moodle_xml_is_read_and_everything_else_is_told_by_line() -> None:
    reading = moodle_reader.read(MOODLE.encode())
    assert [(each.name, each.line, each.category) for each in reading.found] == [
        ("Weights", 4, ("Basics",)),
        ("Empty", 19, ("Basics",)),
        ("Capital", 23, ("Basics",)),
    ]
    assert [(each.name, each.line, each.severity) for each in reading.remarks] == [
        ("Weights", 4, "warning"),
        ("Weights", 4, "warning"),
        ("Drag", 14, "error"),
        ("Bad", 15, "error"),
        ("Choice", 26, "error"),
    ]
    weights, empty, capital = (make(each.draft, "q") for each in reading.found)
    assert weights.question is not None
    assert weights.question.question == "<p>Which?</p>"
    assert grade(weights.question, 0).graded.correct
    assert [each.where for each in empty.findings] == ["q/question"]
    assert capital.question is not None
    assert capital.question.points == 3
    assert grade(capital.question, ["paris", "Rome"]).graded.correct


BOMB = """<?xml version="1.0"?>
<!DOCTYPE quiz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<quiz><question type="essay"><name><text>&b;</text></name></question></quiz>"""
OUTSIDE = """<!DOCTYPE quiz SYSTEM "file:///etc/passwd"><quiz/>"""


@pytest.mark.parametrize(
    "document",
    [
        BOMB.encode(),
        BOMB.replace("1.0", '1.0" encoding="UTF-16', 1).replace('""', '"').encode("utf-16"),
        OUTSIDE.encode(),
        b"<quiz>" + b"<a>" * 200 + b"</a>" * 200 + b"</quiz>",
        b"<quiz><question></quiz>",
        b"\xff\xfe\x00",
        b"",
        b"<other/>",
    ],
)
def test_hostile_and_broken_files_are_refused_with_a_line(document: bytes) -> None:
    reading = moodle_reader.read(document)
    assert reading.found == []
    assert all(each.severity == "error" and each.line >= 1 for each in reading.remarks)
    assert reading.remarks


@pytest.mark.parametrize("names", [(), ("A",), ("A/B", "C"), ("A//B", "C/D")])
def test_category_paths_come_back(names: tuple[str, ...]) -> None:
    assert category_path(written_path(names)) == names


def test_a_draft_is_what_the_bank_takes() -> None:
    (found,) = gift_reader.read("Right? {T}").found
    assert found.draft == msgspec.convert(
        {"type": "true_false", "question": "Right?", "correct_answer": True}, QuestionDraft
    )
