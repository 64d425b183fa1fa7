"""Notifications by e-mail: at once, gathered in digests, and again where a server refused."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from api.mail import mailer_of
from api.notices import Notices
from api.settings import read_settings
from api.store import Database
from content import organizations
from content.identity import now
from content.notifications import notifications, preferences
from content.notifications.notifications import Notification
from content.notifications.preferences import Preference
from content.organizations import Organization, OrganizationDraft
from content.people import people
from content.people.people import Person, PersonDraft
from content.store import Store, prepare
from content.telling import events
from tests.api.mailbox import Mailbox, mailbox
from tests.tasks import beside, until


class Office:
    """An organization with one person, whose mail arrives in a mailbox."""

    def __init__(self, store: Store, ada: Person, box: Mailbox) -> None:
        self.store, self.ada, self.box = store, ada, box
        smtp = {"smtp_host": "127.0.0.1", "smtp_port": str(box.port), "smtp_security": "none"}
        mailer = mailer_of(read_settings({}, {**smtp, "smtp_from": "Lyceum <lms@example.org>"}))
        assert mailer is not None
        self.notices = Notices(store, mailer)

    async def happens(self, kind: str, told: str = "one") -> None:
        data = {"user_id": self.ada.id}
        event = events.event(self.ada.organization_id, kind, told, now(), data)
        await notifications.react(self.store, event)

    async def waiting(self) -> list[Notification]:
        query = {"due_at": {"$ne": None}}
        return await self.store.of(Notification).all(self.ada.organization_id, query)


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    await prepare(database)
    store = Store(database)
    draft = OrganizationDraft(name="Harbour Clinic", public_url="https://lms.example")
    organization: Organization = await organizations.create(store, draft)
    person = PersonDraft(name="Ada", email="ada@example.org")
    async with mailbox() as box:
        yield Office(store, await people.create(store, organization.id, person), box)


async def test_what_is_told_at_once_arrives_with_a_link(office: Office) -> None:
    await office.happens("certificate.issued")
    async with beside(office.notices.run()):
        message = await office.box.next()
    assert message["To"] == "ada@example.org"
    assert message["Subject"] == "Harbour Clinic: You earned a certificate"
    text: Any = message.get_content()
    assert "Hello Ada," in text
    assert "https://lms.example/" in text


async def test_a_digest_gathers_what_came_since_the_last_one(office: Office) -> None:
    weekly = Preference(event="quiz.passed", email="weekly")
    organization_id = office.ada.organization_id
    await preferences.choose(office.store, organization_id, office.ada.id, weekly)
    for number in range(3):
        await office.happens("quiz.passed", str(number))
    waiting = await office.waiting()
    assert len(waiting) == 3
    assert all(each.due_at and each.due_at > now() for each in waiting)
    await office.store.of(Notification).collection.update_many(
        {"organization_id": organization_id}, {"$set": {"due_at": now() - timedelta(minutes=1)}}
    )
    async with beside(office.notices.run()):
        message = await office.box.next()
    assert message["Subject"] == "Harbour Clinic: 3 notifications"
    assert len(office.box.messages) == 1
    assert await office.waiting() == []


async def test_what_a_server_refuses_waits_for_another_time(office: Office) -> None:
    office.box.refusing = True
    await office.happens("certificate.issued")

    async def put_off() -> bool:
        (waiting,) = await office.waiting()
        return bool(waiting.tries and waiting.due_at and waiting.due_at > now())

    async with beside(office.notices.run()):
        await until(put_off)
    assert office.box.messages == []
