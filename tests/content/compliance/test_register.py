"""The register: kept up with statements, people and requirements, and read as of any moment."""

import csv
import io
import random
from datetime import timedelta

import pytest
from class_room import ClassRoom, open_class_room
from office import Office
from recorded_log import RecordedLog, statement, voiding

from content.compliance import places, records, requirements, tallies
from content.compliance.audiences import Audience, Rule
from content.compliance.decisions import Decision
from content.compliance.export import COLUMNS, as_csv, harmless
from content.compliance.records import RecordFilter
from content.compliance.requirements import Requirement, RequirementChanges
from content.compliance.terms import Due, Target
from content.documents import Paging
from content.enrollment import enrollments
from content.enrollment.enrollments import EnrollmentDraft
from content.errors import NotFound, RuleBroken
from content.identity import new_id, now
from content.paths import paths
from content.paths.graph import PathCourse
from content.paths.paths import PathDraft
from content.people import people
from content.people.people import PersonChanges
from content.progress.follower import Follower
from content.store import RESUME_TOKENS, Store
from tests.tasks import beside, until

SMOKE = "https://example.org/smoke"


@pytest.fixture
def office(store: Store, log: RecordedLog, room: ClassRoom) -> Office:
    return Office(store, log, room)


async def test_a_record_tells_status_score_and_the_statements_that_prove_it(
    office: Office, room: ClassRoom
) -> None:
    requirement = await office.require()
    assert (await office.record(requirement)).status == "assigned"
    first = room.says("completed", room.first.activity_id, minute=1)
    await office.says(first)
    begun = await office.record(requirement)
    assert (begun.status, begun.progress, begun.evidence) == (
        "in_progress",
        50,
        (first.statement_id,),
    )
    second = room.says("passed", room.second.activity_id, minute=5, scaled=0.8)
    await office.says(second)
    done = await office.record(requirement)
    assert (done.status, done.score, done.progress) == ("compliant", 80, 100)
    assert done.evidence == (first.statement_id, second.statement_id)
    assert done.completed_at == second.timestamp
    await office.says(voiding(second))
    assert (await office.record(requirement)).status == "in_progress"
    then = await records.of_person(office.store, requirement, room.person.id, done.since)
    assert (then.status, then.evidence) == ("compliant", done.evidence)


async def test_any_activity_a_package_or_a_path_can_be_asked_for(
    office: Office, room: ClassRoom
) -> None:
    draft = PathDraft(title="Path", courses=(PathCourse(course_id=room.course.id),))
    path = await paths.create(office.store, office.own, draft)
    either = await office.require(
        Target(kind="activity", id=SMOKE), Target(kind="activity", id="https://example.org/b")
    )
    whole = await office.require(Target(kind="path", id=path.id))
    smoke = statement(office.own, room.account, "passed", SMOKE, scaled=1)
    await office.says(smoke, statement(office.own, room.account, "attempted", SMOKE, minute=1))
    assert (await office.record(either)).evidence == (smoke.statement_id,)
    assert (await office.record(whole)).status == "assigned"
    await office.says(room.says("completed", room.course.activity_id))
    assert (await office.record(whole)).status == "compliant"
    await office.says(voiding(smoke))
    assert await office.statuses(either) == ["assigned", "compliant", "in_progress"]


async def test_what_was_done_before_it_was_asked_for_counts(
    office: Office, room: ClassRoom
) -> None:
    await office.says(statement(office.own, room.account, "completed", SMOKE))
    await office.says(room.says("completed", room.course.activity_id))
    await enrollments.cancel(office.store, office.own, room.enrollment.id)
    draft = EnrollmentDraft(person_id=room.person.id, course_id=room.course.id)
    await office.progress.refold(await enrollments.enroll(office.store, office.own, draft))
    for target in (Target(kind="activity", id=SMOKE), office.course):
        requirement = await office.require(target)
        assert await office.statuses(requirement) == ["compliant"]


async def test_an_audience_follows_its_people(office: Office) -> None:
    rules = (Rule(kind="department", values=("A", "B")), Rule(kind="role", values=("learner",)))
    absent = Rule(kind="group", values=("absent",))
    bo = await office.join("Bo", department="A")
    await office.join("Cy", department="C")
    await office.join("Di", department="B", groups=("absent",))
    requirement = await office.require(audience=Audience(kind="all", of=rules, excluding=(absent,)))
    assert await office.names(requirement) == ["Bo"]
    moved = await people.update(office.store, office.own, bo.id, PersonChanges(department="C"))
    await office.settle(moved)
    assert await office.names(requirement) == []
    assert await office.names(requirement, status="not_assigned") == ["Bo"]
    back = await people.update(office.store, office.own, bo.id, PersonChanges(department="B"))
    await office.settle(back)
    assert await office.statuses(requirement, bo) == ["assigned", "not_assigned", "assigned"]
    history = await records.history(office.store, requirement, bo.id)
    assert [each.department for each in history] == ["A", "C", "B"]
    assert await office.names(requirement, as_of=history[1].since - timedelta(milliseconds=1)) == [
        "Bo"
    ]


async def test_whoever_is_hired_long_enough_comes_in_by_the_calendar(office: Office) -> None:
    today = now().date()
    old = await office.join("Bo", hired_on=today - timedelta(days=30))
    await office.join("Cy", hired_on=today - timedelta(days=29))
    requirement = await office.require(audience=Audience(kind="hired", hired_days=30))
    assert await office.names(requirement) == ["Bo"]
    assert (await office.record(requirement, old)).since == requirement.created_at


async def test_a_change_is_a_new_edition_and_the_past_stays(
    office: Office, room: ClassRoom
) -> None:
    requirement = await office.require()
    await office.says(room.says("completed", room.course.activity_id))
    before = (await office.record(requirement)).since
    smoke = Target(kind="activity", id=SMOKE)
    changes = RequirementChanges(targets=(smoke,), due=Due(at=now() - timedelta(days=1)))
    changed = await requirements.update(office.store, office.own, requirement.id, changes)
    await office.settle(changed)
    assert [each.number for each in changed.editions] == [1, 2]
    assert (await office.record(changed)).status == "overdue"
    then = await records.of_person(office.store, changed, room.person.id, before)
    assert (then.status, len(then.evidence)) == ("compliant", 1)
    archived = await requirements.archive(office.store, office.own, requirement.id)
    await office.settle(archived)
    assert await office.names(archived) == []
    assert await office.statuses(archived) == ["assigned", "compliant", "overdue", "not_assigned"]


async def test_a_decision_counts_once_it_is_approved(office: Office, room: ClassRoom) -> None:
    requirement = await office.require()
    waiver = _waiver(requirement, room.person.id)
    await office.store.of(Decision).insert(waiver)
    await office.settle(room.person)
    record = await office.record(requirement)
    assert (record.status, record.basis, record.evidence) == ("waived", waiver.id, ("approving",))


async def test_records_are_paged_by_name_filtered_and_searched(
    office: Office, room: ClassRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Bo", "Cy", "Di"):
        await office.join(name, department="D")
    requirement = await office.require(due=Due(at=now() + timedelta(days=30)))
    await office.says(room.says("completed", room.course.activity_id))
    assert await office.names(requirement, page=2, per_page=2) == ["Cy", "Di"]
    assert await office.names(requirement, status="compliant") == ["Ann Lee"]
    assert await office.names(requirement, department="D", page=2, per_page=2) == ["Di"]
    assert await office.names(requirement, search="an le") == ["Ann Lee"]
    late = now() + timedelta(days=31)
    assert await office.names(requirement, as_of=late, status="overdue") == ["Bo", "Cy", "Di"]
    assert await office.names(requirement, as_of=late, department="D", search="c") == ["Cy"]
    assert await office.names(requirement, as_of=now() - timedelta(days=1)) == []
    monkeypatch.setattr(records, "FEW_FOUND", 0)
    assert await office.names(requirement, as_of=late, department="D", search="c") == ["Cy"]
    assert await office.names(requirement, search="an le") == ["Ann Lee"]
    with pytest.raises(RuleBroken):
        await office.names(requirement, status="late")
    monkeypatch.setattr(records, "MOST_FOUND", 2)
    with pytest.raises(RuleBroken):
        await office.names(requirement, search="x")
    found = await records.find(
        office.store, requirement, records.EVERYBODY, Paging(page=1, per_page=2)
    )
    assert found.total == 4
    own = await records.all_of_person(office.store, office.own, room.person.id)
    assert [each.status for each in own] == ["compliant"]


async def test_a_page_of_the_past_is_the_same_by_whichever_way_it_is_reached(
    office: Office, room: ClassRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "PAST", timedelta(0))
    monkeypatch.setattr(places, "MOST_PLACES", 3)
    chance = random.Random(6)
    for number in range(9):
        await office.join(chance.choice(("Bo", "Cy")), email=f"{number}@x.example", department="D")
    requirement = await office.require(Target(kind="activity", id=SMOKE))
    await office.says(statement(office.own, room.account, "completed", SMOKE))
    then = now()
    for status, department in ((None, None), ("assigned", None), (None, "D"), ("expired", None)):
        filters = RecordFilter(status=status, department=department)
        every = [each async for each in records.every(office.store, requirement, filters, then)]
        for _ in range(12):
            paging = Paging(page=chance.randrange(1, 7), per_page=chance.randrange(1, 4))
            found = await records.find(office.store, requirement, filters, paging, then)
            part = every[paging.skipped : paging.skipped + paging.per_page]
            assert (list(found.items), found.total) == (part, len(every))


def _waiver(requirement: Requirement, person_id: str) -> Decision:
    moment = now()
    return Decision(
        id=new_id("compliance_decision"),
        organization_id=requirement.organization_id,
        created_at=moment,
        updated_at=moment,
        requirement_id=requirement.id,
        person_id=person_id,
        act="waiver",
        state="approved",
        proposed_by="user_1",
        proposed_at=moment,
        decided_at=moment,
        statement_ids=("approving",),
    )


async def test_the_csv_tells_what_the_records_tell(office: Office, room: ClassRoom) -> None:
    bo, cy = await office.join("Bo", department="D"), await office.join("Cy", department="D")
    requirement = await office.require(office.course, Target(kind="activity", id=SMOKE))
    await office.says(statement(office.own, room.account, "completed", SMOKE, scaled=0.8))
    await office.says(room.says("completed", room.first.activity_id))
    await office.store.of(Decision).insert(_waiver(requirement, bo.id))
    await office.settle(bo)
    then = now()
    await people.update(office.store, office.own, cy.id, PersonChanges(status="inactive"))
    await office.settle(cy)
    for filters in (RecordFilter(), RecordFilter(status="not_assigned"), RecordFilter(search="bo")):
        for as_of in (None, then):
            known = [e async for e in records.every(office.store, requirement, filters, as_of)]
            told = [e async for e in as_csv(office.store, [requirement], filters, as_of)]
            rows = [*csv.DictReader(io.StringIO("".join(told)))]
            assert [_cells(each) for each in known] == [
                {name: row[name] for name in _cells(known[0])} for row in rows
            ]
            assert filters.status or as_of or rows


def _cells(record: records.Record) -> dict[str, str]:
    shown = {
        name: "" if getattr(record, name) is None else f"{getattr(record, name):g}"
        for name in ("progress", "score")
    }
    for name in ("since", "due_at", "completed_at"):
        moment = getattr(record, name)
        shown[name] = moment.isoformat().replace("+00:00", "Z") if moment else ""
    texts = ("requirement_id", "person_id", "name", "email", "status")
    return {
        **shown,
        **{name: getattr(record, name) for name in texts},
        "department": record.department or "",
        "evidence": " ".join(record.evidence),
    }


async def test_the_calendar_turns_statuses_over(office: Office) -> None:
    requirement = await office.require(due=Due(at=now() + timedelta(milliseconds=300)))

    async def overdue() -> bool:
        await office.registrar.work()
        return await office.names(requirement, status="overdue") == ["Ann Lee"]

    await until(overdue)
    assert await office.statuses(requirement) == ["due_soon", "overdue"]


async def test_tallies_count_by_department_and_day(office: Office, room: ClassRoom) -> None:
    await office.join("Bo", department="D")
    requirement = await office.require(due=Due(at=now() + timedelta(days=30)))
    await office.says(room.says("completed", room.course.activity_id))
    tally = (await tallies.latest(office.store, office.own, [requirement.id]))[requirement.id]
    assert (tally.of()["compliant"], tally.of("D")["compliant"]) == (1, 0)
    assert tally.of("D")["assigned"] == 1
    in_a_month = now().date() + timedelta(days=32)
    assert await tallies.finish(office.store, requirement, in_a_month) == 32
    later = await tallies.on(
        office.store, office.own, [requirement.id], in_a_month - timedelta(days=1)
    )
    assert later[requirement.id].of()["overdue"] == 1
    today = now().date()
    days = await tallies.daily(office.store, office.own, [requirement.id], today, in_a_month, "D")
    assert [days[place][1]["overdue"] for place in (0, -1)] == [0, 1]
    first = await tallies.on(office.store, office.own, [requirement.id], today)
    assert {k: v for k, v in first[requirement.id].of().items() if v} == {
        "assigned": 1,
        "compliant": 1,
    }


async def test_a_rebuild_comes_to_the_same(office: Office, room: ClassRoom) -> None:
    requirement = await office.require()
    said = room.says("completed", room.course.activity_id)
    await office.says(said)
    await office.says(voiding(said))
    before = await records.history(office.store, requirement, room.person.id)
    for collection in ("compliance_proofs", "compliance_tallies"):
        await office.store.database[collection].delete_many({})
    assert await office.registrar.rebuild() == 1
    assert await records.history(office.store, requirement, room.person.id) == before


async def test_the_csv_has_a_row_for_each_and_no_formula(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "BATCH", 2)
    for number, name in enumerate(("=HYPERLINK(1)", 'Bo, the "builder"', "Zoë")):
        await people.create(
            office.store,
            office.own,
            people.PersonDraft(name=name, email=f"{number}@x.example"),
        )
    requirement = await office.require()
    lines = [each async for each in as_csv(office.store, [requirement])]
    rows = list(csv.DictReader(io.StringIO("".join(lines))))
    assert tuple(rows[0]) == COLUMNS
    names = [row["name"] for row in rows]
    assert names == ["'=HYPERLINK(1)", "Ann Lee", 'Bo, the "builder"', "Zoë"]
    assert [harmless(each) for each in ("+1", "@a", "ok")] == ["'+1", "'@a", "ok"]


async def _following(store: Store) -> bool:
    return await store.database[RESUME_TOKENS].find_one({"tokens": {"$exists": True}}) is not None


async def test_changes_are_followed_whoever_makes_them(office: Office, room: ClassRoom) -> None:
    follower = Follower(office.store, office.log, office.progress, office.concerns)
    async with beside(follower.run()), beside(office.registrar.run()):
        await until(lambda: _following(office.store))
        bo = await office.join("Bo", department="A")
        audience = Audience(kind="department", values=("A",))
        draft = requirements.RequirementDraft(
            title="T", targets=(office.course,), audience=audience
        )

        async def assigned(*names: str) -> None:
            async def shown() -> bool:
                return await office.names(requirement) == list(names)

            await until(shown)

        requirement = await requirements.create(office.store, office.own, draft)
        await assigned("Bo")
        await people.update(office.store, office.own, room.person.id, PersonChanges(department="A"))
        await assigned("Ann Lee", "Bo")
        await people.update(office.store, office.own, bo.id, PersonChanges(status="inactive"))
        await assigned("Ann Lee")
    await follower.release()


async def test_another_organization_sees_nothing(office: Office, store: Store) -> None:
    requirement = await office.require()
    other = await open_class_room(store)
    with pytest.raises(NotFound):
        await requirements.get(store, other.organization.id, requirement.id)
    with pytest.raises(NotFound):
        await records.of_person(store, requirement, other.person.id)
    draft = requirements.RequirementDraft(title="T", targets=(office.course,))
    with pytest.raises(RuleBroken):
        await requirements.create(store, other.organization.id, draft)


async def test_a_wrong_requirement_is_refused_with_every_finding(office: Office) -> None:
    audience = Audience(kind="people", values=("learner",), person_ids=("user_x",))
    with pytest.raises(RuleBroken) as refused:
        await office.require(
            Target(kind="course", id="course_x"),
            title="",
            due=Due(at=now().replace(tzinfo=None)),
            audience=audience,
            grace_days=-1,
            sign_off="all",
        )
    assert [each.where for each in refused.value.findings] == [
        "title",
        "due/at",
        "grace_days",
        "sign_off",
        "audience/values",
        "targets/0/id",
        "audience/person_ids/0",
    ]
