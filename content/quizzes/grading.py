"""What an answer is worth. Pure: the same question and the same answer earn the same.

A share from 0 to 1 of the points is earned, 1 for the right answer and for no other:

- multiple_answer, `proportional`: each right option chosen earns its share of the right ones, each
  wrong one costs its share of the wrong ones, so that choosing everything earns nothing;
  `penalised`: a wrong one costs as much as a right one earns.
- fill_blank, matching: the share that is right; `penalised`: less the share that is wrong. What was
  left open is neither.
- ordering: how much of the right order is kept: the longest run of items that follow each other
  rightly, others left out between them. One item out of its place costs one item, not all.
- with `none`, and for all other types: everything or nothing.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from content.quizzes import answers, blanks, numbers
from content.quizzes.answers import Given, Malformed, Order
from content.quizzes.questions import (
    Essay,
    FillBlank,
    Matching,
    MultipleAnswer,
    MultipleChoice,
    Numeric,
    Ordering,
    PartialCredit,
    Question,
    TrueFalse,
)

DIGITS: Final = 6
"""Points are rounded to so many decimals."""


class Graded(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an answer earned. `pending_review`: a person has yet to say what."""

    points_earned: float = 0.0
    correct: bool = False
    pending_review: bool = False


class Verdict(Struct, frozen=True):
    """An answer read and graded; with findings it could not be read and earned nothing."""

    graded: Graded
    given: Given | None = None
    malformed: tuple[Malformed, ...] = ()


NOTHING: Final = Graded()


def grade(question: Question, answer: Any, order: Order | None = None) -> Verdict:
    """Read an answer as it was sent and grade it; raises nothing."""
    reading = answers.read(question, answer, order)
    if reading.malformed:
        return Verdict(NOTHING, None, reading.malformed)
    return Verdict(grade_given(question, reading.given), reading.given)


def grade_given(question: Question, given: Given | None) -> Graded:
    """Grade an answer that was read before."""
    if given is None:
        return NOTHING
    if isinstance(question, Essay):
        return Graded(pending_review=question.points > 0)
    share = min(1.0, max(0.0, _SHARES[type(question)](question, given)))
    if share < 1 and question.partial_credit == "none":
        share = 0.0
    return Graded(points_earned=round(question.points * share, DIGITS), correct=share == 1)


def correct_answer(question: Question) -> Any:
    """The right answer, as a learner could give it by ids; None for an essay."""
    match question:
        case MultipleChoice():
            return next(option.id for option in question.options if option.correct)
        case MultipleAnswer():
            return sorted(option.id for option in question.options if option.correct)
        case TrueFalse():
            return question.correct_answer
        case FillBlank():
            return [blanks.example(blank.correct_answers[0]) for blank in question.blanks]
        case Matching():
            return [[pair.left.id, pair.right.id] for pair in question.pairs]
        case Ordering():
            return [item.id for item in question.items]
        case Numeric():
            return _right_number(question)
    return None


def words(text: str) -> int:
    """How many words a text has."""
    return len(text.split())


def _right_number(question: Numeric) -> str:
    accepted = question.answers[0]
    number = next(each for each in (accepted.value, accepted.min, accepted.max) if each is not None)
    unit = next((each.unit for each in question.units if each.factor == 1), "")
    return f"{number!r} {unit}".strip()


def _choice(question: MultipleChoice, given: str) -> float:
    return float(any(option.id == given and option.correct for option in question.options))


def _several(question: MultipleAnswer, given: Sequence[str]) -> float:
    chosen = set(given)
    right = {option.id for option in question.options if option.correct}
    wrong = {option.id for option in question.options} - right
    hits, misses = len(chosen & right), len(chosen & wrong)
    if question.partial_credit == "penalised" or not wrong:
        return (hits - misses) / len(right)
    return hits / len(right) - misses / len(wrong)


def _truth(question: TrueFalse, given: bool) -> float:
    return float(given is question.correct_answer)


def _texts(question: FillBlank, given: Sequence[str]) -> float:
    filled = [
        any(
            blanks.fits(each, text, case_sensitive=blank.case_sensitive)
            for each in blank.correct_answers
        )
        for blank, text in zip(question.blanks, given, strict=True)
        if text.strip()
    ]
    return _share(sum(filled), len(filled), len(question.blanks), question.partial_credit)


def _pairs(question: Matching, given: Sequence[Sequence[str]]) -> float:
    """Right sides that read alike are as good as each other."""
    texts = {item.id: item.text for item in question.rights}
    wanted = {pair.left.id: pair.right.text for pair in question.pairs}
    right = sum(texts[chosen] == wanted[left] for left, chosen in given)
    return _share(right, len(given), len(wanted), question.partial_credit)


def _share(right: int, answered: int, total: int, policy: PartialCredit) -> float:
    return (right - (answered - right if policy == "penalised" else 0)) / total


def _order(question: Ordering, given: Sequence[str]) -> float:
    """Items that read alike may change places."""
    places: dict[str, list[int]] = {}
    for place, item in enumerate(question.items):
        places.setdefault(item.text, []).append(place)
    texts = {item.id: item.text for item in question.items}
    kept = _longest_rise([places[texts[each]].pop(0) for each in given])
    steps = len(question.items) - 1
    lost = steps + 1 - kept if question.partial_credit == "penalised" else 0
    return (kept - 1 - lost) / steps


def _longest_rise(places: Sequence[int]) -> int:
    """The length of the longest increasing subsequence."""
    least: list[int] = []
    for place in places:
        at = bisect_left(least, place)
        least[at : at + 1] = [place]
    return len(least)


def _number(question: Numeric, given: str) -> float:
    found = numbers.quantity(given)
    if found is None:
        return 0.0
    number = numbers.in_units(found, question.units, required=question.unit_required)
    if number is None:
        return 0.0
    return float(any(numbers.accepts(each, number) for each in question.answers))


_SHARES: Final[Mapping[type[Question], Callable[[Any, Any], float]]] = {
    MultipleChoice: _choice,
    MultipleAnswer: _several,
    TrueFalse: _truth,
    FillBlank: _texts,
    Matching: _pairs,
    Ordering: _order,
    Numeric: _number,
}
