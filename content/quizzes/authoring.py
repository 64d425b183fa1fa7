"""From a draft to a question: checked, its texts made harmless, its parts given ids."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from msgspec import Struct, structs

from content.findings import Finding
from content.identity import new_id
from content.quizzes import drafts, soundness
from content.quizzes.drafts import ItemDraft, OptionDraft, QuestionDraft
from content.quizzes.markup import clean
from content.quizzes.questions import (
    Accepted,
    AnyQuestion,
    Blank,
    Essay,
    Feedback,
    FillBlank,
    Item,
    Matching,
    MultipleAnswer,
    MultipleChoice,
    Numeric,
    Option,
    Ordering,
    Pair,
    TrueFalse,
    new_token,
)


class Made(Struct, frozen=True):
    """The question that a draft makes, or None and what is wrong."""

    question: AnyQuestion | None
    findings: tuple[Finding, ...] = ()


def make(draft: QuestionDraft, where: str) -> Made:
    """The question of a draft; findings are placed below `where`, such as `questions/0`."""
    wrong = soundness.broken(draft)
    if not wrong:
        return Made(_MAKERS[draft.type](draft))
    placed = (structs.replace(each, where=f"{where}/{each.where}") for each in wrong)
    return Made(None, tuple(placed))


def make_all(
    drafts: Sequence[QuestionDraft], where: str
) -> tuple[tuple[AnyQuestion, ...], list[Finding]]:
    """The questions of drafts, and everything that is wrong with any of them."""
    made = [make(draft, f"{where}/{index}") for index, draft in enumerate(drafts)]
    wrong = [finding for each in made for finding in each.findings]
    seen: set[str] = set()
    for index, draft in enumerate(drafts):
        if draft.id is not None and draft.id in seen:
            detail = "is another question's"
            wrong.append(Finding(where=f"{where}/{index}/id", detail=detail))
        seen.add(draft.id or "")
    return tuple(each.question for each in made if each.question is not None), wrong


def _common(draft: QuestionDraft) -> dict[str, Any]:
    feedback = draft.feedback
    return {
        "id": draft.id or new_id("question"),
        "question": clean(draft.question),
        "points": draft.points,
        "partial_credit": draft.partial_credit,
        "explanation": clean(draft.explanation),
        "feedback": Feedback(
            correct=clean(feedback.correct),
            incorrect=clean(feedback.incorrect),
            partial=clean(feedback.partial),
        ),
        "media": draft.media,
        "tags": tuple(dict.fromkeys(tag.strip() for tag in draft.tags if tag.strip())),
    }


def _options(given: Sequence[OptionDraft]) -> tuple[Option, ...]:
    return tuple(
        Option(
            id=each.id or new_token(),
            text=clean(each.text),
            correct=each.correct,
            feedback=clean(each.feedback),
        )
        for each in given
    )


def _items(given: Iterable[str | ItemDraft]) -> tuple[Item, ...]:
    found: Iterable[ItemDraft] = map(drafts.item, given)
    return tuple(Item(id=each.id or new_token(), text=clean(each.text)) for each in found)


def _multiple_choice(draft: QuestionDraft) -> AnyQuestion:
    return MultipleChoice(options=_options(draft.options), **_common(draft))


def _multiple_answer(draft: QuestionDraft) -> AnyQuestion:
    return MultipleAnswer(options=_options(draft.options), **_common(draft))


def _true_false(draft: QuestionDraft) -> AnyQuestion:
    return TrueFalse(correct_answer=draft.correct_answer is True, **_common(draft))


def _fill_blank(draft: QuestionDraft) -> AnyQuestion:
    made = tuple(
        Blank(
            id=each.id or f"blank{number}",
            correct_answers=tuple(dict.fromkeys(each.correct_answers)),
            case_sensitive=each.case_sensitive,
        )
        for number, each in enumerate(drafts.blanks(draft), start=1)
    )
    return FillBlank(blanks=made, **_common(draft))


def _matching(draft: QuestionDraft) -> AnyQuestion:
    pairs = tuple(
        Pair(
            left=Item(id=each.left_id or new_token(), text=clean(each.left)),
            right=Item(id=each.right_id or new_token(), text=clean(each.right)),
        )
        for each in draft.pairs
    )
    return Matching(pairs=pairs, distractors=_items(draft.distractors), **_common(draft))


def _ordering(draft: QuestionDraft) -> AnyQuestion:
    return Ordering(items=_items(draft.items), **_common(draft))


def _numeric(draft: QuestionDraft) -> AnyQuestion:
    answers = draft.answers
    if draft.correct_answer is not None:
        percent = draft.tolerance_type == "percent"
        answers = (
            Accepted(
                value=float(draft.correct_answer),
                tolerance=draft.tolerance,
                tolerance_type="percent" if percent else "absolute",
            ),
        )
    units = tuple(structs.replace(each, unit=each.unit.strip()) for each in draft.units)
    required = draft.unit_required
    return Numeric(answers=answers, units=units, unit_required=required, **_common(draft))


def _essay(draft: QuestionDraft) -> AnyQuestion:
    return Essay(
        min_words=draft.min_words,
        max_words=draft.max_words,
        rubric=draft.rubric,
        **_common(draft),
    )


_MAKERS: Final[dict[str, Callable[[QuestionDraft], AnyQuestion]]] = {
    "multiple_choice": _multiple_choice,
    "multiple_answer": _multiple_answer,
    "true_false": _true_false,
    "fill_blank": _fill_blank,
    "matching": _matching,
    "ordering": _ordering,
    "numeric": _numeric,
    "essay": _essay,
}
