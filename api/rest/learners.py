"""/learners: those who learn, for programs that follow them."""

from pydantic import Field

from api.permissions import Permission
from api.rest.bodies import PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage
from api.rest.lists import page_of, paging
from api.rest.my import MyCourseAttributes, MyCoursesQuery, courses_of
from api.rest.route import RouteTable
from content.errors import NotFound
from content.people import people
from content.people.people import Person, PersonFilter

table = RouteTable()

ROLE = "learner"


class LearnerAttributes(Attributes):
    """A person who learns, as far as programs need to know them."""

    type_name = "learner"
    relationship_types = {"user": "user"}

    name: str
    email: str
    status: str
    external_id: str | None
    department: str | None
    location: str | None
    groups: tuple[str, ...]


class LearnerQuery(PageQuery):
    """Which learners; `search` is the beginnings of words of the name or the e-mail address."""

    per_page: int = Field(100, ge=1, le=100)
    search: str | None = Field(None, max_length=200)
    status: str | None = None
    sort: str | None = None


def _resource(person: Person) -> Resource[LearnerAttributes]:
    attributes = LearnerAttributes.model_validate(person)
    return Resource(person.id, attributes, {"user": person.id})


def _learner(person: Person | None, sought: str) -> Person:
    if person is None or ROLE not in person.roles:
        raise NotFound("learner", sought)
    return person


@table.route("GET", "/learners", permission=Permission.USERS_READ)
async def list_learners(call: Call, query: LearnerQuery) -> ResourcePage[LearnerAttributes]:
    """List the learners, 100 on a page unless said otherwise."""
    filters = PersonFilter(role=ROLE, status=query.status, search=query.search)
    store, asked = call.services.content, paging(query, query.sort)
    return page_of(await people.find(store, call.organization_id, filters, asked), _resource)


@table.route(
    "GET",
    "/learners/email/{email}",
    permission=Permission.USERS_READ,
    errors=("learner_not_found",),
)
async def get_learner_by_email(call: Call, email: str) -> Resource[LearnerAttributes]:
    """Show the learner who has an e-mail address."""
    found = await people.by_email(call.services.content, call.organization_id, email)
    return _resource(_learner(found, email))


@table.route(
    "GET",
    "/learners/{learner_id}",
    permission=Permission.USERS_READ,
    errors=("learner_not_found",),
)
async def get_learner(call: Call, learner_id: str) -> Resource[LearnerAttributes]:
    """Show a learner."""
    return _resource(await _get(call, learner_id))


@table.route(
    "GET",
    "/learners/{learner_id}/courses",
    permission=Permission.ENROLLMENTS_READ,
    errors=("learner_not_found",),
)
async def list_learner_courses(
    call: Call, learner_id: str, query: MyCoursesQuery
) -> ResourcePage[MyCourseAttributes]:
    """List the courses that a learner is enrolled in, with progress."""
    return await courses_of(call, (await _get(call, learner_id)).id, query)


async def _get(call: Call, learner_id: str) -> Person:
    store = call.services.content
    query = {"_id": learner_id}
    return _learner(await store.of(Person).first(call.organization_id, query), learner_id)
