"""/admin: how the server does, what waits for a decision, and the first steps of a new one."""

from dataclasses import dataclass

from aiohttp import web

from api.pages.admin import health
from api.pages.admin.sections import page
from api.pages.desk import Desk, at_desk
from api.permissions import Permission
from api.services import Services
from content.courses.courses import Course
from content.documents import Paging
from content.enrollment.enrollments import Enrollment
from content.people import mentor_applications
from content.people.mentor_applications import MentorApplicationFilter
from content.people.people import Person

table = web.RouteTableDef()

PATH = "/admin"


@dataclass(frozen=True, slots=True)
class Step:
    """One of the first steps: `done` once somebody has taken it."""

    title: str
    words: str
    link: str
    label: str
    done: bool


@table.get(PATH)
async def overview(request: web.Request) -> web.Response:
    """Show how the server does and what is to be done."""
    desk = await at_desk(request, Permission.SETTINGS_WRITE)
    services, organization_id = desk.services, desk.organization_id
    checks = await health.checks(services, organization_id)
    wrong = [each for each in checks if each.tone in ("late", "warn")]
    steps = await first_steps(services, organization_id)
    return page(
        desk,
        "home.html",
        checks=checks,
        wrong=wrong,
        figures=await health.figures(),
        version=health.installed_version(),
        steps=[] if all(each.done for each in steps) else steps,
        waiting=await _applications(desk),
    )


async def first_steps(services: Services, organization_id: str) -> list[Step]:
    """The way of a new organization to its first learner."""
    store = services.content
    course = await store.of(Course).first(organization_id, {})
    learner = await store.of(Person).first(organization_id, {"roles": "learner"})
    enrollment = await store.of(Enrollment).first(organization_id, {})
    return [
        Step(
            "Make a course",
            "Give it a title, then add a lesson: a SCORM package, a video, a text or a quiz.",
            "/courses",
            "To the courses",
            course is not None,
        ),
        Step(
            "Add people",
            "One by one with a link to set a password, many with a file, or by the company's "
            "identity provider.",
            "/admin/people/new",
            "Add somebody",
            learner is not None,
        ),
        Step(
            "Bring them together",
            "Publish the course and enrol people, or require it of a department.",
            f"/courses/{course.id}" if course else "/courses",
            "To the course" if course else "To the courses",
            enrollment is not None,
        ),
    ]


async def first_page(services: Services, person: Person) -> str:
    """Where somebody begins who was not on the way to a page: an administrator of an organization
    without a course finds the first steps."""
    if "admin" not in person.roles:
        return "/"
    course = await services.content.of(Course).first(person.organization_id, {})
    return PATH if course is None else "/"


async def _applications(desk: Desk) -> int:
    found = await mentor_applications.find(
        desk.store,
        desk.organization_id,
        MentorApplicationFilter(status="pending"),
        Paging(page=1, per_page=1),
    )
    return found.total
