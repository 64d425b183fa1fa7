"""/catalogue: which courses there are, and the way into one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from api.pages.learning.course import Way, access_of, way_of
from api.pages.learning.visit import Visit, details, visit
from api.pages.paging import page_asked, pages_of
from api.pages.redirection import onward
from api.permissions import Permission
from api.rest import catalogue, course_enrollments, enrollment_requests, reviews
from api.rest.problems import Problem
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
    seen = await visit(request, Permission.COURSES_READ)
    page, written = page_asked(request), _written(request)
    asked = {name: written[name] for name in ("search", "category", "language", "tag", "sort")}
    query = {
        **{name: value for name, value in asked.items() if value},
        **({"self_enrollment": True} if written["open"] else {}),
        "page": page,
        "per_page": PER_PAGE,
    }
    found = await seen.ask(catalogue.list_catalogue, query=query)
    return seen.page(
        "learning/catalogue.html",
        courses=found.items,
        pages=pages_of(request, page, found.total, PER_PAGE),
        written=written,
        filtered=any(value for name, value in written.items() if name != "sort"),
        categories=await _tree(seen),
        languages=[(each, each) for each in await _languages(seen)],
        sorts=SORTS,
    )


@table.get(ADDRESS)
async def course_page(request: web.Request) -> web.Response:
    """Show what a course is about, what others think of it, and how one comes in."""
    return await _course(await visit(request, Permission.COURSES_READ))


@table.post(f"{ADDRESS}/enroll")
async def enroll(request: web.Request) -> web.Response:
    """Enrol oneself, and begin."""
    seen = await visit(request, Permission.ENROLLMENTS_SELF)
    course_id = seen.named("course_id")
    asked = seen.ask(course_enrollments.enroll_oneself, course_id=course_id)
    if problem := await seen.tried(asked):
        return await _course(seen, problem)
    return onward(f"/learn/{course_id}", "You are enrolled.")


@table.post(f"{ADDRESS}/ask")
async def ask_for_it(request: web.Request) -> web.Response:
    """Ask to be enrolled."""
    seen = await visit(request, Permission.ENROLLMENTS_SELF)
    form, course_id = await request.post(), seen.named("course_id")
    message = str(form.get("message", ""))[: requests.LONGEST_MESSAGE]
    body = {"course_id": course_id, "message": message}
    if problem := await seen.tried(seen.ask(enrollment_requests.ask_for_enrollment, body=body)):
        return await _course(seen, problem)
    return onward(f"/catalogue/{course_id}", "Your request is on its way.")


@table.post(f"{ADDRESS}/withdraw")
async def withdraw(request: web.Request) -> web.Response:
    """Take one's request back."""
    seen = await visit(request, Permission.ENROLLMENTS_SELF)
    course_id = seen.named("course_id")
    pending = await _request(seen, course_id)
    if pending is not None:
        asked = seen.ask(enrollment_requests.withdraw_request, request_id=pending.id)
        if problem := await seen.tried(asked):
            return await _course(seen, problem)
    return onward(f"/catalogue/{course_id}", "Your request is taken back.")


@table.post(f"{ADDRESS}/leave")
async def leave(request: web.Request) -> web.Response:
    """Take oneself out of a course that one came into by oneself."""
    seen = await visit(request, Permission.ENROLLMENTS_SELF)
    course_id, user_id = seen.named("course_id"), seen.person.id
    asked = seen.ask(course_enrollments.leave_course, course_id=course_id, user_id=user_id)
    if problem := await seen.tried(asked):
        return await _course(seen, problem)
    return onward(f"/catalogue/{course_id}", "You have left the course.")


@table.post(f"{ADDRESS}/review")
async def review(request: web.Request) -> web.Response:
    """Say what one thinks of the course; said before, it is changed."""
    seen = await visit(request, Permission.REVIEWS_OWN)
    form, course_id = await request.post(), seen.named("course_id")
    rating, comment = str(form.get("rating", "")), str(form.get("comment", ""))[:5000]
    if rating not in ("1", "2", "3", "4", "5"):
        wrong = Problem(422, "validation_error", "Choose from 1 to 5 stars")
        return await _course(seen, wrong)
    own = await _own_review(seen, course_id)
    body = {"rating": int(rating), "comment": comment}
    if own is None:
        asked = seen.ask(reviews.create_course_review, course_id=course_id, body=body)
    else:
        asked = seen.ask(reviews.update_review, review_id=own.id, body=body)
    if problem := await seen.tried(asked):
        return await _course(seen, problem)
    return onward(f"/catalogue/{course_id}#reviews", "Thank you for your review.")


async def _course(seen: Visit, problem: Problem | None = None) -> web.Response:
    course_id = seen.named("course_id")
    found = await access_of(seen, course_id)
    course, way = found.course, await way_of(seen, found)
    query = {"per_page": REVIEWS_SHOWN}
    said = await seen.ask(reviews.list_reviews, course_id=course_id, query=query)
    needed = await _prerequisites(seen, course)
    names = await people.names(seen.store, seen.organization_id, {course.instructor_id or ""})
    return seen.page(
        "learning/about.html",
        problem.status if problem else 200,
        course=course,
        way=way,
        door=await _door(seen, course, way, needed),
        prerequisites=needed,
        instructor=names.get(course.instructor_id or "", ""),
        reviews=said.items,
        ratings=said.meta["ratings"],
        own=await _own_review(seen, course_id),
        problem=details(problem) if problem else "",
        leaves=found.enrollment is not None and found.enrollment.enrolled_by == seen.person.id,
    )


async def _door(seen: Visit, course: Course, way: Way, needed: Sequence[Prerequisite]) -> Door:
    if way.enrolled:
        return Door("enrolled")
    if course.status != "published":
        return Door("closed", "This course takes nobody in now.")
    pending = await _request(seen, course.id)
    if pending is not None:
        return Door("asked", request=pending)
    lacking = [each.title for each in needed if not each.done]
    if lacking:
        return Door("closed", f"You can enrol once you have completed {', '.join(lacking)}.")
    limit = course.settings.max_enrollments
    if limit is not None:
        taken = await extent.enrolled(seen.store, seen.organization_id, [course.id])
        if taken.get(course.id, 0) >= limit:
            return Door("ask", f"All {limit} seats are taken. You can ask for one.")
    if course.settings.self_enrollment:
        return Door("enrol")
    return Door("ask", "Its instructors enrol people. You can ask them.")


async def _request(seen: Visit, course_id: str) -> EnrollmentRequest | None:
    """The person's request that is still to be decided."""
    mine = RequestFilter(person_id=seen.person.id, course_id=course_id, status="pending")
    found = await requests.find(seen.store, seen.organization_id, mine, Paging(per_page=1))
    return found.items[0] if found.items else None


async def _prerequisites(seen: Visit, course: Course) -> list[Prerequisite]:
    wanted, organization_id = course.prerequisites, seen.organization_id
    done = await completions.completed(seen.store, organization_id, [seen.person.id], wanted)
    found = [await seen.store.of(Course).find(organization_id, each) for each in wanted]
    return [
        Prerequisite(each.id, each.title, each.id in done[seen.person.id]) for each in found if each
    ]


async def _own_review(seen: Visit, course_id: str) -> Review | None:
    own = {"course_id": course_id, "person_id": seen.person.id}
    return await seen.store.of(Review).first(seen.organization_id, own)


async def _tree(seen: Visit) -> list[tuple[str, str]]:
    """Every category, indented below its parent."""
    known = await categories.everything(seen.store, seen.organization_id)

    def below(parent: str | None, depth: int) -> list[tuple[str, str]]:
        return [
            entry
            for each in known.values()
            if each.parent_id == parent
            for entry in [(each.id, "\u2007\u2007" * depth + each.name), *below(each.id, depth + 1)]
        ]

    return below(None, 0)


async def _languages(seen: Visit) -> list[str]:
    query = {"organization_id": seen.organization_id, "status": "published"}
    found = await seen.store.of(Course).collection.distinct("language", query)
    return sorted(each for each in found if each)


def _written(request: web.Request) -> Mapping[str, str]:
    """The filters as they were asked for; what is too long is none."""
    names = ("search", "category", "language", "tag", "open", "sort")
    written: dict[str, Any] = {name: request.query.get(name, "").strip()[:200] for name in names}
    return written | {"sort": written["sort"] if written["sort"] in SORTS else ""}
