"""Documents by their ids: reads that come together are one query, and each is its own."""

import asyncio

import pytest

from content.courses import categories
from content.courses.categories import Category, CategoryDraft
from content.errors import NotFound
from content.store import Store


async def test_reads_that_come_together_find_what_each_asks_for_in_its_organization(
    store: Store,
) -> None:
    ours, theirs = await asyncio.gather(
        categories.create(store, "organization-1", CategoryDraft(name="Ours")),
        categories.create(store, "organization-2", CategoryDraft(name="Theirs")),
    )
    documents = store.of(Category)
    found = await asyncio.gather(
        documents.get("organization-1", ours.id),
        documents.get("organization-2", theirs.id),
        documents.find("organization-1", theirs.id),
        documents.find("organization-1", "category_none"),
    )
    assert found == [ours, theirs, None, None]


async def test_a_read_sees_what_was_changed_before_it_began(store: Store) -> None:
    documents = store.of(Category)

    async def renamed_and_read(number: int) -> None:
        made = await categories.create(store, "organization-1", CategoryDraft(name=f"N{number}"))
        for name in ("One", "Two"):
            changed = await documents.change("organization-1", made.id, {"name": name})
            assert await documents.get("organization-1", made.id) == changed
        await documents.remove("organization-1", made.id)
        with pytest.raises(NotFound):
            await documents.get("organization-1", made.id)

    await asyncio.gather(*(renamed_and_read(each) for each in range(10)))
