"""Variables: what a course keeps about each learner beside progress, such as a chosen track.

A variable is of one type for good. Its values are in content/variable_values.py.
"""

import math
from collections.abc import Collection, Sequence
from typing import Any, ClassVar

from msgspec import UNSET, Struct, UnsetType
from pymongo.errors import DuplicateKeyError

from content import findings
from content.courses import courses
from content.documents import Document, Page, Paging, given
from content.errors import Conflict, RuleBroken
from content.findings import Finding
from content.identity import new_id, now
from content.store import Store

TYPES = ("text", "number", "boolean", "choice")
SETTERS = ("program", "learner")
MOST_OPTIONS = 100
LONGEST_OPTION = 500
LONGEST_VALUE = 10_000
LARGEST_WHOLE = 2**53
"""Up to here every program reads a whole number alike."""

Value = bool | int | float | str


class Variable(Document, frozen=True, kw_only=True):
    """A variable of a course; `options` are what a choice is made of.

    Programs may set every value; where `set_by` is learner, a learner may set their own too. One
    that is not `active` takes no more values and keeps those it has.
    """

    kind: ClassVar[str] = "variable"
    sortable: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "name")

    course_id: str
    name: str
    description: str = ""
    type: str
    options: tuple[str, ...] = ()
    set_by: str = "program"
    active: bool = True


class VariableDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new variable."""

    course_id: str
    name: str
    description: str = ""
    type: str
    options: tuple[str, ...] = ()
    set_by: str = "program"
    active: bool = True


class VariableChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays. Values of an option that goes stay too."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    options: tuple[str, ...] | UnsetType = UNSET
    set_by: str | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class VariableFilter(Struct, frozen=True, kw_only=True):
    """Which variables."""

    course_id: str | None = None
    active: bool | None = None


async def create(store: Store, organization_id: str, draft: VariableDraft) -> Variable:
    """A new variable. Raises RuleBroken, NotFound, Conflict (variable_exists)."""
    wrong = findings.one_of("type", draft.type, TYPES)
    if wrong := wrong + _broken(draft) + _wrong_options(draft.type, draft.options):
        raise RuleBroken(wrong)
    await courses.get(store, organization_id, draft.course_id)
    moment = now()
    made = Variable(
        id=new_id("variable"),
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        **{**given(draft), "name": draft.name.strip(), "options": draft.options},
    )
    try:
        return await store.of(Variable).insert(made)
    except DuplicateKeyError:
        raise _taken(draft.name) from None


async def get(store: Store, organization_id: str, variable_id: str) -> Variable:
    """The variable. Raises NotFound."""
    return await store.of(Variable).get(organization_id, variable_id)


async def named(
    store: Store, organization_id: str, variable_ids: Collection[str]
) -> dict[str, Variable]:
    """Those of the variables that are there, by their ids."""
    query = {"_id": {"$in": list(variable_ids)}}
    return {each.id: each async for each in store.of(Variable).each(organization_id, query)}


async def find(
    store: Store, organization_id: str, filters: VariableFilter, paging: Paging
) -> Page[Variable]:
    """One page of variables. Raises RuleBroken for a wrong page or sort."""
    query: dict[str, Any] = {}
    if filters.course_id is not None:
        query["course_id"] = filters.course_id
    if filters.active is not None:
        query["active"] = filters.active
    return await store.of(Variable).page(organization_id, query, paging)


async def update(
    store: Store, variable: Variable, changes: VariableChanges, expected_version: int | None = None
) -> Variable:
    """Change a variable. Raises RuleBroken, VersionMismatch, Conflict (variable_exists)."""
    wrong = _broken(changes)
    if changes.options is not UNSET:
        wrong += _wrong_options(variable.type, changes.options)
    if wrong:
        raise RuleBroken(wrong)
    fields = given(changes)
    if "name" in fields:
        fields["name"] = fields["name"].strip()
    documents = store.of(Variable)
    try:
        return await documents.change(
            variable.organization_id, variable.id, fields, expected_version
        )
    except DuplicateKeyError:
        raise _taken(fields["name"]) from None


def wrong_value(variable: Variable, value: Value) -> list[Finding]:
    """What is wrong with a value, by the variable's type."""
    match variable.type:
        case "number":
            fits = _is_number(value)
            detail = "must be a number, a whole one at most 2^53 from 0"
        case "boolean":
            fits, detail = isinstance(value, bool), "must be true or false"
        case "choice":
            fits = isinstance(value, str) and value in variable.options
            detail = f"must be one of {', '.join(variable.options)}"
        case _:
            fits = isinstance(value, str) and len(value) <= LONGEST_VALUE
            detail = f"must be a text of at most {LONGEST_VALUE} characters"
    return [] if fits else [Finding(where="value", detail=detail)]


def _is_number(value: Value) -> bool:
    if isinstance(value, bool | str):
        return False
    return abs(value) <= LARGEST_WHOLE if isinstance(value, int) else math.isfinite(value)


def _broken(variable: VariableDraft | VariableChanges) -> list[Finding]:
    wrong = findings.title("name", variable.name)
    wrong += findings.text("description", variable.description)
    return wrong + findings.one_of("set_by", variable.set_by, SETTERS)


def _wrong_options(kind: str, options: Sequence[str]) -> list[Finding]:
    if kind != "choice":
        detail = "are for a variable of type choice"
        return [Finding(where="options", detail=detail)] if options else []
    if not 1 <= len(options) <= MOST_OPTIONS:
        return [Finding(where="options", detail=f"must be 1 to {MOST_OPTIONS}")]
    wrong = [
        Finding(where=f"options/{at}", detail=f"must have 1 to {LONGEST_OPTION} characters")
        for at, each in enumerate(options)
        if not each.strip() or len(each) > LONGEST_OPTION
    ]
    if len(set(options)) < len(options):
        wrong.append(Finding(where="options", detail="must be different from each other"))
    return wrong


def _taken(name: str) -> Conflict:
    detail = f"The course has a variable {name.strip()} already."
    return Conflict("variable_exists", detail, "name")
