"""Requests' bodies, received into memory: bounded one by one, all together and in time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from aiohttp import web

from lrs.errors import Overloaded, TooLarge, TooSlow
from lrs.http.limits import HTTPLimits


class Bodies:
    """The bodies that a server is receiving; so many slow clients take no more than a few do."""

    def __init__(self, limits: HTTPLimits) -> None:
        self.limits = limits
        self.receiving = 0

    async def read(self, request: web.Request) -> bytes:
        """Return a request's body.

        Raises:
            TooLarge: it is past the limit.
            TooSlow: it did not arrive in time.
            Overloaded: too much is being received already.
        """
        self._check(request.content_length or 0)
        first = await request.content.readany()
        self._check(len(first))
        if request.content.at_eof():
            return first
        received = bytearray()
        with Room(self) as room:
            async with in_time(self.limits.receive_seconds):
                await self._receive(request, first, received, room)
        return bytes(received)

    async def _receive(
        self, request: web.Request, chunk: bytes, received: bytearray, room: "Room"
    ) -> None:
        while chunk:
            self._check(len(received) + len(chunk))
            room.take(len(chunk))
            received += chunk
            chunk = await request.content.readany()

    def _check(self, size: int) -> None:
        if size > self.limits.body:
            raise TooLarge(f"The body has more than {self.limits.body} bytes.")


class Room:
    """The memory that one request's body takes of what all may take; given back at its end."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies, self._taken = bodies, 0

    def take(self, size: int) -> None:
        """Take so many bytes more.

        Raises:
            Overloaded: too much is being received already.
        """
        if self._bodies.receiving + size > self._bodies.limits.receiving:
            raise Overloaded
        self._bodies.receiving += size
        self._taken += size

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bodies.receiving -= self._taken


@asynccontextmanager
async def in_time(seconds: float) -> AsyncIterator[None]:
    """Wait for a client only so long.

    Raises:
        TooSlow: it took longer.
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise TooSlow(seconds) from error
