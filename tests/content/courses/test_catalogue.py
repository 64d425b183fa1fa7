"""Organizations, people, courses, modules, lessons and enrollments in a real MongoDB."""

from datetime import UTC, datetime, timedelta

import pytest
from class_room import URL, ClassRoom, open_class_room
from msgspec import structs

from content import organizations
from content.courses import courses, modules
from content.courses.course_search import CourseFilter
from content.courses.courses import CourseChanges, CourseDraft
from content.courses.modules import ModuleChanges, ModuleDraft
from content.documents import Paging
from content.enrollment import enrollments
from content.enrollment.enrollments import Enrollment, EnrollmentDraft, EnrollmentFilter, status_of
from content.errors import Conflict, NotFound, RuleBroken, VersionMismatch
from content.identity import new_id
from content.lessons import lessons
from content.lessons.lessons import LessonChanges, LessonDraft
from content.organizations import OrganizationDraft
from content.people import people
from content.people.people import PersonChanges, PersonDraft, PersonFilter
from content.store import COLLECTIONS, Store, prepare

OF_ALL = {
    "_id_",
    "code_1",
    "created_at_1",
    "deadlines",
    "expires_at_1",
    "expiries",
    "one_host",
    "one_slug",
    "queue",
    "turns",
}
"""Ids, what is deleted in time, and queues: a server takes what is due next, whosever it is."""


async def test_every_index_starts_with_the_organization(store: Store) -> None:
    await prepare(store.database)
    for name in COLLECTIONS.values():
        for index_name, index in (await store.database[name].index_information()).items():
            assert index_name in OF_ALL or index["key"][0] == ("organization_id", 1)


async def test_ids_sort_by_the_time_of_their_making() -> None:
    ids = [new_id("course") for _ in range(100)]
    assert len(set(ids)) == 100
    assert sorted(each[:19] for each in ids) == [each[:19] for each in ids]


async def test_what_is_created_is_what_is_read(store: Store, room: ClassRoom) -> None:
    one = room.organization.id
    assert await organizations.get(store, one) == room.organization
    assert await organizations.every(store) == [room.organization]
    assert await courses.get(store, one, room.course.id) == structs.replace(
        room.course, outline_version=5, revision=5, module_count=2, lesson_count=2
    )
    assert await lessons.get(store, one, room.first.id) == room.first
    assert await people.get(store, one, room.person.id) == room.person
    assert await enrollments.get(store, one, room.enrollment.id) == room.enrollment


async def test_activities_and_agents_are_named_once_after_the_public_url(room: ClassRoom) -> None:
    assert room.course.activity_id == f"{URL}/activities/courses/{room.course.id}"
    assert room.first.activity_id == f"{URL}/activities/lessons/{room.first.id}"
    assert people.xapi_agent(room.person)["account"] == {"homePage": URL, "name": room.person.id}
    assert people.agent_keys(room.person) == (
        f"account:{URL}|{room.person.id}",
        "mbox:mailto:ann.lee@example.org",
        "mbox:mailto:Ann.Lee@example.org",
        "mbox_sha1sum:a6b67c964d3ab1481ccc11af531a212350ba9c83",
        "mbox_sha1sum:4e8da470232f520ce2cbe23dbea5fb92b6168a10",
    )


async def test_all_findings_come_together(store: Store, room: ClassRoom) -> None:
    draft = PersonDraft(name=" ", email="nobody", roles=("learner", "king"))
    with pytest.raises(RuleBroken) as refused:
        await people.create(store, room.organization.id, draft)
    assert [each.where for each in refused.value.findings] == ["name", "email", "roles/1"]
    wrong = LessonDraft(title="", content_type="film", activity_id="not an iri", position=0)
    with pytest.raises(RuleBroken) as refused:
        await lessons.create(store, room.organization.id, room.first.module_id, wrong)
    where = [each.where for each in refused.value.findings]
    assert where == ["title", "content_type", "activity_id", "position"]
    with pytest.raises(RuleBroken):
        await organizations.create(store, OrganizationDraft(name="", public_url="nowhere"))


async def test_an_address_is_one_persons_for_ever(store: Store, room: ClassRoom) -> None:
    one = room.organization.id
    with pytest.raises(Conflict) as refused:
        await people.create(store, one, PersonDraft(name="Ann", email="ANN.LEE@example.org "))
    assert refused.value.code == "email_taken"
    changed = await people.update(store, one, room.person.id, PersonChanges(email="ann@b.example"))
    assert set(room.person.agents) < set(changed.agents)
    assert await people.by_email(store, one, "ann.lee@example.org") is None
    assert await people.by_email(store, one, "Ann@b.example") == changed
    with pytest.raises(Conflict):
        await people.create(store, one, PersonDraft(name="Ann", email="ann.lee@example.org"))


async def test_people_are_filtered_and_sorted(store: Store, room: ClassRoom) -> None:
    one = room.organization.id
    for name in ("Zoe", "Bo"):
        draft = PersonDraft(name=name, email=f"{name}@x.example", roles=("instructor",))
        await people.create(store, one, draft)

    async def names(filters: PersonFilter, sort: str | None = None) -> list[str]:
        page = await people.find(store, one, filters, Paging(sort=sort))
        return [each.name for each in page.items]

    assert await names(PersonFilter()) == ["Ann Lee", "Bo", "Zoe"]
    assert await names(PersonFilter(role="instructor"), "-name") == ["Zoe", "Bo"]
    assert await names(PersonFilter(email="BO@x.example", status="active")) == ["Bo"]


async def test_an_editor_never_overwrites_what_it_has_not_seen(
    store: Store, room: ClassRoom
) -> None:
    one, course_id = room.organization.id, room.course.id
    changed = await courses.update(store, one, course_id, CourseChanges(title="B"), 1)
    assert (changed.title, changed.version, changed.description) == ("B", 2, "")
    with pytest.raises(VersionMismatch) as refused:
        await courses.update(store, one, course_id, CourseChanges(title="C"), 1)
    assert (refused.value.expected, refused.value.actual) == (1, 2)
    with pytest.raises(NotFound) as missing:
        await courses.update(store, one, "course_x", CourseChanges(title="C"), 1)
    assert missing.value.code == "course_not_found"


async def test_courses_are_listed_by_status_and_page(store: Store, room: ClassRoom) -> None:
    one = room.organization.id
    for n in range(4):
        await courses.create(store, one, CourseDraft(title=f"T{n}", status="published"))
    await courses.archive(store, one, room.course.id)
    paging = Paging(page=2, per_page=3, sort="-title")
    page = await courses.find(store, one, CourseFilter(), paging)
    assert ([each.title for each in page.items], page.total) == (["T0"], 4)
    archived = await courses.find(store, one, CourseFilter(status="archived"), Paging())
    assert [each.archived_at is not None for each in archived.items] == [True]
    wrong = Paging(page=0, per_page=101, sort="secret")
    with pytest.raises(RuleBroken) as refused:
        await courses.find(store, one, CourseFilter(), wrong)
    assert [each.where for each in refused.value.findings] == ["page", "per_page", "sort"]


async def test_modules_and_lessons_keep_the_order_they_are_put_in(
    store: Store, room: ClassRoom
) -> None:
    one, course_id = room.organization.id, room.course.id
    start = await modules.create(store, one, course_id, ModuleDraft(title="Start", position=1))
    assert start.position == 1
    order = await modules.within(store, one, course_id)
    assert [each.title for each in order] == ["Start", "Why", "How"]
    turned = [each.id for each in reversed(order)]
    assert [m.id for m in await modules.reorder(store, one, course_id, turned)] == turned
    with pytest.raises(RuleBroken) as refused:
        await modules.reorder(store, one, course_id, [turned[0], turned[0], "module_x"])
    where = [each.where for each in refused.value.findings]
    assert where == ["module_ids/1", "module_ids/2", "module_ids"]
    for position in (None, 1):
        draft = LessonDraft(title=f"At {position}", content_type="text", position=position)
        await lessons.create(store, one, start.id, draft)
    titles = [each.title for each in await lessons.within(store, one, start.id)]
    assert titles == ["At 1", "At None"]


async def test_an_activity_belongs_to_one_lesson(store: Store, room: ClassRoom) -> None:
    for taken in (room.first.activity_id, room.course.activity_id):
        draft = LessonDraft(title="Again", content_type="xapi", activity_id=taken)
        with pytest.raises(Conflict) as refused:
            await lessons.create(store, room.organization.id, room.second.module_id, draft)
        assert refused.value.code == "activity_id_taken"


async def test_a_change_that_leaves_a_field_out_keeps_it(store: Store, room: ClassRoom) -> None:
    one = room.organization.id
    changed = await lessons.update(store, one, room.first.id, LessonChanges(package_id="package_1"))
    assert (changed.title, changed.package_id) == ("Why", "package_1")
    changed = await lessons.update(store, one, room.first.id, LessonChanges(package_id=None))
    assert changed.package_id is None
    renamed = await modules.update(store, one, room.first.module_id, ModuleChanges(title="Reason"))
    assert renamed.title == "Reason"


async def test_one_open_enrollment_and_a_new_registration_after_a_cancelled_one(
    store: Store, room: ClassRoom
) -> None:
    one = room.organization.id
    draft = EnrollmentDraft(person_id=room.person.id, course_id=room.course.id)
    with pytest.raises(Conflict) as refused:
        await enrollments.enroll(store, one, draft)
    assert refused.value.code == "already_enrolled"
    await enrollments.cancel(store, one, room.enrollment.id)
    with pytest.raises(Conflict):
        await enrollments.cancel(store, one, room.enrollment.id)
    again = await enrollments.enroll(store, one, draft)
    assert again.registration != room.enrollment.registration
    assert await enrollments.current(store, one, room.person.id, room.course.id) == again
    assert await enrollments.by_registration(store, one, again.registration) == again
    page = await enrollments.find(
        store, one, EnrollmentFilter(person_id=room.person.id), Paging(sort="-enrolled_at")
    )
    assert [each.id for each in page.items] == [again.id, room.enrollment.id]


async def test_an_archived_course_takes_nobody_in(store: Store, room: ClassRoom) -> None:
    one = room.organization.id
    await courses.archive(store, one, room.course.id)
    bo = await people.create(store, one, PersonDraft(name="Bo", email="bo@x.example"))
    draft = EnrollmentDraft(person_id=bo.id, course_id=room.course.id)
    with pytest.raises(Conflict) as refused:
        await enrollments.enroll(store, one, draft)
    assert refused.value.code == "course_archived"


def test_an_enrollments_status_is_derived_from_moments() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    day = timedelta(days=1)
    common = {"organization_id": "o", "created_at": start, "updated_at": start}
    enrollment = Enrollment(
        id="e",
        person_id="p",
        course_id="c",
        registration="r",
        enrolled_at=start,
        expires_at=start + 10 * day,
        **common,
    )
    cancelled = structs.replace(enrollment, cancelled_at=start + 5 * day)
    assert status_of(enrollment, None, start + 9 * day) == "active"
    assert status_of(enrollment, None, start + 10 * day) == "expired"
    assert status_of(enrollment, start + 3 * day, start + 20 * day) == "completed"
    assert status_of(enrollment, start + 3 * day, start + 2 * day) == "active"
    assert status_of(cancelled, start + 3 * day, start + 4 * day) == "completed"
    assert status_of(cancelled, start + 3 * day, start + 5 * day) == "cancelled"


async def test_another_organization_finds_and_changes_nothing(
    store: Store, room: ClassRoom
) -> None:
    other = (await open_class_room(store)).organization.id
    refused = [
        courses.get(store, other, room.course.id),
        courses.update(store, other, room.course.id, CourseChanges(title="Mine")),
        courses.archive(store, other, room.course.id),
        modules.create(store, other, room.course.id, ModuleDraft(title="Mine")),
        modules.get(store, other, room.first.module_id),
        modules.archive(store, other, room.first.module_id),
        lessons.create(
            store, other, room.first.module_id, LessonDraft(title="Mine", content_type="text")
        ),
        lessons.get(store, other, room.first.id),
        lessons.update(store, other, room.first.id, LessonChanges(title="Mine")),
        lessons.archive(store, other, room.first.id),
        people.get(store, other, room.person.id),
        people.update(store, other, room.person.id, PersonChanges(name="Mine")),
        enrollments.get(store, other, room.enrollment.id),
        enrollments.cancel(store, other, room.enrollment.id),
        enrollments.enroll(
            store, other, EnrollmentDraft(person_id=room.person.id, course_id=room.course.id)
        ),
    ]
    for each in refused:
        with pytest.raises(NotFound):
            await each
    assert await modules.within(store, other, room.course.id) == []
    assert await lessons.within(store, other, room.first.module_id) == []
    assert await enrollments.by_registration(store, other, room.enrollment.registration) is None
