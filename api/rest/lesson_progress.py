"""/lessons/{id}/progress, /complete, /events: what learners do in a lesson, told as statements.

None of it is in the audit log: the statements are the record, and say who told them.
"""

from contextlib import suppress
from datetime import datetime
from typing import Any

from msgspec import structs

from api.permissions import Permission
from api.rest.call import Call
from api.rest.documents import Attributes, Resource
from api.rest.lesson_progress_bodies import (
    EventBody,
    EventsBody,
    PdfBody,
    PositionBody,
    ProgressQuery,
)
from api.rest.route import RouteTable
from content.errors import Conflict
from content.identity import milliseconds, now
from content.lessons import access, lesson_events
from content.lessons.access import Admitted
from content.lessons.lesson_events import LearnerEvent
from content.people import people
from content.people.people import Person
from content.telling.statements import Scene, Statement
from scorm_runtime.sink import StatementsRefused

table = RouteTable(limit="progress")

REFUSED = (
    "lesson_not_found",
    "user_not_found",
    "enrollment_required",
    "enrollment_expired",
    "prerequisite_not_met",
    "lesson_locked",
)


class LessonProgressAttributes(Attributes):
    """How far a person is in a lesson, and by it in the course. Position and scores in percent."""

    type_name = "lesson_progress"
    relationship_types = {"lesson": "lesson", "course": "course", "user": "user"}

    lesson_id: str
    course_id: str
    user_id: str
    status: str
    progress: float
    position: float | None
    success: bool | None
    score: float | None
    time_spent_seconds: float
    started_at: datetime | None
    last_activity_at: datetime | None
    completed_at: datetime | None
    course_progress: float
    course_status: str


@table.route(
    "GET",
    "/lessons/{lesson_id}/progress",
    permission=Permission.PROGRESS_READ_OWN,
    errors=("lesson_not_found", "user_not_found", "enrollment_required"),
)
async def get_lesson_progress(
    call: Call, lesson_id: str, query: ProgressQuery
) -> Resource[LessonProgressAttributes]:
    """Show how far a person is in a lesson."""
    call.own_or(Permission.PROGRESS_READ, query.user_id)
    services, person = call.services, await _person(call, query.user_id)
    return _shown(
        await access.admit(
            services.content, services.progress, person, lesson_id, despite_locks=True
        )
    )


@table.route(
    "POST",
    "/lessons/{lesson_id}/complete",
    permission=Permission.PROGRESS_WRITE_OWN,
    errors=(*REFUSED, "lesson_completes_itself"),
    audited=False,
)
async def complete_lesson(
    call: Call, lesson_id: str, body: PositionBody
) -> Resource[LessonProgressAttributes]:
    """Tell that a lesson is completed; what is completed stays so."""
    visit = await _visit(call, lesson_id, body.user_id)
    visit.check_completes()
    said = lesson_events.completed(visit.scene, visit.lesson, body.percent)
    return await _tell(call, visit, said, body.time_spent_seconds)


@table.route(
    "PATCH",
    "/lessons/{lesson_id}/progress",
    permission=Permission.PROGRESS_WRITE_OWN,
    errors=REFUSED,
    audited=False,
)
async def update_lesson_progress(
    call: Call, lesson_id: str, body: PositionBody
) -> Resource[LessonProgressAttributes]:
    """Tell where in a lesson the learner is, and how long it took so far."""
    return await _left_off(call, lesson_id, body)


@table.route(
    "POST",
    "/lessons/{lesson_id}/progress",
    permission=Permission.PROGRESS_WRITE_OWN,
    errors=REFUSED,
    audited=False,
)
async def tell_lesson_progress(
    call: Call, lesson_id: str, body: PositionBody
) -> Resource[LessonProgressAttributes]:
    """The same as PATCH, for clients that send no PATCH."""
    return await _left_off(call, lesson_id, body)


@table.route(
    "POST",
    "/lessons/{lesson_id}/pdf-progress",
    permission=Permission.PROGRESS_WRITE_OWN,
    errors=REFUSED,
    audited=False,
)
async def update_pdf_progress(
    call: Call, lesson_id: str, body: PdfBody
) -> Resource[LessonProgressAttributes]:
    """Tell which page of a document the learner is on."""
    place = PositionBody(
        user_id=body.user_id,
        position=body.page,
        total=max(body.page, body.page_count),
        time_spent_seconds=body.time_spent_seconds,
    )
    return await _left_off(call, lesson_id, place)


@table.route(
    "POST",
    "/lessons/{lesson_id}/events",
    permission=Permission.PROGRESS_WRITE_OWN,
    errors=(*REFUSED, "lesson_completes_itself", "event_id_taken"),
    audited=False,
)
async def tell_lesson_events(
    call: Call, lesson_id: str, body: EventsBody
) -> Resource[LessonProgressAttributes]:
    """Tell what the learner did in the lesson's player, such as played, paused, completed."""
    visit = await _visit(call, lesson_id, body.user_id)
    if any(each.type == "completed" for each in body.events):
        visit.check_completes()
    try:
        return await _tell(call, visit, [_statement(visit, each) for each in body.events])
    except StatementsRefused as refused:
        detail = "Another event was told of by one of these ids."
        raise Conflict("event_id_taken", detail) from refused


class _Visit:
    """A person in a lesson, in the present attempt on it."""

    def __init__(self, by: Person, who: Person, admitted: Admitted) -> None:
        self.who = who
        self.admitted = admitted
        self.attempt = admitted.attempts[-1]
        self.lesson = admitted.standing
        self.by_oneself = by.id == who.id
        self.scene = Scene(
            actor=who,
            course=admitted.course,
            lesson=admitted.lesson,
            registration=self.attempt.registration,
            at=now(),
            instructor=None if self.by_oneself else by,
        )

    def check_completes(self) -> None:
        """Go on only where that can be said. Raises Conflict (lesson_completes_itself)."""
        lesson = self.admitted.lesson
        if self.by_oneself and not lesson_events.self_completed(lesson):
            detail = f"A lesson of type {lesson.content_type} is completed by its result."
            raise Conflict("lesson_completes_itself", detail)


async def _visit(call: Call, lesson_id: str, user_id: str | None) -> _Visit:
    call.own_or(Permission.PROGRESS_WRITE, user_id)
    services, person = call.services, await _person(call, user_id)
    own = person.id == call.principal.person.id
    admitted = await access.admit(
        services.content, services.progress, person, lesson_id, despite_locks=not own
    )
    return _Visit(call.principal.person, person, admitted)


async def _person(call: Call, user_id: str | None) -> Person:
    own = call.principal.person
    if user_id in (None, own.id):
        return own
    return await people.get(call.services.content, call.organization_id, str(user_id))


async def _left_off(
    call: Call, lesson_id: str, body: PositionBody
) -> Resource[LessonProgressAttributes]:
    visit = await _visit(call, lesson_id, body.user_id)
    position = body.percent
    said = [] if position is None else lesson_events.left_off(visit.scene, visit.lesson, position)
    return await _tell(call, visit, said, body.time_spent_seconds)


async def _tell(
    call: Call, visit: _Visit, said: list[Statement], seconds: float | None = None
) -> Resource[LessonProgressAttributes]:
    """Record what is told, and answer with what it comes to."""
    record, organization_id = call.services.record, call.organization_id
    # The time comes first: what a completion leads to says how long everything took.
    if seconds is not None:
        for each in lesson_events.spent(visit.scene, visit.attempt, seconds):
            # Refused, it was told of by another request at the same time.
            with suppress(StatementsRefused):
                await record(organization_id, [each])
    if said:
        await record(organization_id, said)
    admitted = visit.admitted
    report = await call.services.progress.report_of(admitted.enrollment, admitted.report.outline)
    return _shown(structs.replace(admitted, report=report))


def _statement(visit: _Visit, event: EventBody) -> Statement:
    moment = milliseconds(event.occurred_at or visit.scene.at)
    told = event.id or f"{event.type}/{moment.isoformat()}/{event.time}"
    fields: dict[str, Any] = event.model_dump(exclude={"id", "type", "occurred_at"})
    happened = LearnerEvent(kind=event.type, told=told, occurred_at=moment, **fields)
    return lesson_events.statement(structs.replace(visit.scene, at=moment), happened)


def _shown(admitted: Admitted) -> Resource[LessonProgressAttributes]:
    lesson, course = admitted.standing, admitted.report.standing
    lesson_id, person_id = admitted.lesson.id, admitted.enrollment.person_id
    related = {"lesson": lesson_id, "course": admitted.course.id, "user": person_id}
    attributes = LessonProgressAttributes(
        lesson_id=lesson_id,
        course_id=admitted.course.id,
        user_id=person_id,
        status=lesson.status,
        progress=lesson.progress,
        position=lesson.position,
        success=lesson.success,
        score=lesson.score,
        time_spent_seconds=lesson.seconds,
        started_at=lesson.started_at,
        last_activity_at=lesson.last_activity_at,
        completed_at=lesson.completed_at,
        course_progress=course.progress,
        course_status=course.status,
    )
    return Resource(lesson_id, attributes, related)
