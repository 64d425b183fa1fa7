"""What the command line does to the record store, beside a running server or without one."""

import asyncio
import mmap
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, TypeVar

import orjson

from api.application import open_services
from api.audit import AuditLog
from api.database import open_database, present_database_server
from api.errors import Refused, UnknownCredential
from api.first_start import authority_template, installation
from api.settings import Settings
from content import organizations
from content import store as content_store
from lrs.credentials import CredentialRecord, Credentials, IssuedCredential
from lrs.errors import LRSError
from lrs.http.statement_parameters import read_export_query
from lrs.log import StatementLog
from lrs.query import StatementQuery
from lrs.transfers import export
from lrs.transfers.archive import Archive, as_tar
from lrs.transfers.columns import read_columns
from lrs.transfers.importing import Importer, Outcome
from lrs.transfers.lines import Line, read_lines
from lrs.transfers.tar import TarReader
from lrs.versions import LATEST

T = TypeVar("T")
Changed = TypeVar("Changed", IssuedCredential, CredentialRecord)
Work = Callable[[Credentials, str], Awaitable[T]]
Noted = Callable[[Credentials, str, AuditLog], Awaitable[T]]

CHUNK_BYTES = 2**18


def create_credential(
    settings: Settings,
    name: str,
    scopes: Sequence[str],
    authority: Mapping[str, Any] | None,
    expires_at: datetime | None,
) -> IssuedCredential:
    """Make a credential of the first organization. Raises NotInstalled, Refused."""

    async def work(held: Credentials, organization_id: str) -> IssuedCredential:
        return await held.create(
            organization_id, name, scopes=scopes, authority=authority, expires_at=expires_at
        )

    return _changing(settings, work, "credential.created")


def credentials(settings: Settings) -> list[CredentialRecord]:
    """Every credential of the first organization. Raises NotInstalled."""
    return _with_credentials(settings, lambda held, organization_id, _: held.all(organization_id))


def rotate_credential(settings: Settings, named: str, overlap: timedelta) -> IssuedCredential:
    """Give a credential, by key or id, a new secret. Raises UnknownCredential, Refused."""

    async def work(held: Credentials, organization_id: str) -> IssuedCredential:
        found = await _named(held, organization_id, named)
        return await held.rotate(organization_id, found.id, overlap=overlap)

    return _changing(settings, work, "credential.rotated")


def revoke_credential(settings: Settings, named: str) -> CredentialRecord:
    """End a credential, by key or id. Raises NotInstalled, UnknownCredential."""

    async def work(held: Credentials, organization_id: str) -> CredentialRecord:
        found = await _named(held, organization_id, named)
        return await held.revoke(organization_id, found.id)

    return _changing(settings, work, "credential.revoked")


def export_statements(
    settings: Settings,
    file: IO[bytes],
    filters: Mapping[str, str],
    columns: str | None,
    *,
    attachments: bool = False,
) -> None:
    """Write statements to a file: NDJSON, CSV where there are columns ("": the default ones), or
    an archive with `attachments`.

    Raises:
        NotInstalled: no server has started on this database yet.
        Refused: a filter or a column is not right.
    """
    with _refusals():
        query = read_export_query(filters, LATEST)
        chosen = None if columns is None else read_columns(columns)
    with present_database_server(settings) as uri:
        asyncio.run(_export(settings, uri, file, query, chosen, attachments))


def import_statements(
    settings: Settings,
    file: IO[bytes],
    *,
    keep_authority: bool,
    first_line: int,
    attachments: bool,
    tell: Callable[[Sequence[Outcome]], object],
) -> Mapping[str, int]:
    """Record the statements of an NDJSON file, from a line on; `tell` what became of each line.

    With `attachments` it is an archive.

    Returns:
        How many lines came to which status.

    Raises:
        NotInstalled: no server has started on this database yet.
        Refused: the record store takes nothing for a while.
    """
    with _refusals(), present_database_server(settings) as uri:
        return asyncio.run(
            _import(settings, uri, file, keep_authority, first_line, attachments, tell)
        )


def cut_to_last_statement(path: Path) -> str | None:
    """Take what is no whole line off the end of an NDJSON file; return the last one's `stored`.

    Raises:
        Refused: the last whole line is not a stored statement.
    """
    if not path.exists() or not path.stat().st_size:
        return None
    with path.open("r+b") as file:
        with mmap.mmap(file.fileno(), 0) as content:
            end = content.rfind(b"\n") + 1
            last = content[content.rfind(b"\n", 0, max(end - 1, 0)) + 1 : end]
            begun = content[:1] == b"{"
        stored = _stored(path, last) if last or not begun else None
        file.truncate(end)
    return stored


def _stored(path: Path, line: bytes) -> str:
    try:
        return str(orjson.loads(line)["stored"])
    except (orjson.JSONDecodeError, TypeError, KeyError) as error:
        raise Refused(f"The last line of {path} is not a stored statement.") from error


def _changing(settings: Settings, work: Work[Changed], action: str) -> Changed:
    """Do what changes a credential, and note it in the audit log: nobody who has signed in did."""

    async def noted(held: Credentials, organization_id: str, audit: AuditLog) -> Changed:
        changed = await work(held, organization_id)
        await audit.append(organization_id, None, action, [changed.id])
        return changed

    return _with_credentials(settings, noted)


def _with_credentials(settings: Settings, work: Noted[T]) -> T:
    with _refusals(), present_database_server(settings) as uri:
        return asyncio.run(_credentials(settings, uri, work))


async def _credentials(settings: Settings, uri: str, work: Noted[T]) -> T:
    async with open_database(settings, uri) as database:
        organization_id = (await installation(database)).organization_id
        content = content_store.Store(database)
        home_page = (await organizations.get(content, organization_id)).public_url
        template = authority_template(settings)
        held = Credentials(database, home_page=home_page, authority=template)
        return await work(held, organization_id, AuditLog(database))


async def _named(held: Credentials, organization_id: str, named: str) -> CredentialRecord:
    for each in await held.all(organization_id):
        if named in (each.key, each.id):
            return each
    raise UnknownCredential(named)


async def _export(
    settings: Settings,
    uri: str,
    file: IO[bytes],
    query: StatementQuery,
    columns: Sequence[str] | None,
    attachments: bool,
) -> None:
    async with open_database(settings, uri) as database:
        organization_id = (await installation(database)).organization_id
        async with _started(StatementLog(database)) as log:
            through = await export.complete_through(log)
            found = export.statements(log, organization_id, query, through)
            parts = export.as_csv(found, columns) if columns else export.as_ndjson(found)
            if attachments:
                parts = as_tar(found, log.attachments, organization_id)
            async for part in parts:
                await asyncio.to_thread(file.write, part)


@asynccontextmanager
async def _started(log: StatementLog) -> AsyncIterator[StatementLog]:
    await log.start()
    try:
        yield log
    finally:
        await log.stop()


async def _import(
    settings: Settings,
    uri: str,
    file: IO[bytes],
    keep_authority: bool,
    first_line: int,
    attachments: bool,
    tell: Callable[[Sequence[Outcome]], object],
) -> Mapping[str, int]:
    async with (
        open_database(settings, uri) as database,
        open_services(settings, database) as services,
    ):
        organization_id = services.sessions.organization_id
        organization = await organizations.get(services.content, organization_id)
        account = {"homePage": organization.public_url, "name": "lyceum lrs import"}
        authority = {"objectType": "Agent", "name": "Import", "account": account}
        importer = Importer(
            services.log, organization_id, authority=authority, keep_authority=keep_authority
        )
        chunks, longest = _chunks(file), settings.max_statements_body
        lines = read_lines(chunks, longest)
        if attachments:
            store, reader = services.log.attachments, TarReader(lambda: anext(chunks, b""))
            lines = Archive(reader, store, organization_id, settings.max_attachment).lines(longest)
        async for outcomes in importer.outcomes(_from_line(lines, first_line)):
            tell(outcomes)
        return importer.counts


async def _from_line(lines: AsyncIterator[Line], first: int) -> AsyncIterator[Line]:
    async for line in lines:
        if line.number >= first:
            yield line


async def _chunks(file: IO[bytes]) -> AsyncIterator[bytes]:
    while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
        yield chunk


@contextmanager
def _refusals() -> Iterator[None]:
    """Tell what the record store refuses as a command's error."""
    try:
        yield
    except LRSError as error:
        raise Refused(str(error)) from error
