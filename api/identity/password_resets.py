"""Passwords that people change or have forgotten: single-use links that expire.

A link is 256 random bits of which the hash is kept. Who asks is never told whether an address is
known: the answer is the same, and the mail is sent after it.
"""

import asyncio
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from pymongo import ASCENDING

from api.errors import MailNotSent, NoMailer, TooManyAttempts
from api.identity.password_rules import check_password
from api.identity.passwords import verify_password
from api.identity.sessions import Sessions
from api.mail import Mail, Mailer
from api.store import Database, Fields, now
from content.errors import NotFound, RuleBroken
from content.findings import Finding
from content.people import people
from content.people.people import Person

_COLLECTION = "password_resets"
_PATH = "/reset-password"

log = structlog.get_logger("lyceum.password_resets")


class ResetLink(NamedTuple):
    """Where a new password can be set, once, until the moment."""

    url: str
    expires_at: datetime


async def prepare(database: Database) -> None:
    """Make the indexes; harmless when they are there."""
    collection = database[_COLLECTION]
    await collection.create_index([("organization_id", ASCENDING), ("person_id", ASCENDING)])
    await collection.create_index("expires_at", expireAfterSeconds=0)


class PasswordResets:
    """The links of all organizations; `mailer` is None where no mail can be sent."""

    def __init__(
        self,
        database: Database,
        sessions: Sessions,
        mailer: Mailer | None,
        *,
        origin: str,
        lifetime: timedelta,
    ) -> None:
        self._resets = database[_COLLECTION]
        self._sessions, self._mailer = sessions, mailer
        self._origin, self._lifetime = origin, lifetime
        self._sending: set[asyncio.Task[None]] = set()

    @property
    def can_mail(self) -> bool:
        """Whether people can have a link sent to themselves."""
        return self._mailer is not None

    async def forgotten(self, organization_id: str | None, email: str) -> None:
        """Send a link to the address, if it is an active person's; return before it is sent.

        Raises:
            NoMailer: no mail can be sent here.
        """
        if self._mailer is None:
            raise NoMailer
        task = asyncio.create_task(self._send(self._mailer, organization_id, email))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def link(self, person: Person) -> ResetLink:
        """Make a link to hand over."""
        token, expires_at = secrets.token_urlsafe(32), now() + self._lifetime
        await self._resets.insert_one(
            {
                "_id": _hash(token),
                "organization_id": person.organization_id,
                "person_id": person.id,
                "expires_at": expires_at,
            }
        )
        return ResetLink(f"{self._origin}{_PATH}?token={token}", expires_at)

    async def redeem(self, token: str, password: str) -> Person:
        """Set the password by a link, which is used up; every session and other link ends.

        Raises:
            RuleBroken: the link is not good any more, or the password is not.
        """
        found = await self._resets.find_one({"_id": _hash(token), "expires_at": {"$gt": now()}})
        person = await self._person(found)
        check_password(password, person.name, person.email)
        used = await self._resets.find_one_and_delete({"_id": _hash(token)})
        if used is None:
            raise _used()
        await self.set(person, password)
        return person

    async def set(self, person: Person, password: str) -> None:
        """Give a person a password; every session and link of theirs ends.

        Raises:
            RuleBroken: the password is not good.
        """
        check_password(password, person.name, person.email)
        mine = {"organization_id": person.organization_id, "person_id": person.id}
        await self._resets.delete_many(mine)
        await self._sessions.set_password(person, password)

    async def change(self, person: Person, current: str, password: str, address: str) -> None:
        """Let a person who knows the present password set another.

        Raises:
            RuleBroken: the present one is wrong, or the new one is not good.
            TooManyAttempts: too many wrong ones before.
        """
        sessions, organization_id = self._sessions, person.organization_id
        await sessions.throttle.attempt(person.email, address)
        hashed = await sessions.store.password_hash(organization_id, person.id)
        if not await verify_password(hashed, current):
            raise RuleBroken([Finding(where="current_password", detail="is not right")])
        await sessions.throttle.succeeded(person.email)
        await self.set(person, password)

    async def _send(self, mailer: Mailer, organization_id: str | None, email: str) -> None:
        for person in await self._sessions.people_of(organization_id, email):
            try:
                await self._sessions.throttle.mail(person.email)
                await mailer.send(_mail(person, await self.link(person)))
            except (MailNotSent, TooManyAttempts) as error:
                log.warning("a reset link was not sent", user=person.id, reason=str(error))

    async def _person(self, found: Fields | None) -> Person:
        if found is None:
            raise _used()
        try:
            person = await people.get(
                self._sessions.content, found["organization_id"], found["person_id"]
            )
        except NotFound:
            raise _used() from None
        if person.status != "active":
            raise _used()
        return person


def _mail(person: Person, link: ResetLink) -> Mail:
    until = link.expires_at.strftime("%d %B %Y, %H:%M UTC")
    text = (
        f"Hello {person.name},\n\n"
        f"a new password can be set for {person.email} here:\n\n{link.url}\n\n"
        f"The link works once, until {until}. If you did not ask for it, nothing has to be done: "
        "your password stays as it is.\n"
    )
    return Mail(person.email, "Set a new password", text)


def _used() -> RuleBroken:
    detail = "was used or has expired; ask for a new one"
    return RuleBroken([Finding(where="token", detail=detail)])


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
