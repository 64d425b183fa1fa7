"""Reports over a real database: true rows, true groups, nothing of others."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import msgspec
import pytest
from class_room import ClassRoom, open_class_room

from content.courses import courses
from content.courses.courses import CourseDraft
from content.documents import encode
from content.enrollment import enrollments
from content.enrollment.enrollments import EnrollmentDraft
from content.errors import RuleBroken
from content.identity import now
from content.people import people
from content.people.people import Person, PersonChanges, PersonDraft
from content.progress.fold import FOLD_VERSION, CourseState
from content.progress.progress import CourseProgress
from content.progress.rollup import Standing
from content.reports import running
from content.reports.definitions import Column, ReportDefinition, Scope, columns_of
from content.reports.entities import ENTITIES
from content.reports.running import Reader
from content.reports.sharing import Row
from content.reports.writing import MOST_PRINTED, as_csv, as_xlsx, printable
from content.store import Store

PERMISSIONS = frozenset(each.needs for each in ENTITIES.values())


@pytest.fixture
async def room(store: Store) -> ClassRoom:
    """Ann, who has completed the course, and =Bea, who has not begun."""
    room = await open_class_room(store)
    organization_id = room.organization.id
    draft = PersonDraft(name="=Bea", email="bea@example.org")
    bea = await people.create(store, organization_id, draft)
    await enrollments.enroll(
        store, organization_id, EnrollmentDraft(person_id=bea.id, course_id=room.course.id)
    )
    done = CourseProgress(
        id=room.enrollment.id,
        organization_id=organization_id,
        created_at=now(),
        updated_at=now(),
        person_id=room.person.id,
        course_id=room.course.id,
        outline_version=1,
        fold_version=FOLD_VERSION,
        state=CourseState(),
        standing=Standing(progress=100.0, score=80.0, seconds=90.0, completed_at=now()),
    )
    await store.of(CourseProgress).collection.insert_one(encode(done))
    return room


def reader(room: ClassRoom, *, courses: tuple[str, ...] | None = None) -> Reader:
    scope = Scope(permissions=PERMISSIONS, course_ids=courses)
    return Reader(organization_id=room.organization.id, scope=scope)


async def rows(store: Store, who: Reader, **asked: Any) -> list[Row]:
    definition = msgspec.convert(asked, ReportDefinition)
    return list((await running.answer(store, definition, who, now())).rows)


async def test_rows_are_joined_filtered_sorted_and_cut(store: Store, room: ClassRoom) -> None:
    asked = {"entity": "enrollments", "columns": ["person", "status", "score", "minutes"]}
    who = reader(room)
    found = await rows(store, who, **asked, sort=["person"])
    assert found == [("=Bea", "active", None, None), ("Ann Lee", "completed", 80.0, 1.5)]
    done = [{"field": "status", "operator": "equals", "value": "completed"}]
    assert await rows(store, who, **asked, filters=done) == [found[1]]
    named = [{"field": "person", "operator": "starts_with", "value": "=B"}]
    assert await rows(store, who, **asked, filters=named) == [found[0]]
    assert await rows(store, who, **asked, sort=["-progress"], limit=1) == [found[1]]
    silent = [{"field": "score", "operator": "less", "value": 90}]
    assert await rows(store, who, **asked, filters=silent) == [found[1]]


async def test_groups_are_counted_and_computed(store: Store, room: ClassRoom) -> None:
    found = await rows(
        store,
        reader(room),
        entity="enrollments",
        group=[{"field": "course"}, {"field": "enrolled_at", "by": "month"}],
        aggregates=[
            {"function": "count"},
            {"function": "avg", "field": "progress"},
            {"function": "share", "field": "completed"},
            {"function": "count_distinct", "field": "person_id"},
        ],
        sort=["-count"],
    )
    assert found == [(room.course.title, f"{now():%Y-%m}", 2, 50.0, 50.0, 2)]
    totals = [{"function": "count"}]
    assert await rows(store, reader(room), entity="enrollments", aggregates=totals) == [(2,)]


async def test_figures_of_groups_are_those_of_all_their_rows(store: Store, room: ClassRoom) -> None:
    """Ann has two enrollments in Sales (100 and 0 %), Bea one (0 %): their mean is not 25."""
    organization_id = room.organization.id
    other = await courses.create(store, organization_id, CourseDraft(title="Other"))
    draft = EnrollmentDraft(person_id=room.person.id, course_id=other.id)
    await enrollments.enroll(store, organization_id, draft)
    for each in await store.of(Person).all(organization_id, {}):
        await people.update(store, organization_id, each.id, PersonChanges(department="Sales"))
    asked: dict[str, Any] = {
        "entity": "enrollments",
        "group": [{"field": "department"}],
        "aggregates": [
            {"function": "count"},
            {"function": "avg", "field": "progress"},
            {"function": "share", "field": "completed"},
            {"function": "avg", "field": "score"},
            {"function": "max", "field": "score"},
            {"function": "sum", "field": "minutes"},
            {"function": "count_distinct", "field": "course"},
            {"function": "count_distinct", "field": "person_id"},
        ],
    }
    who = reader(room)
    everything = ("Sales", 3, 33.33, 33.33, 80.0, 80.0, 1.5, 2, 2)
    assert await rows(store, who, **asked) == [everything]
    there = [{"field": "course", "operator": "equals", "value": other.title}]
    assert await rows(store, who, **asked, filters=there) == [
        ("Sales", 1, 0.0, 0.0, None, None, 0, 1, 1)
    ]
    total = await rows(store, who, **{**asked, "group": []})
    assert total == [everything[1:]]


async def test_nobody_sees_what_is_not_theirs(store: Store, room: ClassRoom) -> None:
    mine = reader(room, courses=(room.course.id,))
    others = reader(room, courses=("course_of_somebody_else",))
    assert len(await rows(store, mine, entity="enrollments")) == 2
    assert await rows(store, others, entity="enrollments") == []
    with pytest.raises(RuleBroken):
        await rows(store, mine, entity="people")
    elsewhere = Reader(organization_id="other", scope=reader(room).scope)
    for name in ENTITIES:
        assert await rows(store, elsewhere, entity=name) == []


async def test_every_field_of_every_entity_can_be_run(store: Store, room: ClassRoom) -> None:
    for name, entity in ENTITIES.items():
        columns = [each.name for each in entity.fields]
        await rows(store, reader(room), entity=name, columns=columns, sort=[f"-{columns[0]}"])
        for field in entity.fields:
            by = "week" if field.kind == "date" else None
            group = [{"field": field.name, "by": by}]
            await rows(store, reader(room), entity=name, group=group)


async def test_pages_follow_each_other(store: Store, room: ClassRoom) -> None:
    definition = ReportDefinition(entity="enrollments", columns=("person",), sort=("person",))
    first = await running.answer(store, definition, reader(room), now(), limit=1)
    second = await running.answer(store, definition, reader(room), now(), skip=1, limit=1)
    assert (first.rows, first.more, second.rows, second.more) == (
        (("=Bea",),),
        True,
        (("Ann Lee",),),
        False,
    )


async def test_csv_is_exact_and_runs_nothing(store: Store, room: ClassRoom) -> None:
    definition = ReportDefinition(
        entity="enrollments", columns=("person", "enrolled_at", "completed"), sort=("person",)
    )
    found = running.every(store, definition, reader(room), now())
    written = b"".join([each async for each in as_csv(columns_of(definition), found)])
    heading, bea, _ann = csv.reader(io.StringIO(written.decode()))
    assert heading == ["Person", "Enrolled", "Completed"]
    assert (bea[0], bea[2]) == ("'=Bea", "false")
    assert bea[1].endswith("Z")


async def test_what_is_printed_shows_words_as_words_and_says_where_it_ends() -> None:
    columns = (Column(name="a", label="<Text>", kind="text"),)

    async def made(count: int) -> AsyncIterator[Row]:
        for at in range(count):
            yield (f"<b>{at}",)

    zone = ZoneInfo("Europe/Berlin")
    short = (await printable("A & B", columns, made(1), zone)).html
    assert "<th>&lt;Text&gt;</th>" in short
    assert "<td>&lt;b&gt;0</td>" in short
    assert "1 row." in short
    long = (await printable("A & B", columns, made(MOST_PRINTED + 1), zone)).html
    assert "The first 2,000 rows" in long
    assert long.count("<td>") == MOST_PRINTED


async def test_a_workbook_keeps_types_and_makes_no_formula() -> None:
    columns = (
        Column(name="a", label="Text", kind="text"),
        Column(name="b", label="Moment", kind="date"),
    )

    async def made() -> AsyncIterator[Row]:
        yield "=1+1", datetime(2026, 11, 21, 12, tzinfo=UTC)
        yield None, None

    zone = ZoneInfo("Europe/Berlin")
    written = b"".join([each async for each in as_xlsx("T", columns, made(), zone)])
    with ZipFile(io.BytesIO(written)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "=1+1" in sheet
    assert "46347.541666" in sheet
