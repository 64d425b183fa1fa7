"""/courses/…/lessons/…: where a lesson is shown, how often it may be attempted, what counts."""

from collections.abc import Mapping
from typing import Any, cast

from aiohttp import web
from pydantic import ValidationError

from api.pages.desk import SAVED, Desk, at_desk
from api.permissions import Permission
from api.rest.lessons import AttemptPolicyAttributes
from content.courses import courses
from content.errors import NotFound
from content.lessons import lessons
from content.lessons.lessons import Lesson, LessonChanges
from content.progress.attempts import AttemptPolicy
from scorm_runtime.launch import Display

table = web.RouteTableDef()

ADDRESS = "/courses/{course_id}/lessons/{lesson_id}"
COUNTS = {"best": "The best attempt", "latest": "The latest attempt", "first": "The first attempt"}
DISPLAYS = {"frame": "In the player's page", "window": "In a window of its own"}
RENEWALS = {
    "on_request": "When the learner asks for it",
    "when_finished": "With the next launch",
}
OFF_THE_LIST = "must be one of the list"
FLAGS = ("locked_after_pass", "credit")
NUMBERS = {"limit": "must be a whole number from 1 to 1000", "mastery_score": "must be 0 to 100"}


@table.get(ADDRESS)
async def policy_page(request: web.Request) -> web.Response:
    """Show a lesson's policy."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    lesson = await _lesson(desk)
    policy = AttemptPolicyAttributes.model_validate(lesson.attempt_policy).model_dump()
    return await _page(desk, lesson, {**policy, "display": lesson.display}, {})


@table.post(ADDRESS)
async def change_policy(request: web.Request) -> web.Response:
    """Change a lesson's policy and where it is shown, and go back to the course."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    services, organization_id = desk.services, desk.organization_id
    lesson = await _lesson(desk)
    form = await request.post()
    written, display = _written(form), str(form.get("display", lesson.display))
    problems = {} if display in DISPLAYS else {"display": OFF_THE_LIST}
    try:
        policy = AttemptPolicy(**AttemptPolicyAttributes.model_validate(written).model_dump())
    except ValidationError as error:
        wrong = {str(each["loc"][0]) for each in error.errors()}
        problems |= {name: NUMBERS.get(name, OFF_THE_LIST) for name in wrong}
    if problems:
        return await _page(desk, lesson, {**written, "display": display}, problems)
    changes = LessonChanges(attempt_policy=policy, display=cast(Display, display))
    await lessons.update(services.content, organization_id, lesson.id, changes)
    await desk.audit("PATCH /lessons/{lesson_id}", lesson.id)
    return desk.go(f"/courses/{lesson.course_id}/lessons/{lesson.id}/edit", SAVED)


def attempts_of(lesson: Lesson) -> str:
    """A lesson's policy in a line."""
    policy = lesson.attempt_policy
    limit = "Any number of attempts" if policy.limit is None else f"At most {policy.limit}"
    said = [limit, f"{COUNTS[policy.counts].lower()} counts"]
    if policy.locked_after_pass:
        said.append("closed once passed")
    if not policy.credit:
        said.append("for practice")
    return ", ".join(said)


def _written(form: Mapping[str, Any]) -> dict[str, Any]:
    """The form's fields as a policy has them; an empty number is none."""
    given = {name: str(form.get(name, "")).strip() for name in ("counts", "renewal", *NUMBERS)}
    numbers = {name: given[name] or None for name in NUMBERS}
    return {**given, **numbers, **{name: name in form for name in FLAGS}}


async def _lesson(desk: Desk) -> Lesson:
    sought = desk.named("lesson_id")
    lesson = await lessons.get(desk.store, desk.organization_id, sought)
    if lesson.course_id != desk.named("course_id"):
        raise NotFound("lesson", sought)
    return lesson


async def _page(
    desk: Desk, lesson: Lesson, policy: Mapping[str, Any], problems: Mapping[str, str]
) -> web.Response:
    return desk.show(
        "policy.html",
        422 if problems else 200,
        course=await courses.get(desk.store, lesson.organization_id, lesson.course_id),
        lesson=lesson,
        policy=policy,
        problems=problems,
        counts=COUNTS,
        displays=DISPLAYS,
        renewals=RENEWALS,
    )
