"""A course's funnel: how many are left at each lesson, who stopped there, how long it took. Pure.

Every figure is of the enrollments that are not cancelled.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import fmean, median

from msgspec import Struct

from content.analytics.course import STOPPED_AFTER
from content.analytics.learners import Learner


class LessonStep(Struct, frozen=True, kw_only=True):
    """One lesson, in its place in the course.

    `began` have any statement about it, `completed` completed it. `stopped` began it, completed
    neither it nor the course, and have done nothing in the course for STOPPED_AFTER;
    `drop_rate` is their share of those who began, in percent. `median_minutes` and `mean_minutes`
    are in sessions, of those who spent any time in it.
    """

    lesson_id: str
    title: str
    began: int
    completed: int
    stopped: int
    drop_rate: float | None
    median_minutes: float | None
    mean_minutes: float | None


class Funnel(Struct, frozen=True, kw_only=True):
    """From enrolment to completion; `began` have any statement in the course."""

    enrolled: int
    began: int
    lessons: tuple[LessonStep, ...]
    completed: int


def funnel(
    learners: Sequence[Learner], lessons: Sequence[tuple[str, str]], moment: datetime
) -> Funnel:
    """The funnel of a course whose lessons are these, by id and title, in order."""
    sums = {lesson_id: _Sums() for lesson_id, _ in lessons}
    for each in learners:
        _add(sums, each, moment)
    return Funnel(
        enrolled=len(learners),
        began=sum(each.started_at is not None for each in learners),
        lessons=tuple(sums[lesson_id].step(lesson_id, title) for lesson_id, title in lessons),
        completed=sum(each.completed_at is not None for each in learners),
    )


@dataclass(slots=True)
class _Sums:
    began: int = 0
    completed: int = 0
    stopped: int = 0
    minutes: list[float] = field(default_factory=list)

    def step(self, lesson_id: str, title: str) -> LessonStep:
        return LessonStep(
            lesson_id=lesson_id,
            title=title,
            began=self.began,
            completed=self.completed,
            stopped=self.stopped,
            drop_rate=round(100 * self.stopped / self.began, 1) if self.began else None,
            median_minutes=round(median(self.minutes), 1) if self.minutes else None,
            mean_minutes=round(fmean(self.minutes), 1) if self.minutes else None,
        )


def _add(sums: dict[str, _Sums], learner: Learner, moment: datetime) -> None:
    last = learner.last_activity_at
    quiet = last is not None and moment - last > STOPPED_AFTER
    gone = quiet and learner.completed_at is None
    completed = learner.completed
    minutes: dict[str, float] = {}
    for each in learner.tries:
        minutes[each.lesson_id] = minutes.get(each.lesson_id, 0.0) + each.seconds / 60
    for lesson_id, spent in minutes.items():
        if lesson_id in sums:
            one = sums[lesson_id]
            one.began += 1
            one.completed += lesson_id in completed
            one.stopped += gone and lesson_id not in completed
            if spent:
                one.minutes.append(spent)
