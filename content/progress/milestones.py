"""Milestones: the events of a fold that has come further, a lesson or the course completed.

They are told once for each attempt, whichever statement they came by: what was reset can be
completed again, and then is told again.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from msgspec import Struct

from content.courses.outline import Outline
from content.progress import rollup
from content.progress.fold import ActivityState, CourseState
from content.progress.rollup import LessonProgress, Standing
from content.telling.events import Event, event
from content.telling.statements import timestamp

HOUR = 3600


class Whose(Struct, frozen=True, kw_only=True):
    """Whose progress it is, by ids."""

    organization_id: str
    enrollment_id: str
    person_id: str
    course_id: str

    @property
    def told(self) -> dict[str, str]:
        """As events say it."""
        return {
            "enrollment_id": self.enrollment_id,
            "user_id": self.person_id,
            "course_id": self.course_id,
        }


class Reached(Struct, frozen=True, kw_only=True):
    """A fold, and what it comes to."""

    state: CourseState = CourseState()
    standing: Standing = Standing()


def between(whose: Whose, outline: Outline, before: Reached, after: Reached) -> list[Event]:
    """The events of what is completed after and was not before."""
    earlier = {each.lesson_id: each for each in _lessons(outline, before.state)}
    found = [
        _lesson(whose, each, each.completed_at, after.state)
        for each in _lessons(outline, after.state)
        if each.completed_at is not None and earlier[each.lesson_id].completed_at is None
    ]
    if after.standing.completed_at is not None and before.standing.completed_at is None:
        found.append(_course(whose, after, after.standing.completed_at))
    return found


def further(before: Standing, after: Standing) -> bool:
    """Whether something may be completed that was not."""
    newly = after.completed_at is not None and before.completed_at is None
    return newly or after.lessons_completed > before.lessons_completed


def _lessons(outline: Outline, state: CourseState) -> Iterator[LessonProgress]:
    for module in rollup.modules(outline, state):
        yield from module.lessons


def _lesson(whose: Whose, lesson: LessonProgress, moment: datetime, state: CourseState) -> Event:
    resets = _resets([state.attempts.get(lesson.lesson_id, {})])
    data = {
        **whose.told,
        "lesson_id": lesson.lesson_id,
        "completed_at": timestamp(moment),
        "score": lesson.score,
        "passed": lesson.success,
        "time_spent_seconds": lesson.seconds,
    }
    told = f"{whose.enrollment_id}/{lesson.lesson_id}/{resets}"
    return event(whose.organization_id, "lesson.completed", told, moment, data)


def _course(whose: Whose, after: Reached, moment: datetime) -> Event:
    standing = after.standing
    data = {
        **whose.told,
        "completed_at": timestamp(moment),
        "final_score": standing.score,
        "passed": standing.success,
        "time_spent_hours": round(standing.seconds / HOUR, 2),
    }
    told = f"{whose.enrollment_id}/{_resets(after.state.attempts.values())}"
    return event(whose.organization_id, "enrollment.completed", told, moment, data)


def _resets(attempts: Iterable[Mapping[str, ActivityState]]) -> int:
    """How many attempts were reset."""
    return sum(each.reset is not None for some in attempts for each in some.values())
