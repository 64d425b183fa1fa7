"""/attempts: how each attempt on a package went, what was answered, and what sequencing decided."""

from datetime import datetime
from typing import Any

from msgspec.structs import asdict
from pydantic import BaseModel, Field

from api import resetting
from api.permissions import Permission
from api.rest.bodies import Body, ListQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage
from api.rest.lists import page_within
from api.rest.route import RouteTable
from content.enrollment import enrollments
from content.errors import NotFound
from content.progress.attempts import AttemptStanding
from scorm_runtime.attempts import ItemProgress
from scorm_runtime.sequencing import EXPLANATIONS
from scorm_runtime.sessions import Attempt

table = RouteTable()


class ItemStanding(BaseModel):
    """One item of the package: status, score as the content gave it, time spent."""

    identifier: str
    status: str
    completion: str
    success: str
    score_raw: float | None
    score_scaled: float | None
    time_spent_seconds: float


class AttemptAttributes(Attributes):
    """An attempt on a lesson's package; `progress` in percent, `score` from -1 to 1.

    `counts` says whether this is the attempt that counts by the lesson's policy; one that was
    reset (`reset_at`) never does. The moments and the time spent are told by the statements.
    """

    type_name = "attempt"
    relationship_types = {"lesson": "lesson", "user": "user"}

    number: int
    registration: str
    progress: int
    completed: bool
    success: bool | None
    score: float | None
    running: bool
    counts: bool
    started_at: datetime | None
    last_activity_at: datetime | None
    reset_at: datetime | None
    time_spent_seconds: float
    items: list[ItemStanding]


class Answer(BaseModel):
    """One interaction; `patterns` are the right responses, `latency` is an ISO 8601 duration."""

    item: str
    item_title: str
    identifier: str
    kind: str
    question: str
    response: str
    patterns: tuple[str, ...]
    result: str
    success: bool | None
    weighting: str
    latency: str
    at: str


class AnswersAttributes(Attributes):
    """Every interaction of an attempt, by item."""

    type_name = "attempt_interactions"

    interactions: list[Answer]


class ResetBody(Body):
    """Why an attempt is reset; the reason is recorded with it."""

    reason: str = Field("", max_length=1000)


class Decision(BaseModel):
    """One process of the sequencing specification, by its number, and what came out of it."""

    process: str
    activity: str | None
    outcome: str


class MoveStanding(BaseModel):
    """One navigation request: what was launched, or why nothing was; every decision in order."""

    number: int
    at: datetime
    request: str
    target: str | None
    delivered: str | None
    ended: bool
    exception: str | None
    explanation: str | None
    decisions: list[Decision]


class TraceAttributes(Attributes):
    """The latest navigation requests that an attempt met, oldest first."""

    type_name = "attempt_trace"

    moves: list[MoveStanding]


@table.route(
    "GET",
    "/enrollments/{enrollment_id}/attempts",
    permission=Permission.PROGRESS_READ_OWN,
    errors=("enrollment_not_found",),
)
async def list_attempts(
    call: Call, enrollment_id: str, query: ListQuery
) -> ResourcePage[AttemptAttributes]:
    """List the attempts of an enrollment, the newest of each lesson first."""
    enrollment = await enrollments.get(call.services.content, call.organization_id, enrollment_id)
    call.own_or(Permission.PROGRESS_READ, enrollment.person_id)
    found = await call.services.runtime.history.attempts(
        call.organization_id, enrollment.registrations
    )
    standings = await call.services.progress.attempts(enrollment)
    return page_within(
        query, found, lambda each: _resource(each, resetting.standing_of(standings, each))
    )


@table.route(
    "GET",
    "/attempts/{attempt_id}",
    permission=Permission.PROGRESS_READ_OWN,
    errors=("attempt_not_found",),
)
async def get_attempt(call: Call, attempt_id: str) -> Resource[AttemptAttributes]:
    """Show an attempt, item by item."""
    return await _shown(call, await _attempt(call, attempt_id))


@table.route(
    "POST",
    "/attempts/{attempt_id}/reset",
    permission=Permission.PROGRESS_RESET,
    errors=("attempt_not_found", "already_reset", "lesson_archived"),
)
async def reset_attempt(
    call: Call, attempt_id: str, body: ResetBody
) -> Resource[AttemptAttributes]:
    """Reset an attempt: it counts no more, stays in the history, and the learner starts afresh."""
    person = call.principal.person
    return await _shown(call, await resetting.reset(call.services, person, attempt_id, body.reason))


@table.route(
    "GET",
    "/attempts/{attempt_id}/interactions",
    permission=Permission.PROGRESS_READ_OWN,
    errors=("attempt_not_found",),
)
async def get_interactions(call: Call, attempt_id: str) -> Resource[AnswersAttributes]:
    """Show what was answered in an attempt."""
    await _attempt(call, attempt_id)
    found = await call.services.runtime.history.answers(call.organization_id, attempt_id)
    answers = [Answer.model_validate(asdict(one)) for one in found]
    return Resource(attempt_id, AnswersAttributes(interactions=answers))


@table.route(
    "GET",
    "/attempts/{attempt_id}/trace",
    permission=Permission.PROGRESS_READ_OWN,
    errors=("attempt_not_found",),
)
async def get_trace(call: Call, attempt_id: str) -> Resource[TraceAttributes]:
    """Show which rule of sequencing decided what in an attempt."""
    await _attempt(call, attempt_id)
    found = await call.services.runtime.history.moves(call.organization_id, attempt_id)
    moves = [
        MoveStanding(
            number=move.number,
            at=move.at,
            request=move.request,
            target=move.target,
            delivered=move.delivered,
            ended=move.ended,
            exception=move.exception,
            explanation=EXPLANATIONS.get(move.exception or ""),
            decisions=[Decision.model_validate(asdict(entry)) for entry in move.trace],
        )
        for move in found
    ]
    return Resource(attempt_id, TraceAttributes(moves=moves))


async def _attempt(call: Call, attempt_id: str) -> Attempt:
    """The attempt, if the person may see it."""
    attempt = await call.services.runtime.history.attempt(call.organization_id, attempt_id)
    if attempt is None:
        raise NotFound("attempt", attempt_id)
    call.own_or(Permission.PROGRESS_READ, attempt.launch.learner_id)
    return attempt


async def _shown(call: Call, attempt: Attempt) -> Resource[AttemptAttributes]:
    """An attempt with what the statements tell of it."""
    registration = attempt.launch.registration
    enrollment = await enrollments.by_registration(
        call.services.content, call.organization_id, registration
    )
    standings = await call.services.progress.attempts(enrollment) if enrollment else {}
    return _resource(attempt, resetting.standing_of(standings, attempt))


def _resource(attempt: Attempt, standing: AttemptStanding) -> Resource[AttemptAttributes]:
    lesson, launch = attempt.lesson, attempt.launch
    attributes = AttemptAttributes(
        number=attempt.number,
        registration=launch.registration,
        progress=lesson.percent,
        completed=lesson.completed,
        success=lesson.success,
        score=lesson.scaled,
        running=attempt.session is not None,
        counts=standing.counts,
        started_at=standing.started_at,
        last_activity_at=standing.last_activity_at,
        reset_at=standing.reset_at,
        time_spent_seconds=standing.seconds,
        items=[_item(item) for item in attempt.items],
    )
    related: dict[str, Any] = {"lesson": launch.lesson_id, "user": launch.learner_id}
    return Resource(attempt.id, attributes, related)


def _item(item: ItemProgress) -> ItemStanding:
    score = item.score
    return ItemStanding(
        identifier=item.identifier,
        status=item.status,
        completion=item.completion,
        success=item.success,
        score_raw=score.raw if score else None,
        score_scaled=score.scaled if score else None,
        time_spent_seconds=item.seconds,
    )
