"""/lessons: what is learnt, each an activity that statements are about."""

from datetime import datetime
from typing import Annotated, Any

from aiohttp import web
from msgspec import structs
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from api.permissions import Permission
from api.rest.bodies import Body, Draft, ListQuery, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.lists import page_within
from api.rest.route import RouteTable
from api.rest.visibility import visible_course
from content.courses import courses, modules
from content.errors import NotFound
from content.lessons import lesson_content, lessons
from content.lessons.lessons import Lesson, LessonChanges, LessonDraft
from content.progress.attempts import AttemptPolicy, Counts, Renewal
from scorm_runtime.launch import Display

table = RouteTable(limit="courses")

Content = Annotated[
    dict[str, Any] | None,
    WithJsonSchema({"anyOf": [*lesson_content.schemas(), {"type": "null"}]}),
]
"""What the lesson consists of, by its `content_type`."""


class AttemptPolicyAttributes(BaseModel):
    """How often a lesson may be attempted, which attempt counts, and whether for credit.

    `limit` null is any number of attempts; `mastery_score` (0 to 100) outdoes the manifest's in
    SCORM 1.2.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)

    counts: Counts = "best"
    limit: int | None = Field(default=None, ge=1, le=1000)
    renewal: Renewal = "on_request"
    locked_after_pass: bool = False
    credit: bool = True
    mastery_score: float | None = Field(default=None, ge=0, le=100)


class LessonAttributes(Attributes):
    """A lesson. `activity_id` is the IRI under which statements name it.

    Authors and, of a free preview, learners see the `content`; else it is null, and learners have
    it by /learn.
    `display` is where its package is shown: in the player's frame, or in a window of its own.
    """

    type_name = "lesson"
    relationship_types = {"course": "course", "module": "module", "package": "package"}

    title: str
    description: str
    display: Display
    content_type: str
    position: int
    activity_id: str
    content: Content
    duration_minutes: int | None
    free_preview: bool
    prerequisites: tuple[str, ...]
    attempt_policy: AttemptPolicyAttributes
    archived_at: datetime | None
    created_at: datetime
    updated_at: datetime


class NewLesson(Draft):
    """A new lesson; `activity_id` where the content reports under an IRI of its own."""

    title: str
    content_type: str
    description: str = ""
    display: Display = "frame"
    activity_id: str | None = None
    content: Content = None
    duration_minutes: int | None = Field(None, ge=0, le=1_000_000)
    free_preview: bool = False
    prerequisites: tuple[str, ...] = Field((), max_length=100)
    attempt_policy: AttemptPolicyAttributes = AttemptPolicyAttributes()
    position: int | None = Field(None, ge=1, le=100_000)


class NewCourseLesson(NewLesson):
    """A new lesson of a course, in one of its modules."""

    module_id: str = Field(max_length=100)


class ChangedLesson(Draft):
    """What may be changed; what is not given stays. The content is replaced whole."""

    title: str = ""
    description: str = ""
    content: Content = None
    display: Display = "frame"
    duration_minutes: int | None = Field(None, ge=0, le=1_000_000)
    free_preview: bool = False
    prerequisites: tuple[str, ...] = Field((), max_length=100)
    attempt_policy: AttemptPolicyAttributes = AttemptPolicyAttributes()


class LessonMove(Body):
    """The module that the lesson goes into, at its end unless a position is given."""

    module_id: str = Field(max_length=100)
    position: int | None = Field(None, ge=1, le=100_000)


class LessonOrder(Body):
    """Every lesson of the module, in the order that it is to have."""

    lesson_ids: tuple[str, ...]


def lesson_resource(lesson: Lesson, *, whole: bool = True) -> Resource[LessonAttributes]:
    """The lesson as a resource; `whole`: with its content."""
    related = {"course": lesson.course_id, "module": lesson.module_id, "package": lesson.package_id}
    content = lesson.content if whole else None
    shown = {
        "content": lesson_content.shown(content) if content else None,
        "duration_minutes": lesson.minutes or lesson.duration_minutes,
        "attempt_policy": AttemptPolicyAttributes.model_validate(lesson.attempt_policy),
    }
    attributes = LessonAttributes.model_validate({**structs.asdict(lesson), **shown})
    return Resource(lesson.id, attributes, related, lesson.version)


def lesson_seen(call: Call, lesson: Lesson) -> Resource[LessonAttributes]:
    """The lesson as the person may see it."""
    whole = lesson.free_preview or call.principal.may(Permission.COURSES_READ_ALL)
    return lesson_resource(lesson, whole=whole)


@table.route(
    "GET",
    "/modules/{module_id}/lessons",
    permission=Permission.COURSES_READ,
    errors=("module_not_found",),
)
async def list_lessons(
    call: Call, module_id: str, query: ListQuery
) -> ResourcePage[LessonAttributes]:
    """List the lessons of a module in their order."""
    store, organization_id = call.services.content, call.organization_id
    module = await modules.get(store, organization_id, module_id)
    await visible_course(call, module.course_id)
    found = await lessons.within(store, organization_id, module_id)
    return page_within(query, found, lambda each: lesson_seen(call, each))


@table.route(
    "POST",
    "/modules/{module_id}/lessons",
    permission=Permission.COURSES_WRITE,
    status=201,
    errors=("module_not_found", "activity_id_taken"),
)
async def create_lesson(call: Call, module_id: str, body: NewLesson) -> Resource[LessonAttributes]:
    """Add a lesson to a module. SCORM lessons are made by POST /scorm/upload."""
    draft = LessonDraft(**_fields(body))
    store = call.services.content
    return lesson_resource(await lessons.create(store, call.organization_id, module_id, draft))


@table.route(
    "GET",
    "/courses/{course_id}/lessons",
    permission=Permission.COURSES_READ,
    errors=("course_not_found",),
)
async def list_course_lessons(
    call: Call, course_id: str, query: ListQuery
) -> ResourcePage[LessonAttributes]:
    """List the lessons of a course in their order, module by module."""
    await visible_course(call, course_id)
    found = await lessons.of_course(call.services.content, call.organization_id, course_id)
    return page_within(query, found, lambda each: lesson_seen(call, each))


@table.route(
    "POST",
    "/courses/{course_id}/lessons",
    permission=Permission.COURSES_WRITE,
    status=201,
    errors=("course_not_found", "module_not_found", "activity_id_taken"),
)
async def create_course_lesson(
    call: Call, course_id: str, body: NewCourseLesson
) -> Resource[LessonAttributes]:
    """Add a lesson to a module of a course."""
    store, organization_id = call.services.content, call.organization_id
    await courses.get(store, organization_id, course_id)
    module = await modules.get(store, organization_id, body.module_id)
    if module.course_id != course_id:
        raise NotFound("module", module.id)
    fields = _fields(body)
    del fields["module_id"]
    made = await lessons.create(store, organization_id, module.id, LessonDraft(**fields))
    return lesson_resource(made)


@table.route(
    "POST",
    "/modules/{module_id}/lessons/reorder",
    permission=Permission.COURSES_WRITE,
    errors=("module_not_found",),
)
async def reorder_lessons(
    call: Call, module_id: str, body: LessonOrder
) -> ResourcePage[LessonAttributes]:
    """Put the lessons of a module in another order."""
    found = await lessons.reorder(
        call.services.content, call.organization_id, module_id, body.lesson_ids
    )
    return page_within(PageQuery(page=1, per_page=100), found, lesson_resource)


@table.route(
    "POST",
    "/lessons/{lesson_id}/move",
    permission=Permission.COURSES_WRITE,
    errors=("lesson_not_found", "module_not_found"),
)
async def move_lesson(call: Call, lesson_id: str, body: LessonMove) -> Resource[LessonAttributes]:
    """Put a lesson elsewhere: into another module of its course, or to another position."""
    store = call.services.content
    return lesson_resource(
        await lessons.move(store, call.organization_id, lesson_id, body.module_id, body.position)
    )


@table.route(
    "GET", "/lessons/{lesson_id}", permission=Permission.COURSES_READ, errors=("lesson_not_found",)
)
async def get_lesson(call: Call, lesson_id: str) -> Resource[LessonAttributes]:
    """Show a lesson."""
    lesson = await lessons.get(call.services.content, call.organization_id, lesson_id)
    await visible_course(call, lesson.course_id)
    return lesson_seen(call, lesson)


@table.route(
    "PATCH",
    "/lessons/{lesson_id}",
    permission=Permission.COURSES_WRITE,
    errors=("lesson_not_found", "version_mismatch"),
)
async def update_lesson(
    call: Call, lesson_id: str, body: ChangedLesson
) -> Resource[LessonAttributes]:
    """Change a lesson; its content and the policy of attempts are replaced whole."""
    changes = LessonChanges(**_fields(body))
    version = expected_version(call.request)
    store = call.services.content
    return lesson_resource(
        await lessons.update(store, call.organization_id, lesson_id, changes, version)
    )


@table.route(
    "DELETE",
    "/lessons/{lesson_id}",
    permission=Permission.COURSES_WRITE,
    status=204,
    errors=("lesson_not_found", "version_mismatch"),
)
async def archive_lesson(call: Call, lesson_id: str) -> web.Response:
    """Take a lesson out of its course; what was learnt stays."""
    version = expected_version(call.request)
    await lessons.archive(call.services.content, call.organization_id, lesson_id, version)
    return web.Response(status=204)


def _fields(body: NewLesson | ChangedLesson) -> dict[str, Any]:
    """What was given, a policy as content has it."""
    fields = {name: getattr(body, name) for name in body.model_fields_set}
    if "attempt_policy" in fields:
        fields["attempt_policy"] = AttemptPolicy(**fields["attempt_policy"].model_dump())
    return fields
