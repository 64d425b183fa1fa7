"""/variables: what a course keeps about each learner, its values and what they add up to."""

from datetime import datetime
from typing import Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from api.permissions import Permission
from api.rest.bodies import Body, Draft, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from api.rest.visibility import visible_course
from content.courses import variable_values, variables
from content.courses.variable_values import Setting, ValueFilter, VariableValue
from content.courses.variables import (
    Value,
    Variable,
    VariableChanges,
    VariableDraft,
    VariableFilter,
)
from content.documents import Page
from content.enrollment import participation
from content.errors import NotFound
from content.people import people

table = RouteTable()

KNOWN = ("variable_not_found", "course_not_found")
ENTRY = ("enrollment_expired", "enrollment_required")


class VariableAttributes(Attributes):
    """A variable. Programs set every value; `set_by` learner lets learners set their own too."""

    type_name = "variable"
    relationship_types = {"course": "course"}

    name: str
    description: str
    type: str
    options: tuple[str, ...]
    set_by: str
    active: bool
    created_at: datetime
    updated_at: datetime


class VariableValueAttributes(Attributes):
    """A value; it holds until `superseded_at`. A course run is an enrollment."""

    type_name = "variable_value"
    relationship_types = {
        "variable": "variable",
        "learner": "learner",
        "course": "course",
        "course_run": "enrollment",
    }

    value: Value = Field(examples=["evening"])
    set_at: datetime
    superseded_at: datetime | None


class LearnerVariableAttributes(VariableValueAttributes):
    """A value of a learner, and the name and type of its variable."""

    type_name = "learner_variable"

    name: str
    type: str


class ValueCountView(BaseModel):
    """A value and how often it holds."""

    model_config = ConfigDict(from_attributes=True)

    value: Value = Field(examples=["evening"])
    count: int


class VariableAggregateAttributes(Attributes):
    """The values that hold now, added up: the 100 most frequent ones, of a number its figures."""

    type_name = "variable_aggregate"
    relationship_types = {"variable": "variable"}

    type: str
    count: int
    learners: int
    values: tuple[ValueCountView, ...]
    minimum: float | None
    maximum: float | None
    mean: float | None
    median: float | None
    sum: float | None


class NewVariable(Draft):
    """A new variable of a course; its type stays."""

    course_id: str
    name: str
    description: str = ""
    type: Literal["text", "number", "boolean", "choice"]
    options: tuple[str, ...] = ()
    set_by: Literal["program", "learner"] = "program"
    active: bool = True


class ChangedVariable(Draft):
    """What may be changed; what is not given stays. Values of an option that goes stay too."""

    name: str = ""
    description: str = ""
    options: tuple[str, ...] = ()
    set_by: Literal["program", "learner"] = "program"
    active: bool = True


class NewValue(Body):
    """A value of a learner, in one run of the course where it is given."""

    variable_id: str
    learner_id: str
    course_run_id: str | None = None
    value: Value = Field(examples=["evening"])


class VariableQuery(PageQuery):
    """Which variables."""

    course_id: str | None = None
    active: bool | None = None
    sort: str | None = None


class CourseVariableQuery(PageQuery):
    """Which of the course's; learners see those that are active."""

    active: bool | None = None
    sort: str | None = None


class ValueQuery(PageQuery):
    """Whose values, the newest first; with `history`, also those that hold no more."""

    per_page: int = Field(100, ge=1, le=100)
    learner_id: str | None = None
    history: bool = False


class LearnerVariableQuery(PageQuery):
    """Of which course."""

    per_page: int = Field(100, ge=1, le=100)
    course_id: str | None = None


def variable_resource(variable: Variable) -> Resource[VariableAttributes]:
    """The variable as a resource."""
    attributes = VariableAttributes.model_validate(variable)
    return Resource(variable.id, attributes, {"course": variable.course_id}, variable.version)


def value_resource(value: VariableValue) -> Resource[VariableValueAttributes]:
    """The value as a resource."""
    return Resource(value.id, VariableValueAttributes.model_validate(value), _related(value))


@table.route("GET", "/variables", permission=Permission.VARIABLES_READ)
async def list_variables(call: Call, query: VariableQuery) -> ResourcePage[VariableAttributes]:
    """List variables, of a course or of all."""
    filters = VariableFilter(course_id=query.course_id, active=query.active)
    return await _page(call, filters, query, query.sort)


@table.route(
    "GET",
    "/courses/{course_id}/variables",
    permission=Permission.VARIABLES_OWN,
    errors=("course_not_found",),
)
async def list_course_variables(
    call: Call, course_id: str, query: CourseVariableQuery
) -> ResourcePage[VariableAttributes]:
    """List a course's variables."""
    await visible_course(call, course_id)
    everything = call.principal.may(Permission.VARIABLES_READ)
    active = query.active if everything else True
    return await _page(call, VariableFilter(course_id=course_id, active=active), query, query.sort)


@table.route(
    "POST",
    "/variables",
    permission=Permission.COURSES_WRITE,
    status=201,
    errors=("course_not_found", "variable_exists"),
)
async def create_variable(call: Call, body: NewVariable) -> Resource[VariableAttributes]:
    """Give a course a variable."""
    draft = VariableDraft(**body.model_dump())
    made = await variables.create(call.services.content, call.organization_id, draft)
    return variable_resource(made)


@table.route(
    "POST",
    "/variables/set",
    permission=Permission.VARIABLES_OWN,
    errors=(
        *KNOWN,
        *ENTRY,
        "enrollment_not_found",
        "learner_not_found",
        "variable_inactive",
        "variable_read_only",
    ),
)
async def set_variable(call: Call, body: NewValue) -> Resource[VariableValueAttributes]:
    """Set a learner's value; the one before it stays in the history."""
    store = call.services.content
    variable = await _visible(call, body.variable_id)
    if not call.principal.may(Permission.VARIABLES_WRITE):
        await _check_own(call, variable, body.learner_id)
    setting = Setting(person_id=body.learner_id, value=body.value, course_run_id=body.course_run_id)
    return value_resource(await variable_values.put(store, variable, setting))


@table.route("GET", "/variables/{variable_id}", permission=Permission.VARIABLES_OWN, errors=KNOWN)
async def get_variable(call: Call, variable_id: str) -> Resource[VariableAttributes]:
    """Show a variable."""
    return variable_resource(await _visible(call, variable_id))


@table.route(
    "PATCH",
    "/variables/{variable_id}",
    permission=Permission.COURSES_WRITE,
    errors=("variable_not_found", "variable_exists", "version_mismatch"),
)
async def update_variable(
    call: Call, variable_id: str, body: ChangedVariable
) -> Resource[VariableAttributes]:
    """Change a variable."""
    store = call.services.content
    variable = await variables.get(store, call.organization_id, variable_id)
    changes = VariableChanges(**body.model_dump(exclude_unset=True))
    version = expected_version(call.request)
    return variable_resource(await variables.update(store, variable, changes, version))


@table.route(
    "DELETE",
    "/variables/{variable_id}",
    permission=Permission.COURSES_WRITE,
    status=204,
    errors=("variable_not_found", "version_mismatch"),
)
async def delete_variable(call: Call, variable_id: str) -> web.Response:
    """Take a variable and all its values away, for good."""
    store = call.services.content
    variable = await variables.get(store, call.organization_id, variable_id)
    await variable_values.delete(store, variable, expected_version(call.request))
    return web.Response(status=204)


@table.route(
    "GET", "/variables/{variable_id}/values", permission=Permission.VARIABLES_OWN, errors=KNOWN
)
async def list_values(
    call: Call, variable_id: str, query: ValueQuery
) -> ResourcePage[VariableValueAttributes]:
    """List a variable's values, the newest first; learners see their own."""
    variable = await _visible(call, variable_id)
    whose = call.own_or(Permission.VARIABLES_READ, query.learner_id)
    filters = ValueFilter(variable_id=variable.id, person_id=whose, history=query.history)
    return page_of(await _values(call, filters, query), value_resource)


@table.route(
    "GET",
    "/variables/{variable_id}/aggregate",
    permission=Permission.VARIABLES_READ,
    errors=KNOWN,
    limit="analytics",
)
async def aggregate_variable(call: Call, variable_id: str) -> Resource[VariableAggregateAttributes]:
    """Add up a variable's values that hold now."""
    variable = await _visible(call, variable_id)
    found = await variable_values.aggregate(call.services.content, variable)
    told = {name: getattr(found, name) for name in found.__struct_fields__}
    attributes = VariableAggregateAttributes.model_validate({**told, "type": variable.type})
    return Resource(variable.id, attributes, {"variable": variable.id})


@table.route(
    "GET",
    "/learners/{learner_id}/variables",
    permission=Permission.VARIABLES_OWN,
    errors=("learner_not_found",),
)
async def list_learner_variables(
    call: Call, learner_id: str, query: LearnerVariableQuery
) -> ResourcePage[LearnerVariableAttributes]:
    """List the values that hold of a learner, the newest first."""
    store, organization_id = call.services.content, call.organization_id
    whose = call.own_or(Permission.VARIABLES_READ, learner_id)
    if not await people.known(store, organization_id, [learner_id]):
        raise NotFound("learner", learner_id)
    filters = ValueFilter(person_id=whose, course_id=query.course_id)
    found = await _values(call, filters, query)
    ids = {each.variable_id for each in found.items}
    known = await variables.named(store, organization_id, ids)
    pairs = [(each, known.get(each.variable_id)) for each in found.items]
    items = [_named(value, variable) for value, variable in pairs if variable is not None]
    return ResourcePage(items, found.total, found.page, found.per_page)


def _named(value: VariableValue, variable: Variable) -> Resource[LearnerVariableAttributes]:
    shown = value_resource(value).attributes.model_dump()
    attributes = LearnerVariableAttributes(**shown, name=variable.name, type=variable.type)
    return Resource(value.id, attributes, _related(value))


def _related(value: VariableValue) -> dict[str, str | None]:
    return {
        "variable": value.variable_id,
        "learner": value.person_id,
        "course": value.course_id,
        "course_run": value.course_run_id,
    }


async def _visible(call: Call, variable_id: str) -> Variable:
    """The variable, if the person may know of its course. Raises NotFound."""
    variable = await variables.get(call.services.content, call.organization_id, variable_id)
    await visible_course(call, variable.course_id)
    return variable


async def _check_own(call: Call, variable: Variable, learner_id: str) -> None:
    """Let learners set what is theirs to set, while they are in the course.

    Raises:
        ProblemRaised: 403, it is somebody else's.
        Refused: variable_read_only, enrollment_required, enrollment_expired.
    """
    call.own_or(Permission.VARIABLES_WRITE, learner_id)
    variable_values.check_settable_by_learner(variable)
    store = call.services.content
    await participation.require(store, call.organization_id, variable.course_id, learner_id)


async def _page(
    call: Call, filters: VariableFilter, query: PageQuery, sort: str | None
) -> ResourcePage[VariableAttributes]:
    page = paging(query, sort)
    found = await variables.find(call.services.content, call.organization_id, filters, page)
    return page_of(found, variable_resource)


async def _values(call: Call, filters: ValueFilter, query: PageQuery) -> Page[VariableValue]:
    page = paging(query, "-set_at")
    return await variable_values.find(call.services.content, call.organization_id, filters, page)
