"""Questions as xAPI interaction activities (xAPI 1.0.3, part 2, appendix C)."""

from collections.abc import Iterable, Sequence
from itertools import islice, product
from typing import Any, Final

from content.quizzes import blanks, numbers
from content.quizzes.answers import Given
from content.quizzes.markup import plain
from content.quizzes.questions import (
    FillBlank,
    Item,
    Matching,
    MultipleAnswer,
    MultipleChoice,
    Numeric,
    Option,
    Ordering,
    Question,
    TrueFalse,
)

TYPE: Final = "http://adlnet.gov/expapi/activities/cmi.interaction"
LONGEST_NAME: Final = 200
LONGEST_TEXT: Final = 1_000
MOST_PATTERNS: Final = 50


def definition(question: Question) -> dict[str, Any]:
    """The activity definition: the kind of interaction, what is right, and what there was."""
    text = plain(question.question)
    common = {
        "name": {"und": text[:LONGEST_NAME]},
        "description": {"und": text[:LONGEST_TEXT]},
        "type": TYPE,
    }
    return common | _of_type(question)


def response(question: Question, given: Given) -> str:
    """An answer, as it was read, in xAPI's notation."""
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(question, Numeric) and isinstance(given, str):
        return _number(question, given)
    if isinstance(given, str):
        return given
    return "[,]".join(each if isinstance(each, str) else "[.]".join(each) for each in given)


def _of_type(question: Question) -> dict[str, Any]:
    match question:
        case MultipleChoice():
            right = [option.id for option in question.options if option.correct]
            return _kind("choice", right, choices=_components(question.options))
        case MultipleAnswer():
            right = ["[,]".join(sorted(each.id for each in question.options if each.correct))]
            return _kind("choice", right, choices=_components(question.options))
        case TrueFalse():
            return _kind("true-false", ["true" if question.correct_answer else "false"])
        case FillBlank():
            return _kind("fill-in", _fillings(question))
        case Matching():
            return _matching(question)
        case Ordering():
            right = ["[,]".join(item.id for item in question.items)]
            return _kind("sequencing", right, choices=_components(question.items))
        case Numeric():
            return _kind("numeric", [_range(*numbers.bounds(each)) for each in question.answers])
    return {"interactionType": "long-fill-in"}


def _kind(name: str, right: Sequence[str], **components: Any) -> dict[str, Any]:
    return {"interactionType": name, "correctResponsesPattern": list(right), **components}


def _components(parts: Iterable[Item | Option]) -> list[dict[str, Any]]:
    return [
        {"id": part.id, "description": {"und": plain(part.text)[:LONGEST_NAME]}} for part in parts
    ]


def _fillings(question: FillBlank) -> list[str]:
    """Every way to fill the blanks rightly, as far as they are few."""
    case_matters = any(blank.case_sensitive for blank in question.blanks)
    prefix = "{case_matters=true}" if case_matters else ""
    each = ([blanks.example(one) for one in blank.correct_answers] for blank in question.blanks)
    return [prefix + "[,]".join(way) for way in islice(product(*each), MOST_PATTERNS)]


def _matching(question: Matching) -> dict[str, Any]:
    right = "[,]".join(f"{pair.left.id}[.]{pair.right.id}" for pair in question.pairs)
    source = _components(pair.left for pair in question.pairs)
    return _kind("matching", [right], source=source, target=_components(question.rights))


def _range(low: Any, high: Any) -> str:
    if low == high:
        return f"{low:f}"
    return "[:]".join("" if bound is None else f"{bound:f}" for bound in (low, high))


def _number(question: Numeric, given: str) -> str:
    """The number in the answers' unit, where it can be told."""
    found = numbers.quantity(given)
    number = found and numbers.in_units(found, question.units, required=False)
    return given if number is None else f"{number:f}"
