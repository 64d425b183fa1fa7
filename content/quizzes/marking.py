"""From answers as they were sent to an attempt that is graded. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct, structs

from content.errors import RuleBroken
from content.findings import Finding
from content.quizzes import answers, grading
from content.quizzes.attempts import SUBMITTED, Line, QuizAttempt
from content.quizzes.outcome import outcome
from content.quizzes.paper import Asked
from content.quizzes.questions import type_of

LARGEST: Final = 2_000_000


class Entry(Struct, frozen=True):
    """An answer as it was read, and how many seconds the question took, where that is known."""

    given: Any = None
    seconds: float | None = None


Entries = Mapping[int, Entry]
"""Answers by the question's place on the paper."""


class Answer(Struct, frozen=True, kw_only=True):
    """An answer as it was sent, to the question of an index or an id."""

    answer: Any = None
    question_index: int | None = None
    question_id: str | None = None
    time_spent_seconds: float | None = None


def blank(asked: Sequence[Asked]) -> tuple[Line, ...]:
    """The lines of a paper on which nothing is answered."""
    return tuple(
        Line(question_id=e.question.id, type=type_of(e.question), points=e.question.points)
        for e in asked
    )


def read(asked: Sequence[Asked], sent: Sequence[Answer]) -> Entries:
    """The answers by their places. Raises RuleBroken with everything that cannot be read."""
    places = {each.question.id: each.index for each in asked}
    found: dict[int, Entry] = {}
    wrong: list[Finding] = []
    for number, each in enumerate(sent):
        where = f"answers/{number}"
        index = _place(each, places, len(asked))
        if index is None:
            wrong.append(Finding(where=where, detail="names no question of this attempt"))
        elif index in found:
            wrong.append(Finding(where=where, detail="answers a question twice"))
        else:
            reading = answers.read(asked[index].question, each.answer, asked[index].order)
            found[index] = Entry(reading.given, each.time_spent_seconds)
            wrong += [
                Finding(where=f"{where}/answer{one.where}", detail=one.detail)
                for one in reading.malformed
            ]
    if wrong:
        raise RuleBroken(wrong)
    return found


def filled_in(lines: Sequence[Line], entries: Entries) -> tuple[Line, ...]:
    """The lines with these answers; the others stay as they are.

    Raises RuleBroken where all answers together are larger than an attempt may be.
    """
    filled = tuple(
        _filled(line, entries[index]) if index in entries else line
        for index, line in enumerate(lines)
    )
    if len(msgspec.json.encode([line.given for line in filled])) > LARGEST:
        detail = f"must have at most {LARGEST} bytes all together"
        raise RuleBroken([Finding(where="answers", detail=detail)])
    return filled


def graded(attempt: QuizAttempt, asked: Sequence[Asked], ended: datetime) -> QuizAttempt:
    """The attempt as it is once it is submitted; `ended` is when."""
    lines = tuple(_mark(line, each) for line, each in zip(attempt.lines, asked, strict=True))
    taken = int((ended - attempt.started_at).total_seconds())
    return structs.replace(
        attempt,
        lines=lines,
        status=SUBMITTED,
        submitted_at=ended,
        time_taken_seconds=max(0, taken),
        outcome=outcome((line.worth for line in lines), attempt.rules),
    )


def _filled(line: Line, entry: Entry) -> Line:
    seconds = line.seconds if entry.seconds is None else entry.seconds
    return structs.replace(line, given=entry.given, seconds=seconds)


def _place(answer: Answer, places: Mapping[str, int], count: int) -> int | None:
    if answer.question_id is not None:
        return places.get(answer.question_id)
    index = answer.question_index
    return index if index is not None and 0 <= index < count else None


def _mark(line: Line, asked: Asked) -> Line:
    found = grading.grade_given(asked.question, line.given)
    return structs.replace(
        line,
        points_earned=found.points_earned,
        correct=found.correct,
        pending_review=found.pending_review,
    )
