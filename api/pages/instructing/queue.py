"""/grading: submissions and essay answers that wait for a person, the oldest first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiohttp import web

from api.pages.desk import Desk, at_desk
from api.pages.paging import page_asked, pages_of
from api.pages.wording import ago
from api.permissions import Permission
from content.courses.courses import Course
from content.documents import Paging
from content.grading.queue import Queue, Waiting
from content.lessons.lessons import Lesson
from content.people import people
from content.store import Store

table = web.RouteTableDef()

PER_PAGE = 50
WEEK = timedelta(days=7)
KINDS = {"submission": "Submission", "attempt": "Essay answers"}
PLACES = {"submission": "submissions", "attempt": "answers"}


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A line of the queue."""

    address: str
    what: str
    person: str
    lesson: str
    course: str
    since: str
    at: str


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What is graded before and after, by its address, and how much waits in all."""

    before: str
    after: str
    total: int


@table.get("/grading")
async def queue_page(request: web.Request) -> web.Response:
    """Show the queue of a course, or of all."""
    desk = await at_desk(request, Permission.SUBMISSIONS_GRADE)
    waits, number = queue_of(desk), page_asked(request)
    found = await waits.page(Paging(page=number, per_page=PER_PAGE))
    titles = await _titles(desk.store, desk.organization_id, Course, await waits.courses())
    return desk.show(
        "instructing/queue.html",
        rows=await rows(desk, found.items),
        pages=pages_of(request, number, found.total, PER_PAGE),
        courses=sorted(titles.items(), key=lambda each: each[1].casefold()),
        chosen=waits.course_id or "",
    )


def queue_of(desk: Desk) -> Queue:
    """The queue that the address asks for: of one course, or of all."""
    return Queue(desk.store, desk.organization_id, desk.asked("course") or None)


@dataclass(frozen=True, slots=True)
class Titles:
    """The titles of courses and lessons, by id."""

    courses: Mapping[str, str]
    lessons: Mapping[str, str]


async def titles_of(desk: Desk, found: Sequence[Waiting]) -> Titles:
    """What the courses and lessons of a queue are called."""
    store, organization_id = desk.store, desk.organization_id
    courses = {each.course_id for each in found if each.course_id}
    lessons = {each.lesson_id for each in found if each.lesson_id}
    return Titles(
        await _titles(store, organization_id, Course, courses),
        await _titles(store, organization_id, Lesson, lessons),
    )


async def rows(desk: Desk, found: Sequence[Waiting]) -> list[WaitingRow]:
    """The lines of a queue."""
    names = await people.names(desk.store, desk.organization_id, {each.person_id for each in found})
    titles, now = await titles_of(desk, found), datetime.now(UTC)
    return [
        WaitingRow(
            address=address_of(each, desk.asked("course")),
            what=KINDS[each.kind],
            person=names.get(each.person_id, "Somebody who is gone"),
            lesson=titles.lessons.get(each.lesson_id or "", "A quiz"),
            course=titles.courses.get(each.course_id or "", ""),
            since=_since(desk, each.submitted_at, now),
            at=desk.minute(each.submitted_at),
        )
        for each in found
    ]


async def neighbours(desk: Desk, own: str, submitted_at: datetime | None) -> Neighbours:
    """What lies before and after a piece of work in the queue that it was opened from."""
    waits = queue_of(desk)
    total = await waits.count()
    if submitted_at is None:
        return Neighbours(before="", after="", total=total)
    before, after = await waits.before(submitted_at, own), await waits.after(submitted_at, own)
    filtered = waits.course_id or ""
    return Neighbours(
        before=address_of(before, filtered) if before else "",
        after=address_of(after, filtered) if after else "",
        total=total,
    )


def address_of(waiting: Waiting, course_id: str) -> str:
    """Where a piece of work is graded."""
    filtered = f"?course={course_id}" if course_id else ""
    return f"/grading/{PLACES[waiting.kind]}/{waiting.id}{filtered}"


async def onward(desk: Desk, done: str, told: str) -> web.Response:
    """On to what waits next, or back to the queue where nothing does."""
    waits = queue_of(desk)
    course_id = waits.course_id or ""
    found = await waits.page(Paging(per_page=2))
    left = [each for each in found.items if each.id != done]
    if left:
        return desk.go(address_of(left[0], course_id), f"{told} This is the next.")
    return desk.go(f"/grading{'?course=' + course_id if course_id else ''}", told)


def _since(desk: Desk, moment: datetime, now: datetime) -> str:
    return ago(moment, now) if now - moment < WEEK else desk.minute(moment)


async def _titles(
    store: Store, organization_id: str, kind: type[Course] | type[Lesson], ids: Collection[str]
) -> dict[str, str]:
    query = {"organization_id": organization_id, "_id": {"$in": list(ids)}}
    cursor = store.of(kind).collection.find(query, {"title": 1})
    return {each["_id"]: each["title"] async for each in cursor}
