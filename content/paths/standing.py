"""How far a person is on a path: pure, from the standings in its courses."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from content.paths import graph
from content.paths.graph import PathCourse
from content.progress.rollup import COMPLETED, IN_PROGRESS, NOT_STARTED, Standing

NO_STANDING = Standing()


class PathStanding(Struct, frozen=True, kw_only=True):
    """The path as a whole. `progress` is the mean of its courses' in percent.

    It is completed when each required course is, or each course where none is required.
    `current_course` is the open one that was worked on last, else the first that is available.
    `remaining_minutes` are the durations of what is left of the courses.
    """

    progress: float
    status: str
    courses_completed: int
    total_courses: int
    current_course: str | None
    available: tuple[str, ...]
    locked: tuple[str, ...]
    seconds: float
    remaining_minutes: float
    completed_at: datetime | None


def is_met(standing: Standing) -> bool:
    """Whether the course is completed, and not failed."""
    return standing.completed_at is not None and standing.success is not False


def counted(standings: Iterable[Standing]) -> Standing:
    """Of a person's enrollments in one course, the one that counts.

    The first completion, else the furthest progress.
    """
    everything = list(standings)
    met = [each for each in everything if is_met(each)]
    if met:
        return min(met, key=lambda each: str(each.completed_at))
    return max(everything, key=lambda each: each.progress, default=NO_STANDING)


def path_standing(
    courses: Sequence[PathCourse], standings: Mapping[str, Standing], minutes: Mapping[str, int]
) -> PathStanding:
    """The standing on a path of these courses; `minutes` are the durations of courses."""
    of = {each.course_id: standings.get(each.course_id, NO_STANDING) for each in courses}
    completed = {course_id for course_id, standing in of.items() if is_met(standing)}
    progress = {each: 100.0 if each in completed else of[each].progress for each in of}
    available = graph.available(courses, completed)
    completed_at = _completed_at(courses, of)
    return PathStanding(
        progress=round(sum(progress.values()) / len(of), 1) if of else 0.0,
        status=_status(completed_at, of),
        courses_completed=len(completed),
        total_courses=len(of),
        current_course=_current(available, of),
        available=tuple(available),
        locked=tuple(graph.locked(courses, completed)),
        seconds=sum(each.seconds for each in of.values()),
        remaining_minutes=sum(minutes.get(e, 0) * (100 - progress[e]) / 100 for e in of),
        completed_at=completed_at,
    )


def _completed_at(
    courses: Sequence[PathCourse], standings: Mapping[str, Standing]
) -> datetime | None:
    """When the last of those that must be completed was."""
    needed = [each.course_id for each in courses if each.required] or list(standings)
    moments = [standings[each].completed_at for each in needed if is_met(standings[each])]
    known = [each for each in moments if each is not None]
    return max(known) if known and len(known) == len(needed) else None


def _status(completed_at: datetime | None, standings: Mapping[str, Standing]) -> str:
    if completed_at is not None:
        return COMPLETED
    begun = any(each.started_at is not None for each in standings.values())
    return IN_PROGRESS if begun else NOT_STARTED


def _current(available: Sequence[str], standings: Mapping[str, Standing]) -> str | None:
    begun = [
        (moment, each)
        for each in available
        if (moment := standings[each].last_activity_at) is not None
    ]
    if begun:
        return max(begun)[1]
    return available[0] if available else None
