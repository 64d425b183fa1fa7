"""Duplication: a course once more, with modules and lessons of its own, and nobody in it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from msgspec import structs

from content import findings, organizations
from content.courses import courses, modules
from content.courses.courses import Course
from content.courses.modules import Module
from content.documents import encode
from content.errors import RuleBroken
from content.identity import new_id, now
from content.lessons import lessons
from content.lessons.lessons import Lesson
from content.organizations import Organization
from content.store import Store

Carry = Callable[[Store, Mapping[str, Lesson]], Awaitable[None]]
"""Copies what belongs to lessons, such as quizzes: it is given the new lessons by the old ids."""


async def duplicate(
    store: Store,
    organization_id: str,
    course_id: str,
    title: str | None = None,
    carry: Sequence[Carry] = (),
) -> Course:
    """A draft that is the course over again: its settings, modules, lessons and what they hold.

    Its activities are new ones, so no statement about the one is about the other. The course
    comes last: what a crash leaves behind is part of none. Raises NotFound, RuleBroken.
    """
    if title is not None and (broken := findings.title("title", title)):
        raise RuleBroken(broken)
    course = await courses.get(store, organization_id, course_id)
    organization = await organizations.get(store, organization_id)
    copy = await _course(store, organization, course, title or f"{course.title} (copy)")
    chapters = await modules.within(store, organization_id, course_id)
    renamed = {each.id: _module(each, copy) for each in chapters}
    found = await lessons.of_course(store, organization_id, course_id)
    made = _lessons(found, renamed, organization)
    if renamed:
        await store.of(Module).collection.insert_many(map(encode, renamed.values()))
    if made:
        await store.of(Lesson).collection.insert_many(map(encode, made.values()))
    for each in carry:
        await each(store, made)
    return await store.of(Course).insert(copy)


async def _course(store: Store, organization: Organization, course: Course, title: str) -> Course:
    copy_id, moment = new_id("course"), now()
    return structs.replace(
        course,
        id=copy_id,
        version=1,
        created_at=moment,
        updated_at=moment,
        title=title.strip(),
        status="draft",
        slug=await courses.free_slug(store, organization.id, title),
        activity_id=courses.activity_id(organization, copy_id),
        external_id=None,
        outline_version=1,
        revision=1,
        rating=None,
        rating_count=0,
        published_at=None,
        archived_at=None,
    )


def _module(module: Module, copy: Course) -> Module:
    return structs.replace(
        module,
        id=new_id("module"),
        version=1,
        course_id=copy.id,
        created_at=copy.created_at,
        updated_at=copy.created_at,
    )


def _lessons(
    found: Sequence[Lesson], renamed: Mapping[str, Module], organization: Organization
) -> dict[str, Lesson]:
    """The new lessons by the ids of the old ones; they need each other as the old ones do."""
    ids = {each.id: new_id("lesson") for each in found}
    return {
        each.id: structs.replace(
            each,
            id=ids[each.id],
            version=1,
            course_id=renamed[each.module_id].course_id,
            module_id=renamed[each.module_id].id,
            activity_id=lessons.activity_id(organization, ids[each.id]),
            prerequisites=tuple(ids[one] for one in each.prerequisites if one in ids),
            created_at=renamed[each.module_id].created_at,
            updated_at=renamed[each.module_id].created_at,
        )
        for each in found
    }
