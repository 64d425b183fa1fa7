"""Requirements and their records: status, audience, evidence, pages and CSV."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from class_room import ClassRoom, open_class_room
from recorded_log import START, RecordedLog, voiding

from content.compliance import records, requirements
from content.compliance.export import COLUMNS, as_csv, harmless
from content.compliance.requirements import (
    Audience,
    Requirement,
    RequirementChanges,
    RequirementDraft,
    RequirementFilter,
)
from content.compliance.status import status_at, telling
from content.documents import Paging
from content.enrollment import enrollments
from content.enrollment.enrollments import EnrollmentDraft
from content.errors import NotFound, RuleBroken
from content.people import people
from content.people.people import PersonChanges, PersonDraft
from content.progress.progress import Progress
from content.progress.rollup import Standing
from content.store import Store

DAY = timedelta(days=1)
DUE = START + 10 * DAY
STARTED = Standing(status="in_progress", started_at=START)
DONE = Standing(status="completed", started_at=START, completed_at=START + 2 * DAY)


@pytest.mark.parametrize(
    ("standing", "moment", "expected"),
    [
        (None, START, "assigned"),
        (Standing(), START, "assigned"),
        (STARTED, START - DAY, "assigned"),
        (STARTED, START + DAY, "in_progress"),
        (DONE, START + DAY, "in_progress"),
        (DONE, START + 2 * DAY, "compliant"),
        (DONE, DUE + DAY, "compliant"),
        (STARTED, DUE, "in_progress"),
        (STARTED, DUE + timedelta(milliseconds=1), "overdue"),
        (None, DUE + DAY, "overdue"),
    ],
)
def test_a_status_is_a_function_of_standing_and_moment(
    standing: Standing | None, moment: datetime, expected: str
) -> None:
    assert status_at(assigned=True, due_at=DUE, standing=standing, moment=moment) == expected
    outside = status_at(assigned=False, due_at=DUE, standing=standing, moment=moment)
    assert outside == "not_assigned"


def test_without_a_due_date_nothing_is_overdue() -> None:
    later = datetime(2999, 1, 1, tzinfo=UTC)
    assert status_at(assigned=True, due_at=None, standing=STARTED, moment=later) == "in_progress"


def test_of_several_enrollments_the_earliest_completion_counts_else_the_furthest() -> None:
    again = Standing(status="completed", completed_at=START + 8 * DAY)
    assert telling([STARTED, again, DONE]) == DONE
    assert telling([Standing(progress=20), Standing(progress=60)]) == Standing(progress=60)
    assert telling([]) is None


async def require(store: Store, room: ClassRoom, **draft: Any) -> Requirement:
    fields = {"title": "Hygiene, yearly", "course_id": room.course.id, "due_at": DUE, **draft}
    return await requirements.create(store, room.organization.id, RequirementDraft(**fields))


async def join(store: Store, room: ClassRoom, name: str, role: str = "learner") -> str:
    draft = PersonDraft(name=name, email=f"{name}@x.example".replace(" ", ""), roles=(role,))
    return (await people.create(store, room.organization.id, draft)).id


async def test_a_record_tells_status_date_score_and_the_statements_that_prove_it(
    store: Store, log: RecordedLog, progress: Progress, room: ClassRoom
) -> None:
    requirement = await require(store, room)
    said = [
        room.says("completed", room.first.activity_id, minute=1),
        room.says("passed", room.second.activity_id, minute=5, scaled=0.8),
    ]
    await log.take(*said)
    await progress.observe(said)
    record = await records.of_person(store, requirement, room.person.id, START + DAY)
    assert record is not None
    assert (record.status, record.score, record.progress) == ("compliant", 80, 100)
    assert record.completed_at == START + timedelta(minutes=5)
    assert record.evidence == tuple(each.statement_id for each in said)
    await log.take(voiding(said[1]))
    await progress.observe([voiding(said[1])])
    record = await records.of_person(store, requirement, room.person.id, START + DAY)
    assert record is not None
    assert (record.status, record.completed_at) == ("in_progress", None)


async def test_what_was_completed_before_a_cancellation_still_proves_it(
    store: Store, log: RecordedLog, progress: Progress, room: ClassRoom
) -> None:
    requirement = await require(store, room)
    said = room.says("completed", room.course.activity_id)
    await log.take(said)
    await progress.observe([said])
    one = room.organization.id
    await enrollments.cancel(store, one, room.enrollment.id)
    draft = EnrollmentDraft(person_id=room.person.id, course_id=room.course.id)
    await progress.refold(await enrollments.enroll(store, one, draft))
    counts = await records.summary(store, requirement, START + DAY)
    assert counts["compliant"] == 1


async def test_an_audience_is_everyone_a_role_or_named_people_and_always_active(
    store: Store, room: ClassRoom
) -> None:
    one = room.organization.id
    bo = await join(store, room, "Bo", "instructor")
    cy = await join(store, room, "Cy")
    await people.update(store, one, cy, PersonChanges(status="inactive"))

    async def concerned(**audience: Any) -> list[str]:
        requirement = await require(store, room, audience=Audience(**audience))
        return [each.name async for each in records.every(store, requirement, START)]

    assert await concerned() == ["Ann Lee", "Bo"]
    assert await concerned(kind="role", role="instructor") == ["Bo"]
    assert await concerned(kind="people", person_ids=(cy, bo)) == ["Bo"]


async def test_records_are_paged_by_name_and_filtered_by_status(
    store: Store, log: RecordedLog, progress: Progress, room: ClassRoom
) -> None:
    for name in ("Bo", "Cy", "Di"):
        await join(store, room, name)
    requirement = await require(store, room)
    said = room.says("completed", room.course.activity_id)
    await log.take(said)
    await progress.observe([said])

    async def names(
        page: int, status: str | None = None, moment: datetime = DUE
    ) -> tuple[list[str], int]:
        paging = Paging(page=page, per_page=2)
        found = await records.find(store, requirement, moment, paging, status)
        return [each.name for each in found.items], found.total

    assert await names(2) == (["Cy", "Di"], 4)
    assert await names(1, "compliant") == (["Ann Lee"], 1)
    assert await names(2, "assigned") == (["Di"], 3)
    assert await names(1, "overdue", DUE + DAY) == (["Bo", "Cy"], 3)
    with pytest.raises(RuleBroken):
        await names(1, "late")


async def test_the_csv_has_a_row_for_each_and_no_formula(
    store: Store, room: ClassRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "BATCH", 2)
    for name in ("=HYPERLINK(1)", 'Bo, the "builder"', "Zoë"):
        draft = PersonDraft(name=name, email=f"{len(name)}@x.example")
        await people.create(store, room.organization.id, draft)
    requirement = await require(store, room)
    lines = [each async for each in as_csv(requirement, records.every(store, requirement, START))]
    rows = list(csv.DictReader(io.StringIO("".join(lines))))
    assert tuple(rows[0]) == COLUMNS
    names = [row["name"] for row in rows]
    assert names == ["'=HYPERLINK(1)", "Ann Lee", 'Bo, the "builder"', "Zoë"]
    assert {row["due_at"] for row in rows} == {"2026-03-11T09:00:00Z"}
    assert [harmless(each) for each in ("+1", "-1", "@a", "\tx", "ok")] == [
        "'+1",
        "'-1",
        "'@a",
        "'\tx",
        "ok",
    ]


async def test_a_wrong_requirement_is_refused_with_every_finding(
    store: Store, room: ClassRoom
) -> None:
    audience = Audience(kind="people", role="learner", person_ids=("user_x",))
    due = datetime(2026, 1, 1)
    with pytest.raises(RuleBroken) as refused:
        await require(store, room, title="", due_at=due, audience=audience)
    assert [each.where for each in refused.value.findings] == [
        "title",
        "due_at",
        "audience/role",
        "audience/person_ids/0",
    ]


async def test_a_requirement_is_changed_listed_and_archived(store: Store, room: ClassRoom) -> None:
    one = room.organization.id
    requirement = await require(store, room)
    changed = await requirements.update(
        store, one, requirement.id, RequirementChanges(due_at=None), requirement.version
    )
    assert (changed.due_at, changed.title) == (None, requirement.title)
    listed = await requirements.find(
        store, one, RequirementFilter(course_id=room.course.id), Paging()
    )
    assert listed.items == (changed,)
    await requirements.archive(store, one, requirement.id)
    listed = await requirements.find(store, one, RequirementFilter(), Paging())
    assert listed.total == 0


async def test_another_organization_sees_no_requirement_and_none_of_its_people(
    store: Store, room: ClassRoom
) -> None:
    requirement = await require(store, room)
    other = await open_class_room(store)
    with pytest.raises(NotFound):
        await requirements.get(store, other.organization.id, requirement.id)
    draft = RequirementDraft(title="T", course_id=room.course.id)
    with pytest.raises(NotFound):
        await requirements.create(store, other.organization.id, draft)
    with pytest.raises(RuleBroken):
        await require(store, room, audience=Audience(kind="people", person_ids=(other.person.id,)))
    assert await records.of_person(store, requirement, other.person.id, START) is None
    assert (await records.summary(store, requirement, START))["assigned"] == 1
