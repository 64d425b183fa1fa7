"""What is asked together is dealt with together, and each is answered for itself."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Generic, TypeVar, cast

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

_LANES = 2


class Lanes(Generic[Asked, Answer]):
    """While groups are under way the next one gathers. What comes later is dealt with later, so
    that a read misses nothing that was written before it was asked for.
    """

    def __init__(
        self, deal: Callable[[Sequence[Asked]], Awaitable[Sequence[Answer | Exception]]], most: int
    ) -> None:
        """`deal` has an answer or an exception for each of a group of at most `most`, in order;
        what it raises is everybody's.
        """
        self._deal = deal
        self._most = most
        self._waiting: list[tuple[Asked, asyncio.Future[Answer]]] = []
        self._lanes: set[asyncio.Task[None]] = set()

    async def ask(self, asked: Asked) -> Answer:
        """Return the answer, or raise what is in its place."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        if len(self._lanes) < _LANES:
            # A lane works for many: it takes over nobody's time limit and nobody's log lines.
            self._lanes.add(asyncio.create_task(self._lane(), context=Context()))
        return await answer

    async def _lane(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                await self._answer(group)
        finally:
            # At once, not by a callback: whoever asks in between would wait for a lane that ended.
            self._lanes.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    async def _answer(self, group: Sequence[tuple[Asked, asyncio.Future[Answer]]]) -> None:
        found: Sequence[Answer | Exception]
        try:
            found = await self._deal([asked for asked, _ in group])
        except Exception as error:
            found = [error] * len(group)
        for (_, answer), each in zip(group, found, strict=True):
            if answer.done():
                continue
            if isinstance(each, Exception):
                answer.set_exception(each)
            else:
                answer.set_result(each)
