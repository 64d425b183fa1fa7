"""What the command line does to a database, beside a running server or without one."""

import asyncio
import secrets
from collections.abc import Callable

from api.application import open_services
from api.database import open_database, present_database_server
from api.demo import Demo, load_demo
from api.errors import UnknownPerson
from api.first_start import installation
from api.identity.passwords import hash_password
from api.settings import Settings
from api.store import Store
from content import store as content_store
from content.compliance.registrar import Registrar
from content.people import people
from content.progress.progress import Progress
from lrs.log import StatementLog
from lrs.verification import Verification


def rebuild(settings: Settings) -> int:
    """Compute all progress from nothing but the log; return the number of enrollments.

    Raises:
        NotInstalled: no server has started on this database yet.
    """
    with present_database_server(settings) as uri:
        return asyncio.run(_rebuild(settings, uri))


def rebuild_compliance(settings: Settings) -> int:
    """Make the whole register anew from the statements and decisions; return how many people.

    Raises:
        NotInstalled: no server has started on this database yet.
    """
    with present_database_server(settings) as uri:
        return asyncio.run(_rebuild_compliance(settings, uri))


def new_password(settings: Settings, email: str) -> str:
    """Make a password for a person of the first organization and return it.

    Raises:
        NotInstalled: no server has started on this database yet.
        UnknownPerson: nobody has this e-mail address.
    """
    with present_database_server(settings) as uri:
        return asyncio.run(_new_password(settings, uri, email))


def demo(settings: Settings) -> Demo | None:
    """Load the demo into the first organization; None when it is there already.

    Raises:
        NotInstalled: no server has started on this database yet.
    """
    with present_database_server(settings) as uri:
        return asyncio.run(_demo(settings, uri))


def verify(settings: Settings, tell: Callable[[str], object]) -> tuple[int, int]:
    """Check the whole log and tell each discrepancy as it is found.

    Returns:
        How many statements were checked, and how many discrepancies there are.

    Raises:
        NotInstalled: no server has started on this database yet.
    """
    with present_database_server(settings) as uri:
        return asyncio.run(_verify(settings, uri, tell))


async def _verify(settings: Settings, uri: str, tell: Callable[[str], object]) -> tuple[int, int]:
    async with open_database(settings, uri) as database:
        await installation(database)
        verification, wrong = Verification(database), 0
        async for discrepancy in verification.run():
            tell(str(discrepancy))
            wrong += 1
        return verification.checked, wrong


async def _demo(settings: Settings, uri: str) -> Demo | None:
    async with (
        open_database(settings, uri) as database,
        open_services(settings, database) as services,
    ):
        return await load_demo(services)


async def _rebuild(settings: Settings, uri: str) -> int:
    async with open_database(settings, uri) as database:
        await installation(database)
        progress = Progress(content_store.Store(database), StatementLog(database))
        return await progress.rebuild()


async def _rebuild_compliance(settings: Settings, uri: str) -> int:
    async with open_database(settings, uri) as database:
        await installation(database)
        registrar = Registrar(content_store.Store(database), StatementLog(database))
        return await registrar.rebuild()


async def _new_password(settings: Settings, uri: str, email: str) -> str:
    async with open_database(settings, uri) as database:
        organization_id = (await installation(database)).organization_id
        content, store = content_store.Store(database), Store(database)
        person = await people.by_email(content, organization_id, email)
        if person is None:
            raise UnknownPerson(email)
        password = secrets.token_urlsafe(12)
        await store.set_password_hash(organization_id, person.id, await hash_password(password))
        await store.end_sessions_of(organization_id, person.id)
        return password
