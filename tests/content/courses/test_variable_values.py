"""Variables: what a value may be, and what values add up to."""

import asyncio
from typing import Any

import pytest
from asked import Asked, stages
from class_room import ClassRoom
from pymongo import AsyncMongoClient

from content.courses import variable_values, variables
from content.courses.variable_values import Setting, ValueFilter, VariableValue
from content.courses.variables import Value, Variable, VariableDraft, VariableFilter, wrong_value
from content.documents import Paging
from content.errors import RuleBroken
from content.identity import now
from content.store import Store


def _variable(kind: str, *options: str) -> Variable:
    return Variable(
        id="variable_1",
        organization_id="organization_1",
        created_at=now(),
        updated_at=now(),
        course_id="course_1",
        name="Track",
        type=kind,
        options=options,
    )


@pytest.mark.parametrize(
    ("variable", "right", "wrong"),
    [
        (_variable("text"), ["", "evening"], [1, True, "x" * 10_001]),
        (_variable("number"), [0, -1.5, 2**53], [True, "1", 2**53 + 1, float("inf")]),
        (_variable("boolean"), [True, False], [0, 1, "true"]),
        (_variable("choice", "day", "evening"), ["day"], ["Day", "", 1, True]),
    ],
)
def test_a_value_is_of_the_variables_type(
    variable: Variable, right: list[Value], wrong: list[Value]
) -> None:
    assert [each for each in right if wrong_value(variable, each)] == []
    assert [each for each in wrong if not wrong_value(variable, each)] == []


@pytest.mark.parametrize(
    ("kind", "options", "places"),
    [
        ("choice", (), {"options"}),
        ("choice", ("a", " "), {"options/1"}),
        ("choice", ("a", "a"), {"options"}),
        ("number", ("a",), {"options"}),
        ("colour", (), {"type", "set_by", "name"}),
    ],
)
async def test_what_is_wrong_with_a_variable_is_told_all_at_once(
    store: Store, room: ClassRoom, kind: str, options: tuple[str, ...], places: set[str]
) -> None:
    bad = kind == "colour"
    draft = VariableDraft(
        course_id=room.course.id,
        name="" if bad else "Track",
        type=kind,
        options=options,
        set_by="me" if bad else "learner",
    )
    with pytest.raises(RuleBroken) as raised:
        await variables.create(store, room.organization.id, draft)
    assert {each.where for each in raised.value.findings} == places


async def test_of_values_set_at_once_one_holds_and_none_is_lost(
    store: Store, room: ClassRoom
) -> None:
    own = room.organization.id
    draft = VariableDraft(course_id=room.course.id, name="Points", type="number")
    variable = await variables.create(store, own, draft)
    settings = [Setting(person_id=room.person.id, value=each) for each in range(8)]
    await asyncio.gather(*(variable_values.put(store, variable, each) for each in settings))
    filters = ValueFilter(variable_id=variable.id, history=True)
    found = await variable_values.find(store, own, filters, Paging())
    assert {each.value for each in found.items} == set(range(8))
    assert [each.superseded_at for each in found.items].count(None) == 1
    in_the_run = Setting(person_id=room.person.id, value=9.5, course_run_id=room.enrollment.id)
    await variable_values.put(store, variable, in_the_run)
    total = await variable_values.aggregate(store, variable)
    assert (total.count, total.learners, total.maximum) == (2, 1, 9.5)
    await variable_values.delete(store, variable)
    assert await store.of(VariableValue).first(own, {}) is None


async def test_every_question_about_variables_is_answered_by_an_index(
    store: Store, room: ClassRoom, mongodb_uri: str
) -> None:
    own, whose = room.organization.id, {"person_id": room.person.id}
    draft = VariableDraft(course_id=room.course.id, name="Points", type="number")
    variable = await variables.create(store, own, draft)
    await variable_values.put(store, variable, Setting(**whose, value=1))
    asked = Asked()
    async with AsyncMongoClient[dict[str, Any]](mongodb_uri, event_listeners=[asked]) as client:
        watched = Store(client[store.database.name])
        newest = Paging(sort="-set_at")
        await variables.find(watched, own, VariableFilter(), Paging())
        await variables.find(watched, own, VariableFilter(course_id=room.course.id), Paging())
        for history in (True, False):
            filters = ValueFilter(variable_id=variable.id, history=history)
            await variable_values.find(watched, own, filters, newest)
        await variable_values.find(watched, own, ValueFilter(**whose), newest)
        await variable_values.put(watched, variable, Setting(**whose, value=2))
        await variable_values.aggregate(watched, variable)
    assert len(asked.commands) >= 10
    for command in asked.commands:
        explained = await store.database.command("explain", command, verbosity="queryPlanner")
        found = set(stages(explained))
        assert "COLLSCAN" not in found, command
        assert "SORT" not in found or command.get("aggregate"), command
