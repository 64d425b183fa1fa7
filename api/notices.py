"""Sending notifications by e-mail: everything that is due for a person in one message."""

from typing import Final

import structlog

from api.errors import MailNotSent
from api.mail import Mail, Mailer
from content import organizations
from content.notifications import notifications
from content.notifications.notifications import Message
from content.store import Store
from lrs.cancellation import heed_cancellation, rest

log = structlog.get_logger(__name__)

LOOK_EVERY_SECONDS: Final = 2.0


class Notices:
    """Sends what is due, of every organization; one in each server that can send mail."""

    def __init__(self, store: Store, mailer: Mailer) -> None:
        self._store = store
        self._mailer = mailer

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            heed_cancellation()
            try:
                while message := await notifications.claim_message(self._store):
                    await self._send(message)
                    heed_cancellation()
            except Exception:
                await log.aexception("sending notifications failed and is tried again")
            await rest(LOOK_EVERY_SECONDS)

    async def _send(self, message: Message) -> None:
        organization_id = message.person.organization_id
        organization = await organizations.get(self._store, organization_id)
        try:
            await self._mailer.send(mail_of(message, organization.name, organization.public_url))
        except MailNotSent as error:
            await log.awarning("a notification was not sent", reason=str(error))
            await notifications.not_sent(self._store, message.notifications)
            return
        await notifications.sent(self._store, message.notifications)


def mail_of(message: Message, organization: str, address: str) -> Mail:
    """The message as mail: one notification is its own subject, several are counted."""
    told = message.notifications
    subject = told[0].title if len(told) == 1 else f"{len(told)} notifications"
    parts = [f"{each.title}\n{each.body}\n{address}{each.path}" for each in told]
    text = "\n\n".join([f"Hello {message.person.name},", *parts, organization])
    return Mail(to=message.person.email, subject=f"{organization}: {subject}", text=f"{text}\n")
