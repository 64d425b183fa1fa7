"""What `lyceum organizations` does to a database, beside a running server or without one."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from api.application import open_services
from api.database import open_database, present_database_server
from api.errors import Refused, UnknownPerson
from api.services import Services
from api.settings import Settings
from content import organizations
from content.errors import ContentError
from content.organizations import Organization, OrganizationDraft
from content.people import people
from content.people.people import PersonChanges, PersonDraft

R = TypeVar("R")
ADDED = "organization.added"
OPERATOR = "operator"


def add(settings: Settings, draft: OrganizationDraft, email: str) -> tuple[Organization, str]:
    """Add a tenant with an administrator; return it, and where they set a password.

    Raises:
        NotInstalled: no server has started on this database yet.
        Refused: the tenant or the administrator is not right.
    """
    return done(settings, lambda services: _add(services, draft, email))


def all_of(settings: Settings) -> list[Organization]:
    """Every tenant, in the order of their creation. Raises NotInstalled."""
    return done(settings, lambda services: organizations.every(services.content))


def make_operator(settings: Settings, email: str) -> None:
    """Let a person of the first organization run the server over REST.

    Raises:
        NotInstalled: no server has started on this database yet.
        UnknownPerson: nobody there has this e-mail address.
    """
    done(settings, lambda services: _make_operator(services, email))


def done(settings: Settings, work: Callable[[Services], Awaitable[R]]) -> R:
    """Do some work with the services of this database.

    Raises:
        NotInstalled: no server has started on it yet.
        Refused: the content refuses it.
    """

    async def run(uri: str) -> R:
        async with (
            open_database(settings, uri) as database,
            open_services(settings, database) as services,
        ):
            return await work(services)

    with present_database_server(settings) as uri:
        try:
            return asyncio.run(run(uri))
        except ContentError as error:
            raise Refused(str(error)) from error


async def _add(
    services: Services, draft: OrganizationDraft, email: str
) -> tuple[Organization, str]:
    organization = await organizations.create(services.content, draft)
    administrator = PersonDraft(name="Administrator", email=email, roles=("admin",))
    person = await people.create(services.content, organization.id, administrator)
    await services.audit.append(organization.id, None, ADDED, [organization.id, person.id])
    return organization, (await services.password_resets.link(person)).url


async def _make_operator(services: Services, email: str) -> None:
    organization_id = services.sessions.organization_id
    person = await people.by_email(services.content, organization_id, email)
    if person is None:
        raise UnknownPerson(email)
    changes = PersonChanges(roles=tuple(dict.fromkeys((*person.roles, OPERATOR))))
    await people.update(services.content, organization_id, person.id, changes)
