"""Values of variables: one that holds now for each learner and course run, and those before it.

A course run is an enrollment. A value without one is the learner's, whatever the run.
"""

from datetime import datetime
from typing import Any, ClassVar

from msgspec import Struct, structs
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from content.courses.variables import Value, Variable, wrong_value
from content.documents import Document, Page, Paging, encode
from content.enrollment.enrollments import Enrollment
from content.errors import Conflict, NotFound, Refused, RuleBroken
from content.identity import new_id, now
from content.people import people
from content.store import Store

MOST_BUCKETS = 100


class VariableValue(Document, frozen=True, kw_only=True):
    """A value that was set; it holds until `superseded_at`."""

    kind: ClassVar[str] = "variable_value"
    sortable: ClassVar[tuple[str, ...]] = ("set_at",)

    variable_id: str
    course_id: str
    person_id: str
    course_run_id: str | None
    value: Value
    set_at: datetime
    superseded_at: datetime | None = None


class Setting(Struct, frozen=True, kw_only=True):
    """Whose value is set to what."""

    person_id: str
    value: Value
    course_run_id: str | None = None


class ValueFilter(Struct, frozen=True, kw_only=True):
    """Which values; with `history`, also those that hold no more."""

    variable_id: str | None = None
    person_id: str | None = None
    course_id: str | None = None
    history: bool = False


class ValueCount(Struct, frozen=True, kw_only=True):
    """A value and how often it holds."""

    value: Value
    count: int


class Aggregate(Struct, frozen=True, kw_only=True):
    """The values that hold now, added up.

    `values` are the most frequent first, of a number none; the figures are a number's alone.
    """

    count: int
    learners: int
    values: tuple[ValueCount, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    mean: float | None = None
    median: float | None = None
    sum: float | None = None


def check_settable_by_learner(variable: Variable) -> None:
    """Go on only where learners set their own values. Raises Refused."""
    if variable.set_by != "learner":
        raise Refused("variable_read_only", "Only programs set the values of this variable.")


async def put(store: Store, variable: Variable, setting: Setting) -> VariableValue:
    """Set a value; the one that held before stays in the history.

    Raises:
        RuleBroken: the value is not of the variable's type.
        Conflict: variable_inactive.
        NotFound: there is no such learner, or they have no such run of the course.
    """
    if wrong := wrong_value(variable, setting.value):
        raise RuleBroken(wrong)
    if not variable.active:
        raise Conflict("variable_inactive", "The variable takes no more values.")
    await _check_whose(store, variable, setting)
    try:
        return await _supersede(store, variable, setting)
    except DuplicateKeyError:
        return await _supersede(store, variable, setting)


async def delete(store: Store, variable: Variable, expected_version: int | None = None) -> None:
    """Take a variable and all its values away, for good. Raises NotFound, VersionMismatch."""
    await store.of(Variable).remove(variable.organization_id, variable.id, expected_version)
    query = {"organization_id": variable.organization_id, "variable_id": variable.id}
    await store.of(VariableValue).collection.delete_many(query)


async def find(
    store: Store, organization_id: str, filters: ValueFilter, paging: Paging
) -> Page[VariableValue]:
    """One page of values. Raises RuleBroken for a wrong page or sort."""
    fields = ("variable_id", "person_id", "course_id")
    given = {name: getattr(filters, name) for name in fields}
    query: dict[str, Any] = {name: each for name, each in given.items() if each is not None}
    if not filters.history:
        query["superseded_at"] = None
    return await store.of(VariableValue).page(organization_id, query, paging)


async def aggregate(store: Store, variable: Variable) -> Aggregate:
    """Add up the values that hold now."""
    query = _holding(variable)
    collection = store.of(VariableValue).collection
    count = await collection.count_documents(query)
    by_person = await collection.aggregate(
        [{"$match": query}, {"$group": {"_id": "$person_id"}}, {"$count": "people"}]
    )
    people_of = await by_person.to_list()
    learners = people_of[0]["people"] if people_of else 0
    if variable.type == "number":
        figures = await _figures(store, query, count)
        return structs.replace(Aggregate(count=count, learners=learners), **figures)
    values = await _values(store, query)
    return Aggregate(count=count, learners=learners, values=values)


async def _values(store: Store, query: dict[str, Any]) -> tuple[ValueCount, ...]:
    found = await store.of(VariableValue).collection.aggregate(
        [
            {"$match": query},
            {"$group": {"_id": "$value", "count": {"$sum": 1}}},
            {"$sort": {"count": -1, "_id": 1}},
            {"$limit": MOST_BUCKETS},
        ]
    )
    return tuple([ValueCount(value=each["_id"], count=each["count"]) async for each in found])


async def _figures(store: Store, query: dict[str, Any], count: int) -> dict[str, float]:
    if not count:
        return {}
    collection = store.of(VariableValue).collection
    totals = {"sum": "$sum", "minimum": "$min", "maximum": "$max", "mean": "$avg"}
    group = {"_id": None, **{name: {by: "$value"} for name, by in totals.items()}}
    found = await (await collection.aggregate([{"$match": query}, {"$group": group}])).to_list()
    numbers = {**query, "value": {"$type": "number"}}
    middle = collection.find(numbers, {"value": 1}, sort=[("value", 1)])
    halves = [each["value"] async for each in middle.skip((count - 1) // 2).limit(2 - count % 2)]
    if not found or not halves:
        return {}
    return {**{name: found[0][name] for name in totals}, "median": sum(halves) / len(halves)}


def _holding(variable: Variable) -> dict[str, Any]:
    own = {"organization_id": variable.organization_id, "variable_id": variable.id}
    return {**own, "superseded_at": None}


async def _check_whose(store: Store, variable: Variable, setting: Setting) -> None:
    organization_id, person_id = variable.organization_id, setting.person_id
    if not await people.known(store, organization_id, [person_id]):
        raise NotFound("learner", person_id)
    if setting.course_run_id is None:
        return
    run = {"_id": setting.course_run_id, "person_id": person_id, "course_id": variable.course_id}
    if await store.of(Enrollment).first(organization_id, run) is None:
        raise NotFound("enrollment", setting.course_run_id)


async def _supersede(store: Store, variable: Variable, setting: Setting) -> VariableValue:
    """Write both in one transaction. Raises DuplicateKeyError where another came first."""
    collection = store.of(VariableValue).collection
    whose = {"person_id": setting.person_id, "course_run_id": setting.course_run_id}

    async def once(session: AsyncClientSession) -> VariableValue:
        made = _made(variable, setting)
        query = {**_holding(variable), **whose}
        over = {"$set": {"superseded_at": made.set_at, "updated_at": made.set_at}}
        await collection.update_one(query, over, session=session)
        await collection.insert_one(encode(made), session=session)
        return made

    async with store.database.client.start_session() as session:
        return await session.with_transaction(
            once, ReadConcern("snapshot"), WriteConcern("majority")
        )


def _made(variable: Variable, setting: Setting) -> VariableValue:
    moment = now()
    return VariableValue(
        id=new_id("value"),
        organization_id=variable.organization_id,
        created_at=moment,
        updated_at=moment,
        variable_id=variable.id,
        course_id=variable.course_id,
        person_id=setting.person_id,
        course_run_id=setting.course_run_id,
        value=setting.value,
        set_at=moment,
    )
