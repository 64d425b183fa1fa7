"""Tasks that end when they are told to, although the driver may swallow that."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any


def heed_cancellation() -> None:
    """Raise CancelledError in a task that was cancelled and goes on all the same.

    On Python 3.11 a wait inside PyMongo sometimes swallows a cancellation. A loop over the driver
    calls this in each round.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def rest(seconds: float) -> None:
    """Sleep, save in a task that was cancelled before: it must not go on until it wakes up."""
    heed_cancellation()
    await asyncio.sleep(seconds)


async def together(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run all at once; where one fails, end the others.

    A group of tasks that failed leaves its own task marked as cancelled on Python 3.11, and
    whoever heeds that ends for good. So the group has a task to itself.

    Raises:
        ExceptionGroup: of all that failed.
    """
    await asyncio.create_task(_group(works))


async def _group(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    async with asyncio.TaskGroup() as tasks:
        for each in works:
            tasks.create_task(each)
