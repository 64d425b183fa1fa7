"""Reading ahead: the next portion is fetched while one is dealt with."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TypeVar

T = TypeVar("T")


async def ahead(source: AsyncGenerator[T, None]) -> AsyncIterator[T]:
    """What a source brings, one more of it asked for than was taken."""
    upcoming = asyncio.create_task(_next(source))
    try:
        while (brought := await upcoming) is not None:
            upcoming = asyncio.create_task(_next(source))
            # The question goes out before whoever takes this keeps the loop to itself.
            await asyncio.sleep(0)
            yield brought
    finally:
        upcoming.cancel()
        await asyncio.gather(upcoming, return_exceptions=True)
        await source.aclose()


async def _next(source: AsyncGenerator[T, None]) -> T | None:
    return await anext(source, None)
