"""/paths: courses in an order: which ways there are, which one is on, and how far."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from api.pages.asking import NO_PROBLEMS, Problems
from api.pages.desk import Desk, at_desk
from api.pages.paging import page_asked, pages_of
from api.pages.wording import Badge, badge, length, percent
from api.permissions import Permission
from api.rest import learning_paths, path_enrollments
from api.rest.visibility import may_see
from content.courses.courses import Course
from content.enrollment import enrollments as course_enrollments
from content.paths import enrollments, paths
from content.paths.graph import PathCourse
from content.paths.paths import LearningPath
from content.paths.standing import NO_STANDING, PathStanding, is_met
from content.progress.rollup import Standing

table = web.RouteTableDef()

PER_PAGE = 20
LIST = "/paths"
ONE = f"{LIST}/{{path_id}}"
UNSEEN = "A course that is not open yet"


@dataclass(frozen=True, slots=True)
class PathCard:
    """A path in a list; `badge` is None for who is not on it."""

    id: str
    title: str
    description: str
    summary: str
    badge: Badge | None = None
    percent: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A course of a path: `href` is empty for one that cannot be looked at, `needs` are the titles
    of those that must be completed first and are not.
    """

    id: str
    title: str
    href: str
    required: bool
    badge: Badge
    percent: str
    needs: Sequence[str]
    way: str
    current: bool


@table.get(LIST)
async def list_paths(request: web.Request) -> web.Response:
    """Show the paths that one is on, then all there are."""
    desk = await at_desk(request, Permission.PATHS_READ)
    page = page_asked(request)
    query = {"page": page, "per_page": PER_PAGE, "sort": "title"}
    found = await desk.ask(learning_paths.list_paths, query=query)
    mine = await my_paths(desk)
    on = {each.id for each in mine}
    return desk.show(
        "learning/paths.html",
        mine=mine,
        others=[_other(each) for each in found.items if each.id not in on],
        pages=pages_of(request, page, found.total, PER_PAGE),
    )


@table.get(ONE)
async def path_page(request: web.Request) -> web.Response:
    """Show a path's courses in their order, what is done, what is open, and what waits for what."""
    return await _page(await at_desk(request, Permission.PATHS_READ))


@table.post(f"{ONE}/enroll")
async def enroll(request: web.Request) -> web.Response:
    """Put oneself on a path, and into the courses that are open on it."""
    desk = await at_desk(request, Permission.ENROLLMENTS_SELF)
    outcome = await desk.submit(path_enrollments.enroll_in_path)
    if outcome.problems:
        return await _page(desk, outcome.problems)
    return desk.go(f"{LIST}/{desk.named('path_id')}", "You are on this path now.")


@table.post(f"{ONE}/leave")
async def leave(request: web.Request) -> web.Response:
    """Take oneself off a path; one stays in its courses."""
    desk = await at_desk(request, Permission.ENROLLMENTS_SELF)
    outcome = await desk.submit(path_enrollments.leave_path, user_id=desk.person.id)
    if outcome.problems:
        return await _page(desk, outcome.problems)
    return desk.go(f"{LIST}/{desk.named('path_id')}", "You are on this path no more.")


async def my_paths(desk: Desk) -> list[PathCard]:
    """The paths that the person is on, the unfinished ones first."""
    held = await enrollments.of_person(desk.store, desk.organization_id, desk.person.id)
    ids = {"_id": {"$in": [each.path_id for each in held]}, "archived_at": None}
    found = await desk.store.of(LearningPath).all(desk.organization_id, ids, [("title", 1)])
    cards = []
    for path in found:
        standing = await enrollments.standing_of(desk.store, path, desk.person.id)
        cards.append((standing.completed_at is not None, _mine(path, standing)))
    return [card for _, card in sorted(cards, key=lambda each: each[0])]


def steps(
    courses: Sequence[PathCourse],
    standings: Mapping[str, Standing],
    titles: Mapping[str, str],
    enrolled: Collection[str],
    current: str | None,
) -> list[Step]:
    """The courses of a path as they lie before a person. Pure."""
    done = {each for each, standing in standings.items() if is_met(standing)}
    return [
        _step(each, standings.get(each.course_id, NO_STANDING), done, titles, enrolled, current)
        for each in courses
    ]


def _step(
    course: PathCourse,
    standing: Standing,
    done: Collection[str],
    titles: Mapping[str, str],
    enrolled: Collection[str],
    current: str | None,
) -> Step:
    course_id = course.course_id
    met, known = course_id in done, titles.get(course_id)
    needs = [] if met else [each for each in course.prerequisites if each not in done]
    status = "completed" if met else "locked" if needs else standing.status
    inside = course_id in enrolled
    return Step(
        id=course_id,
        title=known or UNSEEN,
        href="" if known is None else f"/{'learn' if inside else 'catalogue'}/{course_id}",
        required=course.required,
        badge=Badge("locked", "Waits") if status == "locked" else badge(status),
        percent=percent(100 if met else standing.progress),
        needs=[titles.get(each, UNSEEN) for each in needs],
        way="" if needs or known is None or not inside else _way(standing, met=met),
        current=course_id == current,
    )


def _way(standing: Standing, *, met: bool) -> str:
    if met:
        return "Open"
    return "Start" if standing.started_at is None else "Continue"


async def _page(desk: Desk, problems: Problems = NO_PROBLEMS) -> web.Response:
    store, organization_id, person_id = desk.store, desk.organization_id, desk.person.id
    path = await paths.get(store, organization_id, desk.named("path_id"))
    held = await enrollments.of_person(store, organization_id, person_id)
    on = any(each.path_id == path.id for each in held)
    standings = await enrollments.standings_of(store, path, [person_id])
    standing = await enrollments.standing_of(store, path, person_id)
    ids = [each.course_id for each in path.courses]
    return desk.show(
        "learning/path.html",
        problems.status,
        path=path,
        on=on,
        card=_mine(path, standing),
        steps=steps(
            path.courses,
            standings.get(person_id, {}),
            await _titles(desk, ids),
            await course_enrollments.held(store, organization_id, person_id, ids),
            standing.current_course if on else None,
        ),
        left=length(standing.remaining_minutes * 60),
        problem=problems.told,
    )


async def _titles(desk: Desk, ids: Sequence[str]) -> dict[str, str]:
    """The titles of the courses that the person may know of."""
    found = await desk.store.of(Course).all(desk.organization_id, {"_id": {"$in": list(ids)}})
    return {each.id: each.title for each in found if await may_see(desk.call, each)}


def _mine(path: LearningPath, standing: PathStanding) -> PathCard:
    return PathCard(
        path.id,
        path.title,
        path.description,
        f"{standing.courses_completed} of {standing.total_courses} courses completed",
        badge(standing.status),
        percent(standing.progress),
    )


def _other(path: Any) -> PathCard:
    said = path.attributes
    count = said.total_courses
    hours = length(said.total_duration_hours * 3600)
    summary = f"{count} {'course' if count == 1 else 'courses'}{f', {hours}' if hours else ''}"
    return PathCard(path.id, said.title, said.description, summary)
