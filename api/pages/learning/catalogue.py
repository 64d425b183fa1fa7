"""/catalogue: which courses there are, and the way into one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from api.pages.asking import NO_PROBLEMS, Problems
from api.pages.desk import Desk, at_desk
from api.pages.learning.course import Way, access_of, way_of
from api.pages.paging import page_asked, pages_of
from api.permissions import Permission
from api.rest import catalogue, course_enrollments, enrollment_requests, reviews
from content.courses import categories, extent
from content.courses.courses import Course
from content.courses.reviews import Review
from content.documents import Paging
from content.enrollment import enrollment_requests as requests
from content.enrollment.enrollment_requests import EnrollmentRequest, RequestFilter
from content.people import people
from content.progress import completions

table = web.RouteTableDef()

PER_PAGE = 24
REVIEWS_SHOWN = 20
ADDRESS = "/catalogue/{course_id}"
SORTS = {"title": "By title", "-created_at": "The newest first", "-rating": "The best rated first"}


@dataclass(frozen=True, slots=True)
class Prerequisite:
    """A course to be completed before another one."""

    id: str
    title: str
    done: bool


@dataclass(frozen=True, slots=True)
class Door:
    """How one comes into a course: `way` is enrolled, enrol, ask, asked or closed; `why` says
    what keeps one out.
    """

    way: str
    why: str = ""
    request: EnrollmentRequest | None = None


@table.get("/catalogue")
async def list_courses(request: web.Request) -> web.Response:
    """Show the published courses, narrowed by words, category, language and who may enrol."""
    desk = await at_desk(request, Permission.COURSES_READ)
    page, written = page_asked(request), _written(request)
    asked = {name: written[name] for name in ("search", "category", "language", "tag", "sort")}
    query = {
        **{name: value for name, value in asked.items() if value},
        **({"self_enrollment": True} if written["open"] else {}),
        "page": page,
        "per_page": PER_PAGE,
    }
    found = await desk.ask(catalogue.list_catalogue, query=query)
    return desk.show(
        "learning/catalogue.html",
        courses=found.items,
        pages=pages_of(request, page, found.total, PER_PAGE),
        written=written,
        filtered=any(value for name, value in written.items() if name != "sort"),
        categories=await _tree(desk),
        languages=[(each, each) for each in await _languages(desk)],
        sorts=SORTS,
    )


@table.get(ADDRESS)
async def course_page(request: web.Request) -> web.Response:
    """Show what a course is about, what others think of it, and how one comes in."""
    return await _course(await at_desk(request, Permission.COURSES_READ))


@table.post(f"{ADDRESS}/enroll")
async def enroll(request: web.Request) -> web.Response:
    """Enrol oneself, and begin."""
    desk = await at_desk(request, Permission.ENROLLMENTS_SELF)
    course_id = desk.named("course_id")
    outcome = await desk.submit(course_enrollments.enroll_oneself, course_id=course_id)
    if outcome.problems:
        return await _course(desk, outcome.problems)
    return desk.go(f"/learn/{course_id}", "You are enrolled.")


@table.post(f"{ADDRESS}/ask")
async def ask_for_it(request: web.Request) -> web.Response:
    """Ask to be enrolled."""
    desk = await at_desk(request, Permission.ENROLLMENTS_SELF)
    form, course_id = await request.post(), desk.named("course_id")
    message = str(form.get("message", ""))[: requests.LONGEST_MESSAGE]
    body = {"course_id": course_id, "message": message}
    outcome = await desk.submit(enrollment_requests.ask_for_enrollment, body)
    if outcome.problems:
        return await _course(desk, outcome.problems)
    return desk.go(f"/catalogue/{course_id}", "Your request is on its way.")


@table.post(f"{ADDRESS}/withdraw")
async def withdraw(request: web.Request) -> web.Response:
    """Take one's request back."""
    desk = await at_desk(request, Permission.ENROLLMENTS_SELF)
    course_id = desk.named("course_id")
    pending = await _request(desk, course_id)
    if pending is not None:
        outcome = await desk.submit(enrollment_requests.withdraw_request, request_id=pending.id)
        if outcome.problems:
            return await _course(desk, outcome.problems)
    return desk.go(f"/catalogue/{course_id}", "Your request is taken back.")


@table.post(f"{ADDRESS}/leave")
async def leave(request: web.Request) -> web.Response:
    """Take oneself out of a course that one came into by oneself."""
    desk = await at_desk(request, Permission.ENROLLMENTS_SELF)
    course_id, user_id = desk.named("course_id"), desk.person.id
    leave = course_enrollments.leave_course
    outcome = await desk.submit(leave, course_id=course_id, user_id=user_id)
    if outcome.problems:
        return await _course(desk, outcome.problems)
    return desk.go(f"/catalogue/{course_id}", "You have left the course.")


@table.post(f"{ADDRESS}/review")
async def review(request: web.Request) -> web.Response:
    """Say what one thinks of the course; said before, it is changed."""
    desk = await at_desk(request, Permission.REVIEWS_OWN)
    form, course_id = await request.post(), desk.named("course_id")
    rating, comment = str(form.get("rating", "")), str(form.get("comment", ""))[:5000]
    if rating not in ("1", "2", "3", "4", "5"):
        wrong = Problems("Choose from 1 to 5 stars", [("rating", "Choose from 1 to 5 stars")])
        return await _course(desk, wrong)
    own = await _own_review(desk, course_id)
    body = {"rating": int(rating), "comment": comment}
    if own is None:
        outcome = await desk.submit(reviews.create_course_review, body, course_id=course_id)
    else:
        outcome = await desk.submit(reviews.update_review, body, review_id=own.id)
    if outcome.problems:
        return await _course(desk, outcome.problems)
    return desk.go(f"/catalogue/{course_id}#reviews", "Thank you for your review.")


async def _course(desk: Desk, problems: Problems = NO_PROBLEMS) -> web.Response:
    course_id = desk.named("course_id")
    found = await access_of(desk, course_id)
    course, way = found.course, await way_of(desk, found)
    query = {"per_page": REVIEWS_SHOWN}
    said = await desk.ask(reviews.list_reviews, course_id=course_id, query=query)
    needed = await _prerequisites(desk, course)
    names = await people.names(desk.store, desk.organization_id, {course.instructor_id or ""})
    return desk.show(
        "learning/about.html",
        problems.status,
        course=course,
        way=way,
        door=await _door(desk, course, way, needed),
        prerequisites=needed,
        instructor=names.get(course.instructor_id or "", ""),
        reviews=said.items,
        ratings=said.meta["ratings"],
        own=await _own_review(desk, course_id),
        problem=problems.told,
        leaves=found.enrollment is not None and found.enrollment.enrolled_by == desk.person.id,
    )


async def _door(desk: Desk, course: Course, way: Way, needed: Sequence[Prerequisite]) -> Door:
    if way.enrolled:
        return Door("enrolled")
    if course.status != "published":
        return Door("closed", "This course takes nobody in now.")
    pending = await _request(desk, course.id)
    if pending is not None:
        return Door("asked", request=pending)
    lacking = [each.title for each in needed if not each.done]
    if lacking:
        return Door("closed", f"You can enrol once you have completed {', '.join(lacking)}.")
    limit = course.settings.max_enrollments
    if limit is not None:
        taken = await extent.enrolled(desk.store, desk.organization_id, [course.id])
        if taken.get(course.id, 0) >= limit:
            return Door("ask", f"All {limit} seats are taken. You can ask for one.")
    if course.settings.self_enrollment:
        return Door("enrol")
    return Door("ask", "Its instructors enrol people. You can ask them.")


async def _request(desk: Desk, course_id: str) -> EnrollmentRequest | None:
    """The person's request that is still to be decided."""
    mine = RequestFilter(person_id=desk.person.id, course_id=course_id, status="pending")
    found = await requests.find(desk.store, desk.organization_id, mine, Paging(per_page=1))
    return found.items[0] if found.items else None


async def _prerequisites(desk: Desk, course: Course) -> list[Prerequisite]:
    wanted, organization_id = course.prerequisites, desk.organization_id
    done = await completions.completed(desk.store, organization_id, [desk.person.id], wanted)
    found = [await desk.store.of(Course).find(organization_id, each) for each in wanted]
    return [
        Prerequisite(each.id, each.title, each.id in done[desk.person.id]) for each in found if each
    ]


async def _own_review(desk: Desk, course_id: str) -> Review | None:
    own = {"course_id": course_id, "person_id": desk.person.id}
    return await desk.store.of(Review).first(desk.organization_id, own)


async def _tree(desk: Desk) -> list[tuple[str, str]]:
    """Every category, indented below its parent."""
    known = await categories.everything(desk.store, desk.organization_id)

    def below(parent: str | None, depth: int) -> list[tuple[str, str]]:
        return [
            entry
            for each in known.values()
            if each.parent_id == parent
            for entry in [(each.id, "\u2007\u2007" * depth + each.name), *below(each.id, depth + 1)]
        ]

    return below(None, 0)


async def _languages(desk: Desk) -> list[str]:
    query = {"organization_id": desk.organization_id, "status": "published"}
    found = await desk.store.of(Course).collection.distinct("language", query)
    return sorted(each for each in found if each)


def _written(request: web.Request) -> Mapping[str, str]:
    """The filters as they were asked for; what is too long is none."""
    names = ("search", "category", "language", "tag", "open", "sort")
    written: dict[str, Any] = {name: request.query.get(name, "").strip()[:200] for name in names}
    return written | {"sort": written["sort"] if written["sort"] in SORTS else ""}
