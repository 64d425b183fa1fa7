"""A real SMTP server that keeps what it is sent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from typing import Any, cast

from aiosmtpd.smtp import SMTP

PATIENCE_SECONDS = 20


class Mailbox:
    """The messages that have arrived, in order; `refusing` turns them down."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refusing = False
        self.port = 0
        self._arrived = asyncio.Condition()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take or refuse a message, as SMTP's DATA."""
        if self.refusing:
            return "554 not here"
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        async with self._arrived:
            self.messages.append(cast(EmailMessage, parsed))
            self._arrived.notify_all()
        return "250 taken"

    async def next(self, count: int = 1) -> EmailMessage:
        """The latest message, once so many have arrived."""
        async with asyncio.timeout(PATIENCE_SECONDS), self._arrived:
            await self._arrived.wait_for(lambda: len(self.messages) >= count)
        return self.messages[-1]


@asynccontextmanager
async def mailbox() -> AsyncIterator[Mailbox]:
    """A server on a free port of loopback."""
    box, loop = Mailbox(), asyncio.get_running_loop()
    server = await loop.create_server(partial(SMTP, box, hostname="localhost"), "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
