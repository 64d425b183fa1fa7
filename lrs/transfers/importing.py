"""NDJSON into the log: each line is answered for itself, and sending a file again is harmless.

A statement keeps its id and its timestamp, and gets a `stored` of its own, in the order of the
file. Without a timestamp it keeps the moment in which the other record store took it in. Without
an id it gets one that is made of the line, so that a second import knows it again. An attachment
without a fileUrl has to be stored already.
"""

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from lrs.errors import Finding, Overloaded, Refusal, StatementConflict
from lrs.log import StatementLog
from lrs.statements.intake import NewStatement, admit, parse
from lrs.transfers.attaching import attach
from lrs.transfers.lines import Line
from lrs.versions import LATEST, VERSIONS

Status = Literal["accepted", "unchanged", "conflict", "invalid"]
STATUSES: tuple[Status, ...] = ("accepted", "unchanged", "conflict", "invalid")

_BATCH = 500
_BATCH_BYTES = 4 * 2**20
_TRIES = 30
_FIRST_VERSION = next(iter(VERSIONS))
_NAMESPACE = uuid.UUID("5bdb7c83-1f27-4d0e-9d7e-3b1a4c7f4f52")


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a line; `findings` say why where it was not taken."""

    line: int
    status: Status
    id: str | None = None
    findings: Sequence[Finding] = ()


class _Admitted(msgspec.Struct, frozen=True):
    line: int
    statement: NewStatement


class Importer:
    """Imports into one organization.

    The statements are recorded under `authority`; with `keep_authority` under their own, where
    they have one.
    """

    def __init__(
        self,
        log: StatementLog,
        organization_id: str,
        *,
        authority: Mapping[str, Any],
        keep_authority: bool = False,
    ) -> None:
        self._log, self._organization_id = log, organization_id
        self._authority, self._keep_authority = authority, keep_authority
        self._batch: dict[str, _Admitted] = {}
        self._bytes = 0
        self.counts: Counter[str] = Counter()

    async def outcomes(self, lines: AsyncIterable[Line]) -> AsyncIterator[list[Outcome]]:
        """Record the lines in batches; yield what became of each, about in order.

        Raises:
            Overloaded: the log takes nothing for a while; what was yielded is done.
        """
        async for line in lines:
            taken = await self._admit(line)
            if isinstance(taken, Outcome):
                yield self._counted([taken])
                continue
            if taken.statement.statement_id in self._batch:
                yield await self._write()
            self._batch[taken.statement.statement_id] = taken
            self._bytes += len(taken.statement.tail)
            if len(self._batch) == _BATCH or self._bytes > _BATCH_BYTES:
                yield await self._write()
        if self._batch:
            yield await self._write()

    async def _admit(self, line: Line) -> _Admitted | Outcome:
        if line.content is None:
            finding = Finding(detail="is too long", rule="size")
            return Outcome(line=line.number, status="invalid", findings=[finding])
        statement: Any = None
        try:
            statement = parse(line.content)
            if isinstance(statement, dict):
                _complete(statement, line.content)
            return _Admitted(line.number, await self._admitted(statement))
        except Refusal as refusal:
            return Outcome(
                line=line.number,
                status="invalid",
                id=_id_of(statement),
                findings=refusal.findings,
            )

    async def _admitted(self, statement: Any) -> NewStatement:
        version = _FIRST_VERSION
        authority = self._authority
        if isinstance(statement, dict):
            version = LATEST if str(statement.get("version")).startswith("2.") else version
            own = statement.get("authority") if self._keep_authority else None
            authority = own if isinstance(own, dict) else authority
        (new,) = admit(
            [statement], authority=authority, version=version, pointers=[""], parts_follow=True
        )
        await attach(self._log.attachments, self._organization_id, statement, new, version)
        return new

    async def _write(self) -> list[Outcome]:
        batch, self._batch, self._bytes = self._batch, {}, 0
        known = await self._log.existing(self._organization_id, batch)
        outcomes = await self._append(batch.values())
        return self._counted(
            [
                msgspec.structs.replace(each, status="unchanged")
                if each.status == "accepted" and each.id in known
                else each
                for each in outcomes
            ]
        )

    async def _append(self, admitted: Iterable[_Admitted]) -> list[Outcome]:
        """Record each for itself: requests that wait together are written together."""
        return await asyncio.gather(*(self._append_one(each) for each in admitted))

    async def _append_one(self, admitted: _Admitted) -> Outcome:
        statement = admitted.statement
        status: Status = "accepted"
        findings: Sequence[Finding] = ()
        try:
            await self._patiently(statement)
        except StatementConflict as conflict:
            status, findings = "conflict", conflict.findings
        except Refusal as refusal:
            status, findings = "invalid", refusal.findings
        return Outcome(
            line=admitted.line, status=status, id=statement.statement_id, findings=findings
        )

    async def _patiently(self, statement: NewStatement) -> None:
        for _ in range(_TRIES):
            try:
                await self._log.append(self._organization_id, [statement])
                return
            except Overloaded as overloaded:
                await asyncio.sleep(overloaded.retry_after)
        raise Overloaded

    def _counted(self, outcomes: list[Outcome]) -> list[Outcome]:
        self.counts.update(each.status for each in outcomes)
        return outcomes


def _complete(statement: dict[str, Any], line: bytes) -> None:
    """Give a statement what the log would make up: it would be another at the next import."""
    if "timestamp" not in statement and "stored" in statement:
        statement["timestamp"] = statement["stored"]
    if "id" not in statement:
        statement["id"] = str(uuid.uuid5(_NAMESPACE, line.hex()))


def _id_of(statement: Any) -> str | None:
    found = statement.get("id") if isinstance(statement, dict) else None
    return found if isinstance(found, str) else None
