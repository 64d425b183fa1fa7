"""Modules: the chapters of a course, in an order."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from msgspec import UNSET, Struct, UnsetType

from content import findings
from content.courses import courses, positions
from content.documents import Document, given
from content.errors import RuleBroken
from content.findings import Finding
from content.identity import milliseconds, new_id, now
from content.store import Store


class Module(Document, frozen=True, kw_only=True):
    """A chapter; `position` counts from 1 within the course.

    Its lessons open at `unlock_at`, and so many days after the person's enrollment.
    """

    kind: ClassVar[str] = "module"

    course_id: str
    title: str
    description: str = ""
    position: int
    unlock_at: datetime | None = None
    unlock_after_days: int | None = None
    archived_at: datetime | None = None


class ModuleDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new module; without a position it comes last."""

    title: str
    description: str = ""
    position: int | None = None
    unlock_at: datetime | None = None
    unlock_after_days: int | None = None


class ModuleChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays."""

    title: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    unlock_at: datetime | UnsetType | None = UNSET
    unlock_after_days: int | UnsetType | None = UNSET


async def create(store: Store, organization_id: str, course_id: str, draft: ModuleDraft) -> Module:
    """A new module of a course. Raises RuleBroken, NotFound."""
    if broken := [*_broken(draft), *positions.broken(draft.position)]:
        raise RuleBroken(broken)
    await courses.get(store, organization_id, course_id)
    siblings = await within(store, organization_id, course_id)
    module_id, moment = new_id("module"), now()
    module = Module(
        id=module_id,
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        course_id=course_id,
        title=draft.title.strip(),
        description=draft.description,
        position=len(siblings) + 1,
        unlock_at=milliseconds(draft.unlock_at) if draft.unlock_at else None,
        unlock_after_days=draft.unlock_after_days,
    )
    module = await store.of(Module).insert(module)
    order = positions.inserted([each.id for each in siblings], module_id, draft.position)
    if order[-1] == module_id:
        await courses.outline_changed(store, organization_id, course_id)
        return module
    await reorder(store, organization_id, course_id, order)
    return await get(store, organization_id, module_id)


async def get(store: Store, organization_id: str, module_id: str) -> Module:
    """The module, archived ones included. Raises NotFound."""
    return await store.of(Module).get(organization_id, module_id)


async def within(store: Store, organization_id: str, course_id: str) -> list[Module]:
    """The modules of a course in their order."""
    query = {"course_id": course_id, "archived_at": None}
    return await store.of(Module).all(organization_id, query, positions.ORDER)


async def update(
    store: Store,
    organization_id: str,
    module_id: str,
    changes: ModuleChanges,
    expected_version: int | None = None,
) -> Module:
    """Change a module. Raises RuleBroken, NotFound, VersionMismatch."""
    if broken := _broken(changes):
        raise RuleBroken(broken)
    modules = store.of(Module)
    module = await modules.change(organization_id, module_id, given(changes), expected_version)
    await courses.details_changed(store, organization_id, module.course_id)
    return module


async def archive(
    store: Store, organization_id: str, module_id: str, expected_version: int | None = None
) -> Module:
    """Take a module and so its lessons out of the course. Raises NotFound, VersionMismatch."""
    fields = {"archived_at": now()}
    module = await store.of(Module).change(organization_id, module_id, fields, expected_version)
    await courses.outline_changed(store, organization_id, module.course_id)
    return module


async def reorder(
    store: Store, organization_id: str, course_id: str, module_ids: Sequence[str]
) -> list[Module]:
    """Put the modules of a course in this order, which names each once. Raises RuleBroken."""
    present = [each.id for each in await within(store, organization_id, course_id)]
    await positions.place(store.of(Module), organization_id, "module_ids", present, module_ids)
    await courses.outline_changed(store, organization_id, course_id)
    return await within(store, organization_id, course_id)


def _broken(module: ModuleDraft | ModuleChanges) -> list[Finding]:
    return (
        findings.title("title", module.title)
        + findings.text("description", module.description)
        + findings.moment("unlock_at", module.unlock_at)
        + findings.not_negative("unlock_after_days", module.unlock_after_days)
    )
