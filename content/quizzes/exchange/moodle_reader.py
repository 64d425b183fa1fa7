"""Reading Moodle XML (https://docs.moodle.org/en/Moodle_XML_format)."""

import html
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from content.quizzes import numbers
from content.quizzes.drafts import OptionDraft, PairDraft, QuestionDraft
from content.quizzes.exchange import cloze
from content.quizzes.exchange.found import Found, Reading, Unreadable, category_path
from content.quizzes.exchange.xml_document import Element, line_of, parse, text_at
from content.quizzes.markup import plain
from content.quizzes.questions import Accepted, Feedback, Unit

WHOLE: Final = 100.0


def read(document: bytes) -> Reading:
    """The questions of a Moodle XML file."""
    reading = Reading([], [])
    category: tuple[str, ...] = ()
    root = parse(document, reading)
    if root is None:
        return reading
    if root.tag != "quiz":
        reading.error(line_of(root), f"the root is <{root.tag}>, not <quiz>")
        return reading
    for element in root:
        if element.get("type") == "category":
            category = category_path(text_at(element, "category/text"))
            continue
        name, line = text_at(element, "name/text"), line_of(element)
        try:
            draft = _Question(element, reading).draft()
        except Unreadable as error:
            reading.error(line, str(error), name)
            continue
        reading.found.append(Found(draft=draft, line=line, name=name, category=category))
    return reading


class _Question:
    """One <question> on its way to a draft."""

    def __init__(self, element: Element, reading: Reading) -> None:
        self._element = element
        self._reading = reading

    def draft(self) -> QuestionDraft:
        """The draft. Raises Unreadable."""
        kind = self._element.get("type", "")
        make = _KINDS.get(kind)
        if make is None:
            raise Unreadable(f"questions of the type {kind or 'without a name'} are not known here")
        return make(self)

    def multichoice(self) -> QuestionDraft:
        """One option, or several."""
        found = self._element.findall("answer")
        single = text_at(self._element, "single") not in ("false", "0")
        weights = [_fraction(each) for each in found]
        right = [(weight >= WHOLE if single else weight > 0) for weight in weights]
        if single and any(0 < weight < WHOLE for weight in weights):
            self._warn("options that earn a part of the points are taken as wrong")
        if not single and len({weight for weight in weights if weight > 0}) > 1:
            self._warn("its right options have different weights, and are made equal")
        options = tuple(
            OptionDraft(text=_html(each), correct=correct, feedback=_html(each.find("feedback")))
            for each, correct in zip(found, right, strict=True)
        )
        kind = "multiple_choice" if single else "multiple_answer"
        return QuestionDraft(type=kind, options=options, **self._common())

    def truefalse(self) -> QuestionDraft:
        """True or false, with feedback for both."""
        said = {text_at(each, "text").lower(): each for each in self._element.findall("answer")}
        if said.keys() != {"true", "false"}:
            raise Unreadable("its answers are not true and false")
        truth = _fraction(said["true"]) >= WHOLE
        right, wrong = said[str(truth).lower()], said[str(not truth).lower()]
        common = self._common()
        common["feedback"] = Feedback(
            correct=_html(right.find("feedback")), incorrect=_html(wrong.find("feedback"))
        )
        return QuestionDraft(type="true_false", correct_answer=truth, **common)

    def shortanswer(self) -> QuestionDraft:
        """A blank at the end of the text."""
        answers = tuple(text_at(each, "text") for each in self._whole())
        sensitive = text_at(self._element, "usecase") == "1"
        return QuestionDraft(
            type="fill_blank", correct_answers=answers, case_sensitive=sensitive, **self._common()
        )

    def numerical(self) -> QuestionDraft:
        """Numbers with a tolerance, and units."""
        answers = tuple(
            Accepted(
                value=_number(text_at(each, "text")),
                tolerance=_number(text_at(each, "tolerance") or "0"),
            )
            for each in self._whole()
        )
        units = tuple(
            Unit(
                unit=text_at(each, "unit_name"),
                factor=1 / (_number(text_at(each, "multiplier") or "1") or 1),
            )
            for each in self._element.findall("units/unit")
        )
        required = bool(units) and text_at(self._element, "unitgradingtype") not in ("", "0")
        return QuestionDraft(
            type="numeric", answers=answers, units=units, unit_required=required, **self._common()
        )

    def matching(self) -> QuestionDraft:
        """Pairs; a right side without a left one is a distractor."""
        pairs, distractors = [], []
        for each in self._element.findall("subquestion"):
            left, right = _html(each), html.escape(text_at(each, "answer/text"), quote=False)
            if left:
                pairs.append(PairDraft(left=left, right=right))
            elif right:
                distractors.append(right)
        return QuestionDraft(
            type="matching", pairs=tuple(pairs), distractors=tuple(distractors), **self._common()
        )

    def ordering(self) -> QuestionDraft:
        """Items in the order of their fractions, else as they stand."""
        found = sorted(self._element.findall("answer"), key=_fraction)
        items = tuple(_html(each) for each in found)
        return QuestionDraft(type="ordering", items=items, **self._common())

    def essay(self) -> QuestionDraft:
        """A text; what graders are told is its rubric."""
        least, most = text_at(self._element, "minwordlimit"), text_at(self._element, "maxwordlimit")
        rubric = plain(_html(self._element.find("graderinfo")))
        return QuestionDraft(
            type="essay",
            min_words=int(least) if least.isdecimal() else None,
            max_words=int(most) if most.isdecimal() else None,
            rubric=rubric,
            **self._common(),
        )

    def embedded(self) -> QuestionDraft:
        """A text with embedded answers, as far as they are blanks."""
        common = self._common()
        text, found, points = cloze.read(common["question"])
        common |= {"question": text, "points": points}
        return QuestionDraft(type="fill_blank", blanks=found, **common)

    def _common(self) -> dict[str, Any]:
        element = self._element
        if element.find("hint") is not None:
            self._warn("its hints are left out")
        if element.find(".//file") is not None:
            self._warn("its pictures and other files are left out")
        points = text_at(element, "defaultgrade")
        return {
            "question": _html(element.find("questiontext")),
            "explanation": _html(element.find("generalfeedback")),
            "points": _number(points) if points else 1.0,
            "tags": tuple(text_at(each, "text") for each in element.findall("tags/tag")),
            "feedback": Feedback(
                correct=_html(element.find("correctfeedback")),
                incorrect=_html(element.find("incorrectfeedback")),
                partial=_html(element.find("partiallycorrectfeedback")),
            ),
        }

    def _whole(self) -> Sequence[Element]:
        """The answers that earn all points. Raises Unreadable."""
        found = self._element.findall("answer")
        kept = [each for each in found if _fraction(each) >= WHOLE]
        if not kept:
            raise Unreadable("no answer earns all points")
        if any(0 < _fraction(each) < WHOLE for each in found):
            self._warn("answers that earn a part of the points are left out")
        if any(_fraction(each) <= 0 for each in found):
            self._warn("wrong answers that are named for their feedback are left out")
        return kept

    def _warn(self, detail: str) -> None:
        name = text_at(self._element, "name/text")
        self._reading.warning(line_of(self._element), detail, name)


_KINDS: Final[Mapping[str, Callable[[_Question], QuestionDraft]]] = {
    "multichoice": _Question.multichoice,
    "multichoiceset": _Question.multichoice,
    "truefalse": _Question.truefalse,
    "shortanswer": _Question.shortanswer,
    "numerical": _Question.numerical,
    "matching": _Question.matching,
    "ordering": _Question.ordering,
    "essay": _Question.essay,
    "cloze": _Question.embedded,
    "multianswer": _Question.embedded,
}


def _html(element: Element | None) -> str:
    """An element's text as HTML, by its format."""
    if element is None:
        return ""
    text = text_at(element, "text")
    return html.escape(text, quote=False) if element.get("format") == "plain_text" else text


def _fraction(answer: Element) -> float:
    try:
        return float(answer.get("fraction", "0"))
    except ValueError:
        return 0.0


def _number(text: str) -> float:
    found = numbers.quantity(text)
    if found is None or found.unit:
        raise Unreadable(f"{text[:40]} is not a number")
    return float(found.number)
