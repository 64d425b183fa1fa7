"""Equal reads that come together: one query for all of them, and none that is out of date."""

import asyncio

import pytest

from lrs.shared_read import SharedRead


class Shelf:
    """What is read: its number grows with every write; reads wait until they are let go."""

    def __init__(self) -> None:
        self.number = 0
        self.reads = 0
        self.open = asyncio.Event()
        self.shared = SharedRead()

    async def read(self) -> int:
        self.reads += 1
        number = self.number
        await self.open.wait()
        if number < 0:
            raise OSError
        return number

    def ask(self, asked: str = "number") -> asyncio.Task[int]:
        """Begin to ask."""
        return asyncio.create_task(self.shared.get(asked, self.read))

    async def begun(self, reads: int) -> None:
        """Wait until so many reads are under way."""
        while self.reads < reads:  # noqa: ASYNC110
            await asyncio.sleep(0)


async def test_equal_reads_that_come_together_are_one_and_others_are_not() -> None:
    shelf = Shelf()
    shelf.open.set()
    asked = [shelf.ask(each) for each in ("a", "a", "b", "a")]
    assert await asyncio.gather(*asked) == [0, 0, 0, 0]
    assert shelf.reads == 2


async def test_what_was_written_before_a_read_was_asked_for_is_in_it() -> None:
    shelf = Shelf()
    first = shelf.ask()
    await shelf.begun(1)
    shelf.number = 1
    later = [shelf.ask(), shelf.ask()]
    shelf.open.set()
    assert (await first, await asyncio.gather(*later)) == (0, [1, 1])
    assert shelf.reads == 2


async def test_what_breaks_is_told_to_all_who_asked_and_the_next_goes_on() -> None:
    shelf = Shelf()
    shelf.open.set()
    shelf.number = -1
    asked = [shelf.ask(), shelf.ask()]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(each) for each in outcomes] == [OSError, OSError]
    shelf.number = 2
    assert await shelf.ask() == 2


async def test_a_client_that_leaves_takes_nobody_along() -> None:
    shelf = Shelf()
    leaving, staying = shelf.ask(), shelf.ask()
    await shelf.begun(1)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    shelf.open.set()
    assert await staying == 0
