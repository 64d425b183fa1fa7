"""Roll-up: from lessons' states to the progress of lessons, modules and the course.

Of a lesson one attempt counts, by its policy. It is at 100 when completed, else as far as it was
told; a module and the course are at the mean of their lessons. A course is completed when every
lesson is, or when a statement about the course's own activity says so: at the earlier of the two
moments. Where the course has a passing score, who completed it has passed by that alone.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct

from content.courses.outline import Outline, OutlineLesson, OutlineModule
from content.progress.counting import counted
from content.progress.fold import ActivityState, CourseState, score_ratio

NOT_STARTED, IN_PROGRESS, COMPLETED = "not_started", "in_progress", "completed"


class LessonProgress(Struct, frozen=True, kw_only=True):
    """One lesson: `progress` 0 to 100, `score` in percent, `seconds` in sessions.

    `position` is where the person left off, 0 to 100; None where nothing told.
    """

    lesson_id: str
    title: str
    progress: float
    status: str
    started_at: datetime | None
    last_activity_at: datetime | None
    completed_at: datetime | None
    success: bool | None
    score: float | None
    seconds: float
    evidence: tuple[str, ...]
    position: float | None = None


class ModuleProgress(Struct, frozen=True, kw_only=True):
    """One module: `completed_at` once each of its lessons is."""

    module_id: str
    title: str
    progress: float
    completed_at: datetime | None
    lessons: tuple[LessonProgress, ...]


class Standing(Struct, frozen=True, kw_only=True):
    """The course as a whole, for one enrollment.

    `score` is the course activity's own, else the mean of the lessons' best, in percent.
    `evidence` are the ids of the statements by which lessons and course are completed and passed.
    """

    progress: float = 0.0
    status: str = NOT_STARTED
    lessons_completed: int = 0
    total_lessons: int = 0
    started_at: datetime | None = None
    last_activity_at: datetime | None = None
    completed_at: datetime | None = None
    success: bool | None = None
    score: float | None = None
    seconds: float = 0.0
    evidence: tuple[str, ...] = ()


def modules(outline: Outline, state: CourseState) -> tuple[ModuleProgress, ...]:
    """Every module with its lessons, in order."""
    return tuple(_module(module, state) for module in outline.modules)


def standing(outline: Outline, state: CourseState) -> Standing:
    """The course as a whole."""
    lessons = [_lesson(each, _counted(each, state)) for each in outline.lessons()]
    own = _as_lesson(outline)
    course = _lesson(own, _counted(own, state))
    everything = [course, *lessons]
    completed_at = _earliest([course.completed_at, _completed(lessons)])
    started_at = _earliest(each.started_at for each in everything)
    mean = _mean(each.progress for each in lessons) or 0.0
    score = _mean(each.score for each in lessons) if course.score is None else course.score
    return Standing(
        progress=100.0 if completed_at else round(max(mean, course.progress), 1),
        status=_status(started_at, completed_at),
        lessons_completed=sum(each.completed_at is not None for each in lessons),
        total_lessons=len(lessons),
        started_at=started_at,
        last_activity_at=_latest(each.last_activity_at for each in everything),
        completed_at=completed_at,
        success=_passed(outline, score, completed_at, [course.success, _verdict(lessons)]),
        score=None if score is None else round(score, 2),
        seconds=sum(each.seconds for each in everything),
        evidence=tuple(dict.fromkeys(each for one in everything for each in one.evidence)),
    )


def _as_lesson(outline: Outline) -> OutlineLesson:
    return OutlineLesson(id=outline.course_id, title="", activity_id=outline.activity_id)


def _lesson(lesson: OutlineLesson, state: ActivityState) -> LessonProgress:
    started_at = state.first.at if state.first else None
    completed_at = state.completed.at if state.completed else None
    reached = state.furthest.percent if state.furthest else 0.0
    ratio = score_ratio(state.best) if state.best else None
    proofs = (each.statement_id for each in (state.completed, state.passed) if each)
    return LessonProgress(
        lesson_id=lesson.id,
        title=lesson.title,
        progress=100.0 if completed_at else round(reached, 1),
        status=_status(started_at, completed_at),
        started_at=started_at,
        last_activity_at=state.last.at if state.last else None,
        completed_at=completed_at,
        success=_success(state),
        score=None if ratio is None else round(ratio * 100, 2),
        seconds=sum(session.seconds for session in state.sessions),
        evidence=tuple(dict.fromkeys(proofs)),
        position=round(state.place.percent, 2) if state.place else None,
    )


def _module(module: OutlineModule, state: CourseState) -> ModuleProgress:
    lessons = [_lesson(each, _counted(each, state)) for each in module.lessons]
    return ModuleProgress(
        module_id=module.id,
        title=module.title,
        progress=round(_mean(each.progress for each in lessons) or 0.0, 1),
        completed_at=_completed(lessons),
        lessons=tuple(lessons),
    )


def _counted(lesson: OutlineLesson, state: CourseState) -> ActivityState:
    return counted(lesson.policy, state.attempts.get(lesson.id, {}))


def _success(state: ActivityState) -> bool | None:
    if state.passed is not None:
        return True
    return None if state.failed is None else False


def _verdict(lessons: list[LessonProgress]) -> bool | None:
    """Failed if a lesson is failed, passed if one is passed; lessons without a verdict abstain."""
    verdicts = {each.success for each in lessons} - {None}
    return all(verdicts) if verdicts else None


def _passed(
    outline: Outline,
    score: float | None,
    completed_at: datetime | None,
    verdicts: Iterable[bool | None],
) -> bool | None:
    """By the course's passing score, else by what was said first: of the course, of lessons."""
    if outline.passing_score is None or score is None:
        return next((each for each in verdicts if each is not None), None)
    return score >= outline.passing_score if completed_at else None


def _completed(lessons: list[LessonProgress]) -> datetime | None:
    moments = [each.completed_at for each in lessons]
    return None if None in moments else _latest(moments)


def _status(started_at: datetime | None, completed_at: datetime | None) -> str:
    if completed_at is not None:
        return COMPLETED
    return NOT_STARTED if started_at is None else IN_PROGRESS


def _known(moments: Iterable[datetime | None]) -> Iterator[datetime]:
    return (each for each in moments if each is not None)


def _earliest(moments: Iterable[datetime | None]) -> datetime | None:
    return min(_known(moments), default=None)


def _latest(moments: Iterable[datetime | None]) -> datetime | None:
    return max(_known(moments), default=None)


def _mean(values: Iterable[float | None]) -> float | None:
    known = [each for each in values if each is not None]
    return sum(known) / len(known) if known else None
