"""The targets of an organization: made, changed, watched."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from cryptography.fernet import Fernet

from lrs.errors import NotFound, PreconditionFailed
from lrs.forwarding.store import DeadLetter, ForwardingStore, Position
from lrs.forwarding.target import Filter, Target
from lrs.log import StatementLog
from lrs.statements.document import document_id
from lrs.statements.keys import Kind, key
from lrs.statements.log_reader import LogReader
from lrs.store import Database
from lrs.timestamps import as_datetime, as_microseconds

MOST_COUNTED = 10_000


class TargetDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A new target. It gets what was stored after `since`; None: from now on."""

    name: str
    endpoint: str
    key: str
    secret: str
    xapi_version: str = "1.0.3"
    filter: Filter = Filter()
    enabled: bool = True
    since: datetime | None = None


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """How a target is doing: paused, stalled, retrying, delivering or caught_up.

    `behind` statements are still to be looked at, MOST_COUNTED or more where it is that;
    `through` is up to when all is done with.
    """

    state: str
    behind: int
    through: datetime
    dead_letters: int
    position: Position


class Targets:
    """What the REST API does with targets."""

    def __init__(self, database: Database, log: StatementLog, cipher: Fernet) -> None:
        self._store, self._reader = ForwardingStore(database), LogReader(database)
        self._log, self._cipher = log, cipher

    async def create(self, organization_id: str, draft: TargetDraft) -> Target:
        """Begin to forward."""
        target = Target(
            id=f"target_{uuid.uuid4().hex}",
            organization_id=organization_id,
            version=1,
            name=draft.name,
            endpoint=draft.endpoint,
            xapi_version=draft.xapi_version,
            key=draft.key,
            secret=self._cipher.encrypt(draft.secret.encode()),
            filter=draft.filter,
            enabled=draft.enabled,
        )
        present = self._log.consistent_through
        await self._store.add(target, as_microseconds(draft.since) if draft.since else present)
        return target

    async def every(self, organization_id: str) -> list[Target]:
        """An organization's targets, the oldest first."""
        return await self._store.targets(organization_id)

    async def get(self, organization_id: str, target_id: str) -> Target:
        """One target. Raises NotFound."""
        found = await self._store.get(organization_id, target_id)
        if found is None:
            raise NotFound(f"There is no forwarding target {target_id}.")
        return found

    async def update(
        self, organization_id: str, target_id: str, changes: dict[str, Any], expected: int | None
    ) -> Target:
        """Change fields of a target, and try it at once. Raises NotFound, PreconditionFailed."""
        present = await self.get(organization_id, target_id)
        if "secret" in changes:
            changes = {**changes, "secret": self._cipher.encrypt(changes["secret"].encode())}
        changed = msgspec.structs.replace(present, **changes, version=present.version + 1)
        if expected not in (None, present.version) or not await self._store.replace(
            changed, present.version
        ):
            raise PreconditionFailed(f"The forwarding target {target_id} was changed meanwhile.")
        return changed

    async def remove(self, organization_id: str, target_id: str) -> None:
        """Forward to it no more, and forget its dead letters. Raises NotFound."""
        await self._store.remove(await self.get(organization_id, target_id))

    async def status(self, target: Target) -> Status:
        """How a target is doing."""
        position = await self._store.position(target)
        behind = await self._reader.count_following(
            target.organization_id, position.position, MOST_COUNTED
        )
        return Status(
            state=_state(target, position, behind),
            behind=behind,
            through=as_datetime(position.position),
            dead_letters=await self._store.count_letters(target),
            position=position,
        )

    async def dead_letters(
        self, organization_id: str, target_id: str, start: int, size: int
    ) -> tuple[list[DeadLetter], int]:
        """What a target refused behind the first so many, and how much it is. Raises NotFound."""
        target = await self.get(organization_id, target_id)
        letters = await self._store.letters(target, start, size)
        return letters, await self._store.count_letters(target)

    async def retry(
        self, organization_id: str, target_id: str, statement_id: str | None = None
    ) -> int:
        """Have a dead letter, or all of them, sent once more. Raises NotFound."""
        target = await self.get(organization_id, target_id)
        count = await self._store.retry(target, statement_id)
        if statement_id is not None and not count:
            raise NotFound(f"There is no dead letter {statement_id}.")
        return count

    async def forget(self, organization_id: str, agents: Iterable[str]) -> None:
        """Take a person, who was erased from the log, out of what targets said of statements."""
        kinds = (Kind.AGENT, Kind.RELATED_AGENT)
        keys = [key(kind, agent) for agent in agents for kind in kinds]
        lettered = await self._store.lettered(organization_id, keys)
        ids = {document_id(organization_id, each): each for each in lettered}
        present = await self._reader.statements(ids)
        gone = [each for where, each in ids.items() if "raw" not in present.get(where, {})]
        await self._store.forget(organization_id, keys, gone)

    async def dismiss(self, organization_id: str, target_id: str, statement_id: str) -> None:
        """Drop a dead letter; the statement stays in the log. Raises NotFound."""
        target = await self.get(organization_id, target_id)
        if not await self._store.dismiss(target, statement_id):
            raise NotFound(f"There is no dead letter {statement_id}.")


def _state(target: Target, position: Position, behind: int) -> str:
    if not target.enabled:
        return "paused"
    if position.is_stalled:
        return "stalled"
    if position.attempts:
        return "retrying"
    return "delivering" if behind else "caught_up"
