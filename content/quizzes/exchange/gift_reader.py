"""Reading GIFT (https://docs.moodle.org/en/GIFT_format)."""

import re
from collections.abc import Sequence
from typing import Any, Final

from content.quizzes import numbers
from content.quizzes.drafts import OptionDraft, PairDraft, QuestionDraft
from content.quizzes.exchange import gift_lexis as lexis
from content.quizzes.exchange.found import Found, Reading, Unreadable, category_path
from content.quizzes.exchange.gift_lexis import Choice, Parts
from content.quizzes.questions import Accepted, Feedback

_TRUE_FALSE: Final = re.compile(r"\s*(TRUE|FALSE|T|F)\s*(#.*)?", re.DOTALL | re.IGNORECASE)
_ARROW: Final = "->"
_GAP: Final = "_____"


def read(text: str) -> Reading:
    """The questions of a GIFT file."""
    reading = Reading([], [])
    category: tuple[str, ...] = ()
    for block in lexis.blocks(text.removeprefix("\ufeff")):
        if block.text.startswith("$CATEGORY:"):
            category = category_path(block.text.partition(":")[2])
            continue
        name = ""
        try:
            parts = lexis.parts(block.text)
            name = parts.title
            draft = _Question(parts, block.line, reading).draft()
        except Unreadable as error:
            reading.error(block.line, str(error), name)
            continue
        reading.found.append(Found(draft=draft, line=block.line, name=name, category=category))
    return reading


class _Question:
    """One question on its way to a draft."""

    def __init__(self, parts: Parts, line: int, reading: Reading) -> None:
        self._parts = parts
        self._line = line
        self._reading = reading
        if parts.markup == "markdown":
            self._warn("its Markdown is kept as it is written")

    def draft(self) -> QuestionDraft:
        """The draft. Raises Unreadable."""
        if self._parts.answers is None:
            raise Unreadable("it is a description, which asks nothing")
        answers, general = lexis.general_feedback(self._parts.answers)
        common: dict[str, Any] = {"question": self._text(), "explanation": self._html(general)}
        if not answers.strip():
            return QuestionDraft(type="essay", **common)
        if found := _TRUE_FALSE.fullmatch(answers):
            return self._true_false(found, common)
        if answers.strip().startswith("#"):
            return self._numeric(answers.strip()[1:], common)
        return self._chosen(lexis.choices(answers), common)

    def _text(self) -> str:
        before, after = self._html(self._parts.before), self._html(self._parts.after)
        return f"{before} {_GAP} {after}" if after else before

    def _html(self, text: str) -> str:
        return lexis.as_html(text, self._parts.markup)

    def _warn(self, detail: str) -> None:
        self._reading.warning(self._line, detail, self._parts.title)

    def _true_false(self, found: re.Match[str], common: dict[str, Any]) -> QuestionDraft:
        wrong, right = ([*lexis.split((found[2] or "#")[1:], "#"), ""])[:2]
        feedback = Feedback(
            correct=self._html(right.removeprefix("#")), incorrect=self._html(wrong)
        )
        truth = found[1].upper().startswith("T")
        return QuestionDraft(type="true_false", correct_answer=truth, feedback=feedback, **common)

    def _numeric(self, answers: str, common: dict[str, Any]) -> QuestionDraft:
        if lexis.find(answers, "=") >= 0:
            found = [each for each in lexis.choices(answers) if each.mark == "="]
        else:
            found = lexis.choices(f"={answers}")
        kept = self._whole(found)
        accepted = tuple(_accepted(lexis.unescaped(each.text)) for each in kept)
        return QuestionDraft(type="numeric", answers=accepted, **common)

    def _chosen(self, found: Sequence[Choice], common: dict[str, Any]) -> QuestionDraft:
        right = [each for each in found if each.mark == "="]
        if right and all(_arrow(each) for each in found):
            return self._matching(found, common)
        if len(right) == len(found):
            return self._short(found, common)
        if not right and any((each.weight or 0) > 0 for each in found):
            return self._several(found, common)
        partly = [each for each in found if each.mark == "~" and (each.weight or 0) > 0]
        if partly:
            self._warn("options that earn a part of the points are taken as wrong")
        options = tuple(self._option(each, correct=each.mark == "=") for each in found)
        return QuestionDraft(type="multiple_choice", options=options, **common)

    def _several(self, found: Sequence[Choice], common: dict[str, Any]) -> QuestionDraft:
        weights = {each.weight for each in found if (each.weight or 0) > 0}
        if len(weights) > 1:
            self._warn("its right options have different weights, and are made equal")
        options = tuple(self._option(each, correct=(each.weight or 0) > 0) for each in found)
        return QuestionDraft(type="multiple_answer", options=options, **common)

    def _matching(self, found: Sequence[Choice], common: dict[str, Any]) -> QuestionDraft:
        pairs, distractors = [], []
        for each in found:
            left, right = (self._html(part) for part in _sides(each.text))
            if left:
                pairs.append(PairDraft(left=left, right=right))
            else:
                distractors.append(right)
        if any(each.feedback for each in found):
            self._warn("the feedback on single pairs is left out")
        return QuestionDraft(
            type="matching", pairs=tuple(pairs), distractors=tuple(distractors), **common
        )

    def _short(self, found: Sequence[Choice], common: dict[str, Any]) -> QuestionDraft:
        kept = self._whole(found)
        answers = tuple(lexis.unescaped(each.text) for each in kept)
        return QuestionDraft(type="fill_blank", correct_answers=answers, **common)

    def _whole(self, found: Sequence[Choice]) -> list[Choice]:
        """The answers that earn all points. Raises Unreadable."""
        kept = [each for each in found if each.weight in (None, 100)]
        if len(kept) < len(found):
            self._warn("answers that earn a part of the points are left out")
        if any(each.feedback for each in kept):
            self._warn("the feedback on single answers is left out")
        if not kept:
            raise Unreadable("no answer earns all points")
        return kept

    def _option(self, choice: Choice, *, correct: bool) -> OptionDraft:
        feedback = self._html(choice.feedback)
        return OptionDraft(text=self._html(choice.text), correct=correct, feedback=feedback)


def _arrow(choice: Choice) -> bool:
    return _ARROW in choice.text


def _sides(text: str) -> tuple[str, str]:
    left, _, right = text.partition(_ARROW)
    return left.strip(), right.strip()


def _accepted(text: str) -> Accepted:
    """`3`, `3:0.2` or `1..5`. Raises Unreadable."""
    if ".." in text:
        low, _, high = text.partition("..")
        return Accepted(min=_number(low), max=_number(high))
    value, _, tolerance = text.partition(":")
    return Accepted(value=_number(value), tolerance=_number(tolerance) if tolerance else 0.0)


def _number(text: str) -> float:
    found = numbers.quantity(text.strip())
    if found is None or found.unit:
        raise Unreadable(f"{text.strip()[:40]} is not a number")
    return float(found.number)
