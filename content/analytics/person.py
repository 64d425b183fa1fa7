"""A person's figures: what they learn, how often, how well, and what could come next."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from msgspec import Struct

from content.analytics.periods import longest_streak, streak
from content.courses.courses import Course
from content.enrollment.enrollments import Enrollment
from content.identity import now
from content.progress.fold import ActivityState
from content.progress.progress import CourseProgress
from content.store import COLLECTIONS, Store

ACTIVITY_DAYS: Final = 30
MOST_STRENGTHS: Final = 5
STRONG: Final = 75.0
MOST_RECOMMENDATIONS: Final = 5


class Summary(Struct, frozen=True, kw_only=True):
    """All a person has done. A streak is of days in a row, up to today or yesterday, in UTC."""

    courses_enrolled: int
    courses_completed: int
    total_time_hours: float
    certificates_earned: int
    average_score: float | None
    current_streak_days: int
    longest_streak_days: int


class ActiveDay(Struct, frozen=True, kw_only=True):
    """One day with activity of the last ACTIVITY_DAYS."""

    date: date
    time_minutes: int
    lessons_completed: int


class Recommendation(Struct, frozen=True, kw_only=True):
    """A course that the person is not in, and why they might be."""

    course_id: str
    reason: str


class PersonFigures(Struct, frozen=True, kw_only=True):
    """`strengths` are the tags of completed courses with a mean score of STRONG or more."""

    summary: Summary
    learning_activity: tuple[ActiveDay, ...]
    strengths: tuple[str, ...]
    recommendations: tuple[Recommendation, ...]


async def figures(store: Store, organization_id: str, person_id: str) -> PersonFigures:
    """The figures of a person, over all enrollments that are not cancelled."""
    query = {"person_id": person_id, "cancelled_at": None}
    held = await store.of(Enrollment).all(organization_id, query)
    ids = [each.id for each in held]
    folds = await store.of(CourseProgress).all(organization_id, {"_id": {"$in": ids}})
    wanted = {"_id": {"$in": [each.course_id for each in held]}}
    courses = {each.id: each for each in await store.of(Course).all(organization_id, wanted)}
    certificates = await store.database[COLLECTIONS["certificate"]].count_documents(
        {"organization_id": organization_id, "person_id": person_id, "revoked_at": None}
    )
    return PersonFigures(
        summary=_summary(held, folds, certificates, now()),
        learning_activity=tuple(activity(folds, now())),
        strengths=strengths(folds, courses),
        recommendations=await _recommended(store, organization_id, folds, courses),
    )


def activity(folds: Iterable[CourseProgress], moment: datetime) -> Iterator[ActiveDay]:
    """The days of the last ACTIVITY_DAYS on which something was done, oldest first."""
    first = (moment - timedelta(days=ACTIVITY_DAYS - 1)).date()
    seconds: Counter[date] = Counter()
    completed: Counter[date] = Counter()
    days: set[date] = set()
    for fold in folds:
        for lesson_id, state in _states(fold):
            days |= {date.fromordinal(each) for each in state.days}
            for session in state.sessions:
                seconds[session.at.date()] += int(session.seconds)
            if state.completed is not None and lesson_id != fold.course_id:
                completed[state.completed.at.date()] += 1
    for day in sorted(each for each in days if each >= first):
        yield ActiveDay(date=day, time_minutes=seconds[day] // 60, lessons_completed=completed[day])


def strengths(folds: Iterable[CourseProgress], courses: Mapping[str, Course]) -> tuple[str, ...]:
    """The tags of what the person does well, the best first."""
    scores: dict[str, list[float]] = defaultdict(list)
    for fold in folds:
        course, standing = courses.get(fold.course_id), fold.standing
        if course is not None and standing.completed_at and standing.score is not None:
            for tag in course.tags:
                scores[tag].append(standing.score)
    means = {tag: sum(each) / len(each) for tag, each in scores.items()}
    strong = [tag for tag, mean in means.items() if mean >= STRONG]
    return tuple(sorted(strong, key=lambda tag: (-means[tag], tag))[:MOST_STRENGTHS])


def _summary(
    held: Sequence[Enrollment],
    folds: Sequence[CourseProgress],
    certificates: int,
    moment: datetime,
) -> Summary:
    scores = [each.standing.score for each in folds if each.standing.score is not None]
    days = {day for fold in folds for _, state in _states(fold) for day in state.days}
    return Summary(
        courses_enrolled=len(held),
        courses_completed=sum(each.standing.completed_at is not None for each in folds),
        total_time_hours=round(sum(each.standing.seconds for each in folds) / 3600, 1),
        certificates_earned=certificates,
        average_score=round(sum(scores) / len(scores), 1) if scores else None,
        current_streak_days=streak(days, moment.toordinal()),
        longest_streak_days=longest_streak(days),
    )


async def _recommended(
    store: Store,
    organization_id: str,
    folds: Iterable[CourseProgress],
    courses: Mapping[str, Course],
) -> tuple[Recommendation, ...]:
    """What builds on a completed course, then what shares tags with one; none that they are in."""
    done = [each.course_id for each in folds if each.standing.completed_at]
    tags = {tag: each for each in done if each in courses for tag in courses[each].tags}
    open_to_all = {
        "_id": {"$nin": list(courses)},
        "status": "published",
        "settings.self_enrollment": True,
    }
    builds_on = {**open_to_all, "prerequisites": {"$in": done}}
    found: dict[str, Recommendation] = {}
    for query in (builds_on, {**open_to_all, "tags": {"$in": list(tags)}}):
        cursor = store.of(Course).each(organization_id, query, [("created_at", -1)])
        async for course in cursor:
            if len(found) >= MOST_RECOMMENDATIONS:
                break
            basis = [each for each in course.prerequisites if each in done]
            basis += [tags[each] for each in course.tags if each in tags]
            if basis and course.id not in found and basis[0] in courses:
                reason = f"Based on {courses[basis[0]].title} completion"
                found[course.id] = Recommendation(course_id=course.id, reason=reason)
    return tuple(found.values())


def _states(fold: CourseProgress) -> Iterator[tuple[str, ActivityState]]:
    """The states that count, with the lesson's id, or the course's."""
    for lesson_id, attempts in fold.state.attempts.items():
        for state in attempts.values():
            if not state.reset:
                yield lesson_id, state
