"""Categories: a tree by which courses are found."""

from collections.abc import Mapping
from typing import ClassVar

from msgspec import UNSET, Struct, UnsetType
from pymongo.errors import DuplicateKeyError

from content import category_tree, findings, words
from content.documents import Document, Page, Paging, given
from content.errors import Conflict, RuleBroken
from content.findings import Finding
from content.identity import new_id, now
from content.store import COLLECTIONS, Store


class Category(Document, frozen=True, kw_only=True):
    """A category of courses below its parent, or (None) at the top."""

    kind: ClassVar[str] = "category"
    sortable: ClassVar[tuple[str, ...]] = ("name", "created_at", "updated_at")

    name: str
    slug: str
    description: str = ""
    parent_id: str | None = None


class CategoryDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new category."""

    name: str
    description: str = ""
    parent_id: str | None = None


class CategoryChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    parent_id: str | UnsetType | None = UNSET


async def create(store: Store, organization_id: str, draft: CategoryDraft) -> Category:
    """A new category. Raises RuleBroken, Conflict (category_exists)."""
    known = await everything(store, organization_id)
    category_id, moment = new_id("category"), now()
    if broken := _broken(draft, category_id, known):
        raise RuleBroken(broken)
    category = Category(
        id=category_id,
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        name=draft.name.strip(),
        slug=words.slug(draft.name) or category_id,
        description=draft.description,
        parent_id=draft.parent_id,
    )
    try:
        return await store.of(Category).insert(category)
    except DuplicateKeyError as error:
        raise category_tree.occupied(category.name) from error


async def get(store: Store, organization_id: str, category_id: str) -> Category:
    """The category. Raises NotFound."""
    return await store.of(Category).get(organization_id, category_id)


async def find(
    store: Store, organization_id: str, paging: Paging, parent_id: str | None = None
) -> Page[Category]:
    """One page of categories, of all or of those below a parent. Raises RuleBroken."""
    query = {} if parent_id is None else {"parent_id": parent_id}
    return await store.of(Category).page(organization_id, query, paging)


async def everything(store: Store, organization_id: str) -> dict[str, Category]:
    """Every category by its id; they are few."""
    found = await store.of(Category).all(organization_id, {}, [("name", 1), ("_id", 1)])
    return {each.id: each for each in found}


async def update(
    store: Store,
    organization_id: str,
    category_id: str,
    changes: CategoryChanges,
    expected_version: int | None = None,
) -> Category:
    """Change a category. Raises RuleBroken, NotFound, Conflict, VersionMismatch."""
    known = await everything(store, organization_id)
    if broken := _broken(changes, category_id, known):
        raise RuleBroken(broken)
    fields = given(changes)
    if isinstance(changes.name, str):
        fields["slug"] = words.slug(changes.name) or category_id
    try:
        return await store.of(Category).change(
            organization_id, category_id, fields, expected_version
        )
    except DuplicateKeyError as error:
        raise category_tree.occupied(str(changes.name)) from error


async def delete(store: Store, organization_id: str, category_id: str) -> None:
    """Remove a category that holds nothing. Raises NotFound, Conflict (category_in_use)."""
    await get(store, organization_id, category_id)
    inside = {"course": "category_id", "category": "parent_id"}
    for kind, field in inside.items():
        query = {"organization_id": organization_id, field: category_id}
        if await store.database[COLLECTIONS[kind]].find_one(query, {"_id": 1}):
            raise Conflict("category_in_use", f"The category still holds a {kind}.")
    own = {"organization_id": organization_id, "_id": category_id}
    await store.of(Category).collection.delete_one(own)


def _broken(
    category: CategoryDraft | CategoryChanges, category_id: str, known: Mapping[str, Category]
) -> list[Finding]:
    broken = findings.title("name", category.name)
    broken += findings.text("description", category.description)
    return broken + category_tree.misplaced(known.values(), category_id, category.parent_id)
