"""What `lyceum audit` does to a database, beside a running server or without one."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from api.application import open_ledger
from api.audits import Audit
from api.database import open_database, present_database_server
from api.errors import Refused
from api.first_start import installation
from api.settings import Settings
from api.store import Database
from content import organizations
from content import store as content_store
from lrs.errors import LRSError
from lrs.ledger import receipts
from lrs.ledger.ledger import Ledger
from lrs.log import StatementLog

R = TypeVar("R")
Work = Callable[[Database, Ledger, list[str]], Awaitable[R]]


def verify(
    settings: Settings,
    receipt: bytes | None,
    organization_id: str | None,
    progress: Callable[[Audit], object],
    tell: Callable[[str], object],
    *,
    quick: bool,
) -> list[Audit]:
    """Audit every organization, or one, or the one of a receipt; tell what is wrong as it is found.

    Raises:
        NotInstalled: no server has started on this database yet.
        Refused: the receipt is not right, or there is no such organization.
    """

    async def work(database: Database, ledger: Ledger, ids: list[str]) -> list[Audit]:
        kept = receipts.read(receipt) if receipt else None
        audits = [
            Audit(ledger, database, each, kept, quick=quick)
            for each in ids
            if kept is None or kept.organization == each
        ]
        if not audits:
            raise Refused("The receipt is of an organization that is not here.")
        for audit in audits:
            async for portion in audit.run():
                for wrong in portion:
                    tell(str(wrong))
                progress(audit)
        return audits

    return _done(settings, organization_id, work)


def receipt(settings: Settings, organization_id: str | None) -> bytes:
    """The receipt of the first organization, or of one, over all that is recorded until now.

    Raises:
        NotInstalled: no server has started on this database yet.
        Refused: nothing is recorded, no such organization, or the key can't be read.
    """

    async def work(database: Database, ledger: Ledger, ids: list[str]) -> bytes:
        ours = organization_id or (await installation(database)).organization_id
        await ledger.advance(ours, at_once=True)
        found = await receipts.latest(ledger, ours)
        if found is None:
            raise Refused("Nothing is recorded yet.")
        return receipts.write(found)

    return _done(settings, organization_id, work)


def rotate(
    settings: Settings, organization_id: str | None, *, lost: bool = False
) -> list[tuple[str, str]]:
    """Give every organization, or one, a new key; return their ids and the keys'.

    With `lost` those whose key can't be read begin anew, and no other.

    Raises:
        NotInstalled: no server has started on this database yet.
        Refused: no such organization; the key can't be read, or with `lost` no key is lost.
    """

    async def work(_: Database, ledger: Ledger, ids: list[str]) -> list[tuple[str, str]]:
        if not lost:
            return [(each, (await ledger.rotate(each)).id) for each in ids]
        blocked = [each for each in ids if not await ledger.can_sign(each)]
        if not blocked:
            raise Refused("No key is lost: all can be read. Rotate without --lost.")
        return [(each, (await ledger.begin_anew(each)).id) for each in blocked]

    return _done(settings, organization_id, work)


def _done(settings: Settings, organization_id: str | None, work: Work[R]) -> R:
    async def run(uri: str) -> R:
        async with open_database(settings, uri) as database:
            installed = await installation(database)
            log = StatementLog(database)
            ledger = open_ledger(settings, database, installed, lambda: log.consistent_through)
            await log.start()
            try:
                return await work(database, ledger, await _ids(database, organization_id))
            finally:
                await log.stop()

    with present_database_server(settings) as uri:
        try:
            return asyncio.run(run(uri))
        except LRSError as error:
            raise Refused(str(error)) from error


async def _ids(database: Database, organization_id: str | None) -> list[str]:
    ids = [each.id for each in await organizations.every(content_store.Store(database))]
    if organization_id is None:
        return ids
    if organization_id not in ids:
        raise Refused(f"There is no organization {organization_id}.")
    return [organization_id]
