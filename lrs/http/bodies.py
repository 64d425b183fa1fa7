"""Requests' bodies, received into memory: bounded one by one, all together and in time."""

import asyncio

from aiohttp import web

from lrs.errors import Overloaded, TooLarge, TooSlow
from lrs.http.limits import HTTPLimits


class Bodies:
    """The bodies that a server is receiving; so many slow clients take no more than a few do."""

    def __init__(self, limits: HTTPLimits) -> None:
        self._limits = limits
        self._receiving = 0

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
        try:
            async with asyncio.timeout(self._limits.receive_seconds):
                await self._receive(request, first, received)
        except TimeoutError as error:
            raise TooSlow(self._limits.receive_seconds) from error
        finally:
            self._receiving -= len(received)
        return bytes(received)

    async def _receive(self, request: web.Request, chunk: bytes, received: bytearray) -> None:
        while chunk:
            self._check(len(received) + len(chunk))
            if self._receiving + len(chunk) > self._limits.receiving:
                raise Overloaded
            received += chunk
            self._receiving += len(chunk)
            chunk = await request.content.readany()

    def _check(self, size: int) -> None:
        if size > self._limits.body:
            raise TooLarge(f"The body has more than {self._limits.body} bytes.")
