"""Writing GIFT. What GIFT has no notation for becomes a comment that says so."""

from collections.abc import Iterable, Sequence

from content.quizzes import numbers
from content.quizzes.exchange.found import written_path
from content.quizzes.exchange.gift_lexis import escaped
from content.quizzes.questions import (
    AnyQuestion,
    Essay,
    FillBlank,
    Matching,
    MultipleAnswer,
    MultipleChoice,
    Numeric,
    Option,
    TrueFalse,
    type_of,
)

Filed = tuple[str, tuple[str, ...], AnyQuestion]
"""A question with its name and the path of its category."""


def write(filed: Iterable[Filed]) -> str:
    """The questions as a GIFT file."""
    written: list[str] = []
    before: tuple[str, ...] = ()
    for name, category, question in filed:
        if category != before:
            written.append(f"$CATEGORY: {written_path(category)}")
            before = category
        written.append(_question(name, question))
    return "".join(f"{each}\n\n" for each in written)


def _question(name: str, question: AnyQuestion) -> str:
    answers = _answers(question)
    title = " ".join(name.split())
    if answers is None:
        return f"// GIFT cannot say the {type_of(question)} question: {title}"
    general = f"####{escaped(question.explanation)}" if question.explanation else ""
    return f"::{escaped(title)}::[html]{escaped(question.question)} {{{answers}{general}}}"


def _answers(question: AnyQuestion) -> str | None:
    match question:
        case MultipleChoice():
            return _lines(_option(each, "=" if each.correct else "~") for each in question.options)
        case MultipleAnswer():
            return _weighted(question)
        case TrueFalse():
            return _truth(question)
        case FillBlank(blanks=(blank,)) if not blank.case_sensitive:
            return _lines(f"={escaped(each)}" for each in blank.correct_answers)
        case Matching():
            return _matching(question)
        case Numeric(units=()):
            return _numeric(question)
        case Essay():
            return ""
    return None


def _lines(answers: Iterable[str]) -> str:
    return "".join(f"\n\t{each}" for each in answers) + "\n"


def _option(option: Option, mark: str) -> str:
    feedback = f" #{escaped(option.feedback)}" if option.feedback else ""
    return f"{mark}{escaped(option.text)}{feedback}"


def _weighted(question: MultipleAnswer) -> str:
    right = sum(option.correct for option in question.options)
    wrong = len(question.options) - right
    return _lines(
        _option(each, f"~%{100 / right:.5g}%" if each.correct else f"~%{-100 / wrong:.5g}%")
        for each in question.options
    )


def _truth(question: TrueFalse) -> str:
    wrong, right = question.feedback.incorrect, question.feedback.correct
    said = f"#{escaped(wrong)}#{escaped(right)}" if wrong or right else ""
    return ("TRUE" if question.correct_answer else "FALSE") + said


def _matching(question: Matching) -> str | None:
    sides: Sequence[tuple[str, str]] = [
        *((pair.left.text, pair.right.text) for pair in question.pairs),
        *(("", item.text) for item in question.distractors),
    ]
    if any("->" in left for left, _ in sides):
        return None
    return _lines(f"={escaped(left)} -> {escaped(right)}" for left, right in sides)


def _numeric(question: Numeric) -> str | None:
    found = []
    for accepted in question.answers:
        low, high = numbers.bounds(accepted)
        if accepted.value is not None and accepted.tolerance_type == "absolute":
            found.append(f"={accepted.value!r}:{accepted.tolerance!r}")
        elif low is not None and high is not None:
            found.append(f"={low:f}..{high:f}")
        else:
            return None
    return "#" + _lines(found)
