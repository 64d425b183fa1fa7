"""/teaching: what an instructor begins the day with."""

from dataclasses import dataclass

from aiohttp import web

from api.pages.authoring.courses import row
from api.pages.desk import Desk, at_desk
from api.pages.instructing.queue import rows
from api.permissions import Permission
from content.courses import courses
from content.courses.course_search import CourseFilter
from content.courses.courses import Course
from content.discussions import threads
from content.discussions.thread import DiscussionFilter
from content.documents import Paging
from content.enrollment import enrollment_requests
from content.enrollment.enrollment_requests import PENDING, RequestFilter
from content.grading.queue import Queue
from content.people import people

table = web.RouteTableDef()

SHOWN = 5
COURSES_SHOWN = 12


@dataclass(frozen=True, slots=True)
class RequestLine:
    """Somebody who wants into a course."""

    person: str
    course: str
    course_id: str
    since: str


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """A thread that is not resolved."""

    id: str
    title: str
    course: str
    course_id: str
    replies: int


@table.get("/teaching")
async def home(request: web.Request) -> web.Response:
    """Show what waits, the courses that one teaches, and open questions."""
    desk = await at_desk(request, Permission.SUBMISSIONS_GRADE)
    waiting = await Queue(desk.store, desk.organization_id).page(Paging(per_page=SHOWN))
    own = CourseFilter(instructor_id=desk.person.id)
    paging = Paging(per_page=COURSES_SHOWN, sort="-updated_at")
    mine = await courses.find(desk.store, desk.organization_id, own, paging)
    everything = CourseFilter()
    others = await courses.find(desk.store, desk.organization_id, everything, paging)
    return desk.show(
        "instructing/home.html",
        waiting=await rows(desk, waiting.items),
        total=waiting.total,
        requests=await _requests(desk),
        threads=await _threads(desk),
        courses=[row(desk, each) for each in (mine.items or others.items)],
        own=bool(mine.items),
    )


async def _requests(desk: Desk) -> list[RequestLine]:
    pending = RequestFilter(status=PENDING)
    paging = Paging(per_page=SHOWN, sort="created_at")
    found = await enrollment_requests.find(desk.store, desk.organization_id, pending, paging)
    ids = {each.person_id for each in found.items}
    names = await people.names(desk.store, desk.organization_id, ids)
    titles = await _titles(desk, [each.course_id for each in found.items])
    return [
        RequestLine(
            names.get(each.person_id, "Somebody who is gone"),
            titles.get(each.course_id, ""),
            each.course_id,
            desk.day(each.created_at),
        )
        for each in found.items
    ]


async def _threads(desk: Desk) -> list[ThreadLine]:
    open_ones = DiscussionFilter(resolved=False)
    paging = Paging(per_page=SHOWN, sort="-last_activity_at")
    found = await threads.find(desk.store, desk.organization_id, open_ones, paging)
    titles = await _titles(desk, [each.course_id for each in found.items])
    return [
        ThreadLine(
            each.id, each.title, titles.get(each.course_id, ""), each.course_id, each.reply_count
        )
        for each in found.items
    ]


async def _titles(desk: Desk, ids: list[str]) -> dict[str, str]:
    query = {"organization_id": desk.organization_id, "_id": {"$in": ids}}
    cursor = desk.store.of(Course).collection.find(query, {"title": 1})
    return {each["_id"]: each["title"] async for each in cursor}
