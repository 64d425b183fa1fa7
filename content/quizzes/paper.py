"""The paper that a learner is given: which questions, in which order, and their parts in which.

A paper follows from its questions and a seed alone, so it is laid out again whenever it is needed
and is always the same. Without a seed everything is as the author wrote it.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, to_builtins

from content.quizzes.grading import correct_answer
from content.quizzes.questions import (
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
    Ordering,
    TrueFalse,
    shuffled_parts,
    type_of,
)
from content.quizzes.shuffles import shuffled


class Layout(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is shuffled. Right sides and items to be ordered are, wherever there is a seed."""

    seed: str = ""
    questions: bool = False
    options: bool = False


AS_WRITTEN = Layout()


class Asked(Struct, frozen=True):
    """A question on a paper; `order` says which of its parts, as kept, is shown at each place."""

    index: int
    question: AnyQuestion
    order: tuple[int, ...]


def lay_out(questions: Sequence[AnyQuestion], layout: Layout = AS_WRITTEN) -> list[Asked]:
    """The paper."""
    order = tuple(range(len(questions)))
    if layout.seed and layout.questions:
        order = shuffled(len(questions), layout.seed)
    return [
        Asked(index, questions[kept], _parts_order(questions[kept], layout))
        for index, kept in enumerate(order)
    ]


def shown(asked: Asked) -> dict[str, Any]:
    """The question as somebody who is to answer it may see it."""
    question = asked.question
    common: dict[str, Any] = {
        "id": question.id,
        "index": asked.index,
        "type": type_of(question),
        "question": question.question,
        "points": question.points,
    }
    if question.media is not None:
        common["media"] = to_builtins(question.media)
    return common | _parts(asked)


def revealed(asked: Asked) -> dict[str, Any]:
    """What is to be added to `shown` once the right answer may be seen; ids name what is right."""
    question = asked.question
    told: dict[str, Any] = {"explanation": question.explanation}
    if question.feedback != Feedback():
        told["feedback"] = to_builtins(question.feedback)
    if isinstance(question, FillBlank):
        told["blanks"] = to_builtins(question.blanks)
    elif isinstance(question, Numeric):
        told["answers"] = to_builtins(question.answers)
    elif isinstance(question, Essay):
        told["rubric"] = to_builtins(question.rubric) or None
    else:
        told["correct_answer"] = correct_answer(question)
    return told


def written(asked: Asked) -> dict[str, Any]:
    """The question as its author wrote it, right answers included: a draft, with its index."""
    question = asked.question
    fields: dict[str, Any] = to_builtins(question)
    if isinstance(question, Matching):
        fields["pairs"] = [
            {
                "left": pair.left.text,
                "right": pair.right.text,
                "left_id": pair.left.id,
                "right_id": pair.right.id,
            }
            for pair in question.pairs
        ]
    elif isinstance(question, FillBlank) and len(question.blanks) == 1:
        fields |= _only_blank(question.blanks[0])
        del fields["blanks"]
    elif isinstance(question, MultipleChoice | MultipleAnswer):
        fields["options"] = [{"correct": False, **each} for each in fields["options"]]
    return {**fields, "points": question.points, "index": asked.index}


def _only_blank(blank: Blank) -> dict[str, Any]:
    return {
        "correct_answers": list(blank.correct_answers),
        "case_sensitive": blank.case_sensitive,
    }


def _parts_order(question: AnyQuestion, layout: Layout) -> tuple[int, ...]:
    count = len(shuffled_parts(question))
    always = isinstance(question, Matching | Ordering)
    if layout.seed and (always or layout.options):
        return shuffled(count, layout.seed, question.id)
    return tuple(range(count))


def _parts(asked: Asked) -> dict[str, Any]:
    match question := asked.question:
        case MultipleChoice() | MultipleAnswer():
            options = [question.options[each] for each in asked.order]
            return {"options": [{"id": each.id, "text": each.text} for each in options]}
        case FillBlank():
            return {"blanks": [{"id": each.id} for each in question.blanks]}
        case Matching():
            rights = [question.rights[each] for each in asked.order]
            lefts = (pair.left for pair in question.pairs)
            return {"lefts": _items(lefts), "rights": _items(rights)}
        case Ordering():
            return {"items": _items(question.items[each] for each in asked.order)}
        case Numeric() if question.units:
            units = [each.unit for each in question.units]
            return {"units": units, "unit_required": question.unit_required}
        case Essay():
            return {"min_words": question.min_words, "max_words": question.max_words}
        case TrueFalse() | Numeric():
            return {}


def _items(items: Any) -> list[dict[str, str]]:
    found: list[Item] = list(items)
    return [{"id": each.id, "text": each.text} for each in found]
