"""/attempts: how a learner's attempts went, question by question; a review, a reset of one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from api import launching, resetting
from api.pages.desk import at_desk
from api.pages.instructing import quiz_attempts
from api.pages.wording import Badge, badge, length, minute, number
from api.permissions import Permission
from api.services import Services
from content.courses import courses
from content.courses.courses import Course
from content.enrollment import enrollments
from content.enrollment.enrollments import Enrollment
from content.lessons import lessons
from content.people import people
from content.people.people import Person
from content.progress.attempts import AttemptStanding
from scorm_runtime.attempts import ItemProgress
from scorm_runtime.history import Answered
from scorm_runtime.sessions import Attempt

table = web.RouteTableDef()

VERDICTS = {True: "Right", False: "Wrong", None: "Not judged"}
LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """An attempt in the history."""

    id: str
    number: int
    badge: Badge
    score: str
    time: str
    started: str
    last: str
    counts: bool
    reset: str


@dataclass(frozen=True, slots=True)
class LessonHistory:
    """A lesson with its attempts, the newest first."""

    title: str
    rows: list[AttemptRow]


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One question and what was answered."""

    part: str
    question: str
    identifier: str
    response: str
    expected: str
    verdict: str
    mark: str
    time: str


@dataclass(frozen=True, slots=True)
class PartRow:
    """One item of the package."""

    title: str
    badge: Badge
    score: str
    time: str


@table.get("/enrollments/{enrollment_id}/attempts")
async def history(request: web.Request) -> web.Response:
    """Show every attempt of a person in a course, lesson by lesson."""
    desk = await at_desk(request, Permission.PROGRESS_READ)
    services, organization_id = desk.services, desk.organization_id
    sought = desk.named("enrollment_id")
    enrollment = await enrollments.get(services.content, organization_id, sought)
    person, course = await _whose(services, enrollment)
    shown = await _histories(services, enrollment)
    return desk.show(
        "attempts.html",
        person=person,
        course=course,
        enrollment=enrollment,
        histories=shown,
        quizzes=await quiz_attempts.of_enrollment(services.content, enrollment),
    )


@table.get("/attempts/{attempt_id}")
async def detail(request: web.Request) -> web.Response:
    """Show an attempt: its parts, and each question with its answer."""
    desk = await at_desk(request, Permission.PROGRESS_READ)
    services, organization_id = desk.services, desk.organization_id
    attempt_id = desk.named("attempt_id")
    attempt, enrollment = await resetting.found(services, organization_id, attempt_id)
    person, course = await _whose(services, enrollment)
    standings = await services.progress.attempts(enrollment)
    runtime = services.runtime
    outline = await runtime.outline(attempt.launch)
    titles = {each.identifier: each.title or each.identifier for each in outline.activities}
    launchable = {outline.activities[place].identifier for place in outline.launchable}
    answers = await runtime.history.answers(organization_id, attempt_id)
    return desk.show(
        "attempt.html",
        person=person,
        course=course,
        enrollment=enrollment,
        lesson=attempt.launch.title,
        attempt=row(attempt, resetting.standing_of(standings, attempt)),
        parts=[_part(each, titles) for each in attempt.items if each.identifier in launchable],
        answers=[answer(each) for each in answers],
        sequenced=outline.course is not None,
        longest_reason=LONGEST_REASON,
    )


@table.post("/attempts/{attempt_id}/review")
async def review(request: web.Request) -> web.Response:
    """Open the player on an attempt as it was left."""
    desk = await at_desk(request, Permission.PROGRESS_READ)
    services, attempt_id = desk.services, desk.named("attempt_id")
    attempt, _ = await resetting.found(services, desk.organization_id, attempt_id)
    back = f"/attempts/{attempt_id}"
    launched = await launching.review(services, desk.person, attempt, back)
    return web.Response(status=303, headers={"Location": launched.url})


@table.post("/attempts/{attempt_id}/reset")
async def reset(request: web.Request) -> web.Response:
    """Reset an attempt, and show that it is."""
    desk = await at_desk(request, Permission.PROGRESS_RESET)
    services, attempt_id = desk.services, desk.named("attempt_id")
    reason = str((await request.post()).get("reason", "")).strip()[:LONGEST_REASON]
    await resetting.reset(services, desk.person, attempt_id, reason)
    await desk.audit("POST /attempts/{attempt_id}/reset", attempt_id)
    return web.Response(status=303, headers={"Location": f"/attempts/{attempt_id}"})


def row(attempt: Attempt, standing: AttemptStanding) -> AttemptRow:
    """An attempt as a row."""
    lesson = attempt.lesson
    return AttemptRow(
        id=attempt.id,
        number=attempt.number,
        badge=badge(_status(attempt, standing)),
        score="" if lesson.scaled is None else f"{number(round(100 * lesson.scaled, 2))} %",
        time=length(standing.seconds),
        started=minute(standing.started_at) if standing.started_at else "",
        last=minute(standing.last_activity_at) if standing.last_activity_at else "",
        counts=standing.counts,
        reset=minute(standing.reset_at) if standing.reset_at else "",
    )


def answer(one: Answered) -> AnswerRow:
    """An interaction as a row; a numeric result is shown as it is."""
    told = VERDICTS[one.success]
    numeric = one.success is None and one.result not in ("", "neutral")
    return AnswerRow(
        part=one.item_title,
        question=one.question or one.identifier,
        identifier=one.identifier if one.question else "",
        response=plain(one.response),
        expected=" or ".join(plain(each) for each in one.patterns if each),
        verdict=f"Result {one.result}" if numeric else told,
        mark={True: "passed", False: "failed", None: "not_started"}[one.success],
        time=spelt(one.latency),
    )


def spelt(duration: str) -> str:
    """An ISO 8601 duration of hours, minutes and seconds in words: PT1M2.50S is 1 min 2.5 s."""
    found = re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?", duration)
    units = zip(found.groups(), ("h", "min", "s"), strict=True) if found else ()
    return " ".join(f"{float(count):g} {unit}" for count, unit in units if count)


def plain(text: str) -> str:
    """A response in xAPI's notation, as people write it."""
    return text.replace("[,]", ", ").replace("[.]", ": ").replace("[:]", " to ")


def _status(attempt: Attempt, standing: AttemptStanding) -> str:
    if not standing.live:
        return "reset"
    lesson = attempt.lesson
    if lesson.success is not None:
        return "passed" if lesson.success else "failed"
    if lesson.completed:
        return "completed"
    return "in_progress" if standing.started_at else "not_started"


def _part(item: ItemProgress, titles: Mapping[str, str]) -> PartRow:
    known = {"incomplete": "in_progress", "not attempted": "not_started", "browsed": "in_progress"}
    score = item.score
    scaled = score.scaled if score else None
    return PartRow(
        title=titles.get(item.identifier, item.identifier),
        badge=badge(known.get(item.status, item.status)),
        score="" if scaled is None else f"{number(round(100 * scaled, 2))} %",
        time=length(item.seconds),
    )


async def _whose(services: Services, enrollment: Enrollment) -> tuple[Person, Course]:
    store, organization_id = services.content, enrollment.organization_id
    person = await people.get(store, organization_id, enrollment.person_id)
    return person, await courses.get(store, organization_id, enrollment.course_id)


async def _histories(services: Services, enrollment: Enrollment) -> list[LessonHistory]:
    organization_id = enrollment.organization_id
    standings = await services.progress.attempts(enrollment)
    found = await services.runtime.history.attempts(organization_id, enrollment.registrations)
    histories = []
    for lesson_id in dict.fromkeys([*standings, *(each.launch.lesson_id for each in found)]):
        rows = [
            row(each, resetting.standing_of(standings, each))
            for each in found
            if each.launch.lesson_id == lesson_id
        ]
        lesson = await lessons.get(services.content, organization_id, lesson_id)
        histories.append(LessonHistory(lesson.title, rows))
    return histories
