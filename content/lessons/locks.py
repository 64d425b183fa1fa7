"""Locks: which lessons of a course are closed to a person at a moment, and why."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from content.courses.outline import Outline, OutlineModule
from content.enrollment.enrollments import Enrollment

Code = Literal["enrollment_required", "enrollment_expired", "prerequisite_not_met", "lesson_locked"]


class Reason(Struct, frozen=True, kw_only=True):
    """Why a lesson is closed: `until` is when that ends by itself, `lesson_ids` are to be
    completed first.
    """

    code: Code
    detail: str
    until: datetime | None = None
    lesson_ids: tuple[str, ...] = ()


Locked = Mapping[str, tuple[Reason, ...]]


def locked(
    outline: Outline, enrollment: Enrollment | None, completed: Collection[str], moment: datetime
) -> Locked:
    """The reasons for which lessons are closed, by lesson id; open ones are not in it.

    `enrollment` is one that is not cancelled, `completed` are the ids of lessons. A free preview
    is open to everybody. A lesson that was completed stays open for as long as the enrollment
    lasts.
    """
    barrier = shut(enrollment, moment)
    if barrier is not None or enrollment is None:
        closed = (barrier,) if barrier else ()
        return {each.id: closed for each in outline.lessons() if not each.free_preview}
    found: dict[str, tuple[Reason, ...]] = {}
    missing: list[str] = []
    for module in outline.modules:
        opens = opens_at(module, enrollment.enrolled_at)
        for lesson in module.lessons:
            before = missing if outline.sequential else []
            needed = [each for each in lesson.prerequisites if each not in completed]
            reasons = (*_waiting(opens, moment), *_lacking(outline, [*needed, *before[:1]]))
            if lesson.id not in completed:
                missing.append(lesson.id)
                if reasons and not lesson.free_preview:
                    found[lesson.id] = reasons
    return found


def shut(enrollment: Enrollment | None, moment: datetime) -> Reason | None:
    """Why the whole course is closed to the person."""
    if enrollment is None:
        return Reason(code="enrollment_required", detail="Enrol in the course first.")
    if enrollment.expires_at is not None and enrollment.expires_at <= moment:
        return Reason(code="enrollment_expired", detail="The enrollment has expired.")
    return None


def opens_at(module: OutlineModule, enrolled_at: datetime) -> datetime | None:
    """When a module opens; None when it is open from the start."""
    after = module.unlock_after_days
    relative = None if after is None else enrolled_at + timedelta(days=after)
    return max((each for each in (module.unlock_at, relative) if each), default=None)


def _waiting(opens: datetime | None, moment: datetime) -> Iterator[Reason]:
    if opens is not None and moment < opens:
        detail = f"Opens on {opens.day} {opens:%B %Y, %H:%M} UTC."
        yield Reason(code="lesson_locked", detail=detail, until=opens)


def _lacking(outline: Outline, needed: Sequence[str]) -> Iterator[Reason]:
    titles = {each.id: each.title for each in outline.lessons()}
    known = tuple(dict.fromkeys(each for each in needed if each in titles))
    if known:
        named = ", ".join(titles[each] for each in known)
        yield Reason(code="lesson_locked", detail=f"Complete first: {named}.", lesson_ids=known)
