"""Reads by id that come together: each gets its own answer, whatever becomes of the others."""

import asyncio
from collections.abc import Collection

import pytest

from lrs.group_read import GroupRead
from lrs.log import StatementLog
from tests.lrs.conftest import ORGANIZATION, a_statement
from tests.lrs.test_log import record


class Shelf:
    """Reads that wait until they are let go; all of them are noted."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.groups: list[set[str]] = []

    async def read(self, ids: Collection[str]) -> dict[str, str]:
        """Find each id that is no x; break where one is `broken`."""
        self.groups.append(set(ids))
        await self.open.wait()
        if "broken" in ids:
            raise OSError
        return {each: each.upper() for each in ids if each != "x"}


async def test_reads_that_come_together_are_one_and_each_has_its_own_answer() -> None:
    shelf = Shelf()
    reads = GroupRead(shelf.read)
    shelf.open.set()
    answers = await asyncio.gather(*(reads.get(each) for each in ("a", "b", "x", "a")))
    assert answers == ["A", "B", None, "A"]
    assert shelf.groups == [{"a", "b", "x"}]


async def test_who_asks_again_when_all_lanes_end_at_once_is_answered() -> None:
    shelf = Shelf()
    reads = GroupRead(shelf.read)

    async def ask_twice(each: str) -> list[str | None]:
        return [await reads.get(each), await reads.get(each)]

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        asking = []
        for each in ("a", "b"):
            asking.append(tasks.create_task(ask_twice(each)))
            while len(shelf.groups) < len(asking):  # noqa: ASYNC110
                await asyncio.sleep(0)
        shelf.open.set()
    assert [each.result() for each in asking] == [["A", "A"], ["B", "B"]]


async def test_what_breaks_is_told_to_all_of_its_group_and_the_next_goes_on() -> None:
    shelf = Shelf()
    reads = GroupRead(shelf.read)
    shelf.open.set()
    answers = await asyncio.gather(
        *(reads.get(each) for each in ("a", "broken")), return_exceptions=True
    )
    assert [type(each) for each in answers] == [OSError, OSError]
    assert await reads.get("a") == "A"


async def test_a_client_that_leaves_takes_nobody_along() -> None:
    shelf = Shelf()
    reads = GroupRead(shelf.read)
    leaving, staying = (asyncio.create_task(reads.get(each)) for each in ("a", "b"))
    while not shelf.groups:  # noqa: ASYNC110
        await asyncio.sleep(0)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    shelf.open.set()
    assert await staying == "B"


async def test_a_read_sees_what_was_recorded_before_it_began(log: StatementLog) -> None:
    async def there_and_back() -> None:
        for _ in range(10):
            (statement_id,) = await record(log, a_statement())
            found = await log.get(ORGANIZATION, statement_id)
            assert found is not None
            assert found.statement_id == statement_id

    await asyncio.gather(*(there_and_back() for _ in range(10)))


async def test_a_group_of_several_organizations_mixes_nothing_up(log: StatementLog) -> None:
    (statement_id,) = await record(log, a_statement())
    own, others = await asyncio.gather(
        log.get(ORGANIZATION, statement_id), log.get("organization-2", statement_id)
    )
    assert own is not None
    assert others is None
