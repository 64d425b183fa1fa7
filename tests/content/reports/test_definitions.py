"""A definition is data; what is wrong with it is told at once, what is right becomes stages."""

import re
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from content.reports.conditions import Asked
from content.reports.definitions import ReportDefinition, Scope, columns_of
from content.reports.entities import ENTITIES
from content.reports.pipelines import pipeline
from content.reports.soundness import broken
from content.store import COLLECTIONS
from lrs.store import STATEMENTS

EVERYTHING = Scope(permissions=frozenset(each.needs for each in ENTITIES.values()))
TEACHER = Scope(permissions=EVERYTHING.permissions, course_ids=("course_1",))
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def definition(entity: str = "enrollments", **fields: Any) -> ReportDefinition:
    return msgspec.convert({"entity": entity, **fields}, ReportDefinition)


def stages(asked: ReportDefinition, scope: Scope = EVERYTHING, zone: str = "UTC") -> Any:
    assert broken(asked, scope) == []
    return pipeline(asked, Asked(organization_id="o", scope=scope, moment=NOW, zone=zone, limit=10))


def test_everything_that_is_wrong_is_told_at_its_place() -> None:
    asked = definition(
        columns=["person", "person", "luck"],
        filters=[
            {"field": "luck", "operator": "equals", "value": 1},
            {"field": "progress", "operator": "contains", "value": "1"},
            {"field": "progress", "operator": "between", "value": [1]},
            {"field": "enrolled_at", "operator": "before", "value": "2026-11-21T10:00"},
            {"field": "status", "operator": "one_of", "value": ["active", "asleep"]},
            {"field": "completed", "operator": "is", "value": 1},
            {"field": "person", "operator": "is_empty", "value": "no"},
            {"field": "enrolled_at", "operator": "in_last_days", "value": 0},
        ],
        sort=["-luck"],
        limit=0,
    )
    assert [each.where for each in broken(asked, EVERYTHING)] == [
        "columns/1",
        "columns/2",
        "filters/0/field",
        "filters/1/operator",
        "filters/2/value",
        "filters/3/value",
        "filters/4/value",
        "filters/5/value",
        "filters/6/value",
        "filters/7/value",
        "sort/0",
        "limit",
    ]


def test_groups_and_aggregates_are_checked_too() -> None:
    asked = definition(
        columns=["person"],
        group=[{"field": "enrolled_at"}, {"field": "course", "by": "day"}, {"field": "luck"}],
        aggregates=[
            {"function": "count", "field": "person"},
            {"function": "avg", "field": "person"},
            {"function": "sum"},
            {"function": "avg", "field": "score"},
            {"function": "avg", "field": "score"},
        ],
        sort=["score"],
    )
    assert [each.where for each in broken(asked, EVERYTHING)] == [
        "columns",
        "group/0/by",
        "group/1/by",
        "group/2/field",
        "aggregates/0/field",
        "aggregates/1/function",
        "aggregates/2/field",
        "aggregates",
        "sort/0",
    ]


def test_an_entity_is_for_those_who_may_see_it() -> None:
    assert broken(definition("people"), EVERYTHING) == []
    assert [each.where for each in broken(definition("people"), TEACHER)] == ["entity"]
    nobody = Scope(permissions=frozenset())
    for name in (*ENTITIES, "secrets"):
        assert [each.where for each in broken(definition(name), nobody)] == ["entity"]


@pytest.mark.parametrize("name", ENTITIES)
def test_every_entity_can_be_asked_for_each_of_its_fields(name: str) -> None:
    entity = ENTITIES[name]
    asked = definition(name, columns=[each.name for each in entity.fields])
    assert [each.name for each in columns_of(asked)] == [each.name for each in entity.fields]
    first = stages(asked)[0]["$match"]
    assert first["organization_id"] == "o"
    assert entity.collection in {*COLLECTIONS.values(), STATEMENTS}
    assert set(entity.columns) <= {each.name for each in entity.fields}
    joined = {each.join for each in entity.fields if each.join}
    assert joined <= set(entity.joins)


@pytest.mark.parametrize("name", [name for name, each in ENTITIES.items() if each.course])
def test_who_sees_only_their_courses_asks_for_those_alone(name: str) -> None:
    first = stages(definition(name), TEACHER)[0]["$match"]
    assert {ENTITIES[name].course: {"$in": ["course_1"]}} in first["$and"]


def test_what_an_index_may_serve_comes_first_and_what_is_only_shown_is_not_joined() -> None:
    made = stages(
        definition(
            columns=["person", "enrolled_at"],
            filters=[{"field": "enrolled_at", "operator": "after", "value": "2026-11-01"}],
            sort=["-enrolled_at"],
        ),
        zone="Europe/Berlin",
    )
    assert [next(iter(each)) for each in made] == [
        "$match",
        "$sort",
        "$limit",
        "$project",
    ]
    assert made[-1]["$project"]["c0"] == "$person_id"
    begun = datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert made[0]["$match"]["$and"] == [{"enrolled_at": {"$gte": begun}}]
    assert made[1]["$sort"] == {"enrolled_at": -1, "_id": 1}


def test_groups_are_made_of_ids_before_names_are_joined() -> None:
    made = stages(
        definition(
            "quiz_attempts",
            filters=[
                {"field": "passed", "operator": "is", "value": True},
                {"field": "person", "operator": "starts_with", "value": "A"},
            ],
            group=[{"field": "course"}, {"field": "submitted_at", "by": "month"}],
            aggregates=[{"function": "avg", "field": "score"}],
        )
    )
    assert [next(iter(each)) for each in made] == [
        "$match",
        "$group",
        "$project",
        *("$lookup", "$set", "$match"),
        *("$lookup", "$set", "$group"),
        *("$project", "$sort", "$limit"),
    ]
    assert set(made[1]["$group"]["_id"]) == {"course_id", "person_id", "k1"}
    assert [each["$lookup"]["as"] for each in made if "$lookup" in each] == ["person", "course"]


def test_words_that_are_sought_are_words_and_no_pattern() -> None:
    sought = [{"field": "name", "operator": "contains", "value": "a.*(b"}]
    made = stages(definition("people", filters=sought))
    assert made[0]["$match"]["$and"] == [{"name": {"$regex": re.escape("a.*(b"), "$options": "i"}}]


def test_moments_in_microseconds_are_sought_as_they_are_kept() -> None:
    sought = [{"field": "stored", "operator": "between", "value": ["2026-11-20", "2026-11-20"]}]
    made = stages(definition("statements", filters=sought))
    day = int(datetime(2026, 11, 20, tzinfo=UTC).timestamp()) * 1_000_000
    (condition,) = made[0]["$match"]["$and"]
    assert condition == {"stored": {"$gte": day, "$lt": day + 86_400_000_000}}
