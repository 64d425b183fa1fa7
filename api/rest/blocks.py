"""/lessons/{id}/blocks: answers to the interactive blocks within a lesson."""

from datetime import datetime
from typing import Any

from pydantic import Field

from api.permissions import Permission
from api.rest.bodies import Body, Query
from api.rest.call import Call
from api.rest.documents import Attributes, Resource
from api.rest.engagement import ENTRY, visible_lesson
from api.rest.route import RouteTable
from content.enrollment import participation
from content.lessons import access, blocks
from content.lessons.blocks import AnswerDraft, BlockAnswer
from content.lessons.lessons import Lesson
from content.people import people

table = RouteTable(limit="progress")


class BlockAnswerAttributes(Attributes):
    """An answer, any JSON; `correct` and `score` (0 to 1) as the block's own page told them.

    `statement_id` is the statement that it is.
    """

    type_name = "block_answer"
    relationship_types = {"lesson": "lesson", "user": "user"}

    block_id: str
    answer: Any
    correct: bool | None
    score: float | None
    answered_at: datetime
    statement_id: str


class NewAnswer(Body):
    """An answer, and whether the block found it correct."""

    answer: Any = Field(examples=["useEffect"])
    correct: bool = False
    score: float = 0.0


class AnswerQuery(Query):
    """Whose answer, for people who may see everybody's progress."""

    user_id: str | None = None


@table.route(
    "POST",
    "/lessons/{lesson_id}/blocks/{block_id}/answer",
    permission=Permission.PROGRESS_READ_OWN,
    status=201,
    errors=ENTRY,
)
async def answer_block(
    call: Call, lesson_id: str, block_id: str, body: NewAnswer
) -> Resource[BlockAnswerAttributes]:
    """Answer an interactive block; each answer is a statement."""
    await visible_lesson(call, lesson_id)
    services, person = call.services, call.principal.person
    admitted = await access.admit(services.content, services.progress, person, lesson_id)
    draft = AnswerDraft(**body.model_dump(exclude_unset=True))
    made = await blocks.answer(services.record, person, admitted, block_id, draft)
    return _resource(admitted.lesson, person.id, block_id, made)


@table.route(
    "GET",
    "/lessons/{lesson_id}/blocks/{block_id}/answer",
    permission=Permission.PROGRESS_READ_OWN,
    errors=(
        "answer_not_found",
        "enrollment_expired",
        "enrollment_required",
        "lesson_not_found",
        "user_not_found",
    ),
)
async def get_block_answer(
    call: Call, lesson_id: str, block_id: str, query: AnswerQuery
) -> Resource[BlockAnswerAttributes]:
    """Show the last answer to an interactive block."""
    own = call.principal.person.id
    person_id = call.own_or(Permission.PROGRESS_READ, query.user_id or own) or own
    store, organization_id = call.services.content, call.organization_id
    lesson = await visible_lesson(call, lesson_id)
    person = await people.get(store, organization_id, person_id)
    enrollment = await participation.require(store, organization_id, lesson.course_id, person_id)
    found = await blocks.latest(call.services.log, person, enrollment, lesson, block_id)
    return _resource(lesson, person_id, block_id, found)


def _resource(
    lesson: Lesson, person_id: str, block_id: str, answer: BlockAnswer
) -> Resource[BlockAnswerAttributes]:
    attributes = BlockAnswerAttributes(
        block_id=block_id,
        answer=answer.answer,
        correct=answer.correct,
        score=answer.score,
        answered_at=answer.answered_at,
        statement_id=answer.statement_id,
    )
    related = {"lesson": lesson.id, "user": person_id}
    return Resource(answer.statement_id, attributes, related)
