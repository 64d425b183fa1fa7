"""Categories of the question bank: a tree, in which a category stands for those below it too."""

from collections.abc import Sequence
from typing import Any, ClassVar

from msgspec import UNSET, Struct, UnsetType
from pymongo.errors import DuplicateKeyError

from content import category_tree, findings
from content.documents import Document, Page, Paging, given
from content.errors import Conflict, NotFound, RuleBroken
from content.findings import Finding
from content.identity import new_id, now
from content.store import COLLECTIONS, Store


class QuestionCategory(Document, frozen=True, kw_only=True):
    """A category below its parent, or (None) at the top."""

    kind: ClassVar[str] = "question_category"
    sortable: ClassVar[tuple[str, ...]] = ("name", "created_at", "updated_at")

    name: str
    description: str = ""
    parent_id: str | None = None


class QuestionCategoryDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new category."""

    name: str
    description: str = ""
    parent_id: str | None = None


class QuestionCategoryChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    parent_id: str | UnsetType | None = UNSET


async def create(
    store: Store, organization_id: str, draft: QuestionCategoryDraft
) -> QuestionCategory:
    """A new category. Raises RuleBroken, Conflict (category_exists)."""
    category_id, moment = new_id("question_category"), now()
    known = await everything(store, organization_id)
    if broken := _broken(draft, category_id, known):
        raise RuleBroken(broken)
    category = QuestionCategory(
        id=category_id,
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        name=draft.name.strip(),
        description=draft.description,
        parent_id=draft.parent_id,
    )
    try:
        return await store.of(QuestionCategory).insert(category)
    except DuplicateKeyError as error:
        raise category_tree.occupied(draft.name) from error


async def get(store: Store, organization_id: str, category_id: str) -> QuestionCategory:
    """The category. Raises NotFound."""
    return await store.of(QuestionCategory).get(organization_id, category_id)


async def find(
    store: Store, organization_id: str, paging: Paging, parent_id: str | None = None
) -> Page[QuestionCategory]:
    """One page of categories, of all or of those below a parent. Raises RuleBroken."""
    query: dict[str, Any] = {} if parent_id is None else {"parent_id": parent_id}
    return await store.of(QuestionCategory).page(organization_id, query, paging)


async def everything(store: Store, organization_id: str) -> list[QuestionCategory]:
    """Every category; they are few."""
    return await store.of(QuestionCategory).all(organization_id, {}, [("name", 1), ("_id", 1)])


async def update(
    store: Store,
    organization_id: str,
    category_id: str,
    changes: QuestionCategoryChanges,
    expected_version: int | None = None,
) -> QuestionCategory:
    """Change a category. Raises RuleBroken, NotFound, Conflict, VersionMismatch."""
    known = await everything(store, organization_id)
    if broken := _broken(changes, category_id, known):
        raise RuleBroken(broken)
    fields = given(changes)
    try:
        return await store.of(QuestionCategory).change(
            organization_id, category_id, fields, expected_version
        )
    except DuplicateKeyError as error:
        raise category_tree.occupied(str(changes.name)) from error


async def delete(store: Store, organization_id: str, category_id: str) -> None:
    """Remove a category that holds nothing. Raises NotFound, Conflict (category_in_use)."""
    await get(store, organization_id, category_id)
    holders: dict[str, dict[str, Any]] = {
        "bank_question": {"category_id": category_id, "archived_at": None},
        "question_category": {"parent_id": category_id},
        "quiz": {"pools.category_id": category_id, "archived_at": None},
    }
    for kind, query in holders.items():
        collection = store.database[COLLECTIONS[kind]]
        if await collection.find_one({"organization_id": organization_id, **query}, {"_id": 1}):
            raise Conflict("category_in_use", f"A {kind.replace('_', ' ')} is in the category.")
    own = {"organization_id": organization_id, "_id": category_id}
    await store.of(QuestionCategory).collection.delete_one(own)


async def at_path(
    store: Store, organization_id: str, names: Sequence[str], parent_id: str | None = None
) -> str | None:
    """The id of the category at a path below a parent; what is missing of it is made."""
    for name in names[: category_tree.DEEPEST]:
        parent_id = await _child(store, organization_id, name, parent_id)
    return parent_id


async def _child(store: Store, organization_id: str, name: str, parent_id: str | None) -> str:
    query = {"name": name.strip(), "parent_id": parent_id}
    found = await store.of(QuestionCategory).first(organization_id, query)
    if found is not None:
        return found.id
    draft = QuestionCategoryDraft(name=name, parent_id=parent_id)
    try:
        return (await create(store, organization_id, draft)).id
    except Conflict:
        made = await store.of(QuestionCategory).first(organization_id, query)
        if made is None:
            raise NotFound("question_category", name) from None
        return made.id


def _broken(
    category: QuestionCategoryDraft | QuestionCategoryChanges,
    category_id: str,
    known: Sequence[QuestionCategory],
) -> list[Finding]:
    broken = findings.title("name", category.name)
    broken += findings.text("description", category.description)
    return broken + category_tree.misplaced(known, category_id, category.parent_id)
