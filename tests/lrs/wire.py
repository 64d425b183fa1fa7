"""A way to mongod that can be cut at the worst moment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pymongo import AsyncMongoClient


class Wire:
    """The way to mongod, which can be cut just before or just after a commit.

    A commit is what makes a group durable: a transaction's end, or an insert on its own. `arm`
    holds the next one back and lets nothing more through until `mend`; `deafen` delivers the next
    one, loses its answer, and then works again.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._armed = self._down = self.deaf = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._held: tuple[asyncio.StreamWriter, bytes] | None = None

    def arm(self) -> None:
        """Hold the next commit back."""
        self._armed = True

    def deafen(self) -> None:
        """Lose the answer to the next commit."""
        self.deaf = True

    @property
    def cut(self) -> bool:
        """Whether a commit is held back."""
        return self._held is not None

    async def mend(self) -> None:
        """Deliver what was held back, then let everything through."""
        assert self._held is not None
        server, commit = self._held
        server.write(commit)
        await server.drain()
        self._down = False

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._down:
            writer.close()
            return
        upstream, server = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers.add(writer)
        back = asyncio.create_task(_pump(upstream, writer))
        while data := await reader.read(2**16):
            if self._armed and _commits(data):
                self._armed, self._down, self._held = False, True, (server, data)
                for each in self._writers:
                    each.close()
                return
            if not self._down:
                server.write(data)
            if self.deaf and _commits(data):
                self.deaf = False
                back.cancel()
                await upstream.read(2**16)
                writer.close()
                return
        server.close()
        await back


def _commits(message: bytes) -> bool:
    alone = b"insert\0" in message and b"txnNumber\0" in message and b"autocommit\0" not in message
    return alone or b"commitTransaction\0" in message


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(2**16):
        writer.write(data)
    writer.close()


@asynccontextmanager
async def over_a_wire(uri: str) -> AsyncIterator[tuple[Wire, AsyncMongoClient[Any]]]:
    """A wire to the mongod at `uri`, and a client that has no other way."""
    wire = Wire(int(uri.partition("127.0.0.1:")[2].partition("/")[0]))
    relay = await asyncio.start_server(wire, "127.0.0.1", 0)
    relayed = f"mongodb://127.0.0.1:{relay.sockets[0].getsockname()[1]}/?directConnection=true"
    client: AsyncMongoClient[Any] = AsyncMongoClient(relayed, serverSelectionTimeoutMS=300)
    try:
        yield wire, client
    finally:
        await client.close()
        relay.close()
