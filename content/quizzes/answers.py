"""Answers as learners send them, read into one form; what cannot be read is a finding.

An option or an item is named by its id, or by its index in the question as it was shown. Read, an
answer names ids alone, so it means the same whatever was shown in which order:

| type | read |
|---|---|
| multiple_choice | an id |
| multiple_answer | ids, sorted |
| true_false | true or false |
| fill_blank | a text for each blank, "" where it was left open |
| matching | [left id, right id] pairs |
| ordering | ids in the learner's order |
| numeric | the text of a number, with its unit |
| essay | a text |
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from content.quizzes import numbers
from content.quizzes.questions import (
    Essay,
    FillBlank,
    Matching,
    MultipleAnswer,
    MultipleChoice,
    Numeric,
    Ordering,
    Question,
    TrueFalse,
    shuffled_parts,
)

Given = str | bool | list[str] | list[list[str]]
Order = Sequence[int]
"""What was shown at each place: the index in the question as it is kept."""

LONGEST_ESSAY: Final = 100_000
LONGEST_TEXT: Final = 1_000


class Malformed(Struct, frozen=True):
    """What cannot be read; `where` is a path within the answer, "" for all of it."""

    detail: str
    where: str = ""


class Reading(Struct, frozen=True):
    """An answer as it was understood: None is no answer."""

    given: Given | None = None
    malformed: tuple[Malformed, ...] = ()


NO_ANSWER: Final = Reading()


def read(question: Question, answer: Any, order: Order | None = None) -> Reading:
    """Read an answer to the question; `order` is how its parts were shown, if not as kept."""
    if answer is None:
        return NO_ANSWER
    kept = shuffled_parts(question)
    shown = kept if order is None else tuple(kept[index] for index in order)
    return _READERS[type(question)](question, answer, shown)


def _refused(detail: str, where: str = "") -> Reading:
    return Reading(None, (Malformed(detail, where),))


def _named(answer: Any, shown: Sequence[str]) -> str | None:
    """The id that an index or an id names; True is no index."""
    if isinstance(answer, int) and not isinstance(answer, bool):
        return shown[answer] if 0 <= answer < len(shown) else None
    return answer if isinstance(answer, str) and answer in shown else None


def _choices(answer: Any, shown: Sequence[str]) -> tuple[list[str], list[Malformed]]:
    """The ids that a list names, each once."""
    found: list[str] = []
    wrong: list[Malformed] = []
    for index, each in enumerate(answer):
        named = _named(each, shown)
        if named is None or named in found:
            detail = "is no index and no id here" if named is None else "is named twice"
            wrong.append(Malformed(detail, f"/{index}"))
        else:
            found.append(named)
        if len(wrong) > len(shown):
            break
    return found, wrong


def _choice(question: MultipleChoice, answer: Any, shown: Sequence[str]) -> Reading:
    if isinstance(answer, list) and len(answer) == 1:
        answer = answer[0]
    named = _named(answer, shown)
    if named is None:
        return _refused(f"must be the id of an option, or an index from 0 to {len(shown) - 1}")
    return Reading(named)


def _several(question: MultipleAnswer, answer: Any, shown: Sequence[str]) -> Reading:
    if not isinstance(answer, list):
        return _refused("must be a list of indexes or ids of options")
    found, wrong = _choices(answer, shown)
    return Reading(None, tuple(wrong)) if wrong else Reading(sorted(found))


def _truth(question: TrueFalse, answer: Any, shown: Sequence[str]) -> Reading:
    return Reading(answer) if isinstance(answer, bool) else _refused("must be true or false")


def _texts(question: FillBlank, answer: Any, shown: Sequence[str]) -> Reading:
    ids = [blank.id for blank in question.blanks]
    if isinstance(answer, str):
        answer = [answer]
    if isinstance(answer, Mapping):
        unknown = [each for each in answer if each not in ids]
        if unknown:
            return _refused("is no blank of this question", f"/{unknown[0]}")
        answer = [answer.get(each) for each in ids]
    if not isinstance(answer, list) or len(answer) != len(ids):
        return _refused(f"must be {len(ids)} texts, one for each blank")
    wrong = [
        Malformed(f"must be a text of at most {LONGEST_TEXT} characters", f"/{index}")
        for index, each in enumerate(answer)
        if each is not None and not (isinstance(each, str) and len(each) <= LONGEST_TEXT)
    ]
    return Reading(None, tuple(wrong)) if wrong else Reading([each or "" for each in answer])


def _pairs(question: Matching, answer: Any, shown: Sequence[str]) -> Reading:
    lefts = [pair.left.id for pair in question.pairs]
    if isinstance(answer, Mapping):
        answer = [list(pair) for pair in answer.items()]
    if not isinstance(answer, list):
        return _refused("must be a list of pairs, [left, right], by indexes or ids")
    found: dict[str, str] = {}
    wrong: list[Malformed] = []
    for index, each in enumerate(answer[: len(lefts) + 1]):
        named = _pair(each, lefts, shown)
        if named is None:
            wrong.append(Malformed("must be [left, right], by indexes or ids", f"/{index}"))
        elif named[0] in found:
            wrong.append(Malformed("names a left side twice", f"/{index}"))
        else:
            found[named[0]] = named[1]
    if wrong:
        return Reading(None, tuple(wrong))
    return Reading([[left, found[left]] for left in lefts if left in found])


def _pair(answer: Any, lefts: Sequence[str], rights: Sequence[str]) -> tuple[str, str] | None:
    if not isinstance(answer, list) or len(answer) != 2:
        return None
    left, right = _named(answer[0], lefts), _named(answer[1], rights)
    return None if left is None or right is None else (left, right)


def _order(question: Ordering, answer: Any, shown: Sequence[str]) -> Reading:
    if not isinstance(answer, list):
        return _refused("must be a list of indexes or ids of items, in order")
    found, wrong = _choices(answer, shown)
    if not wrong and len(found) < len(shown):
        return _refused(f"must name each of the {len(shown)} items once")
    return Reading(None, tuple(wrong)) if wrong else Reading(found)


def _number(question: Numeric, answer: Any, shown: Sequence[str]) -> Reading:
    if isinstance(answer, Mapping) and answer.keys() <= {"value", "unit"}:
        value, unit = answer.get("value"), answer.get("unit") or ""
        answer = f"{value} {unit}".strip() if _is_number(value) and isinstance(unit, str) else None
    elif _is_number(answer):
        answer = str(answer)
    if isinstance(answer, str) and not answer.strip():
        return NO_ANSWER
    if not isinstance(answer, str) or numbers.quantity(answer) is None:
        return _refused("must be a number, such as 3.14, 6.02e23 or 5 cm")
    return Reading(answer.strip())


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(question: Essay, answer: Any, shown: Sequence[str]) -> Reading:
    if not isinstance(answer, str) or len(answer) > LONGEST_ESSAY:
        return _refused(f"must be a text of at most {LONGEST_ESSAY} characters")
    return Reading(answer) if answer.strip() else NO_ANSWER


_READERS: Final[Mapping[type[Question], Callable[[Any, Any, Sequence[str]], Reading]]] = {
    MultipleChoice: _choice,
    MultipleAnswer: _several,
    TrueFalse: _truth,
    FillBlank: _texts,
    Matching: _pairs,
    Ordering: _order,
    Numeric: _number,
    Essay: _text,
}
