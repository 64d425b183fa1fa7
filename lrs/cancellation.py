"""Tasks that end when they are told to, although the driver may swallow that."""

import asyncio


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
