"""What statements tell of activities and agents, kept beside the log.

Statements are read after they are durable, in a task of its own, so that no writer waits for it;
what was told before is skipped, and what was told without the scope `define`. Where nothing is
known the log itself is asked, so what a server could not read before it ended is found again.
"""

import asyncio
import contextlib
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import orjson
import structlog

from lrs.log import StatementLog
from lrs.metadata.activities import canonical
from lrs.metadata.mentions import read_mentions
from lrs.metadata.store import MetadataStore
from lrs.query import StatementQuery
from lrs.statement import StoredStatement
from lrs.store import Database

_MOST_REMEMBERED = 100_000
_MOST_WAITING = 20_000
_AT_ONCE = 2_000
_PAUSE_SECONDS = 0.5
_BEFORE_OTHERS = 100

_logger = structlog.get_logger(__name__)


class Metadata:
    """The activities' canonical definitions and the agents' names; it observes the log."""

    def __init__(self, database: Database, log: StatementLog) -> None:
        self._store, self._log = MetadataStore(database), log
        self._waiting: list[StoredStatement] = []
        self._reading: asyncio.Task[None] | None = None
        self._observed = self._read = 0
        self._progress = asyncio.Condition()
        self._wanted = asyncio.Event()
        self._told: OrderedDict[int, None] = OrderedDict()
        log.subscribe(self.observe)

    async def observe(self, statements: Sequence[StoredStatement]) -> None:
        """Read the statements soon; wait only where very many wait already."""
        self._waiting.extend(statements)
        self._observed += len(statements)
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read_waiting(), name="metadata")
        if len(self._waiting) >= _AT_ONCE:
            self._wanted.set()
        if len(self._waiting) > _MOST_WAITING:
            await self.settled()

    async def settled(self) -> None:
        """Return when all that has been observed until now is read."""
        observed = self._observed
        self._wanted.set()
        async with self._progress:
            await self._progress.wait_for(lambda: self._read >= observed)

    async def definitions(
        self, organization_id: str, activities: Collection[str]
    ) -> dict[str, dict[str, Any]]:
        """Return the canonical definitions of those activities that have one, by IRI."""
        await self.settled()
        known = await self._store.definitions(organization_id, activities)
        return {activity: orjson.loads(each.definition) for activity, each in known.items()}

    async def definition(self, organization_id: str, activity: str) -> dict[str, Any] | None:
        """Return an activity's canonical definition; None where no statement has given one."""
        known = await self.definitions(organization_id, [activity])
        if activity not in known:
            query = StatementQuery(activity=activity, related_activities=True)
            await self._look_up(organization_id, query)
            known = await self.definitions(organization_id, [activity])
        return known.get(activity)

    async def names(self, organization_id: str, agent: str) -> list[str]:
        """Return the names that statements have given to an agent, by its agent key."""
        await self.settled()
        known = await self._store.names(organization_id, agent)
        if known is None:
            await self._look_up(organization_id, StatementQuery(agent=agent, related_agents=True))
            known = await self._store.names(organization_id, agent)
        return known or []

    async def erase_agent(self, organization_id: str, agent: str) -> None:
        """Forget an agent's names; those in statements that are still there are found again."""
        await self.settled()
        await self._store.remove_agent(organization_id, agent)

    async def _look_up(self, organization_id: str, query: StatementQuery) -> None:
        page = await self._log.find(organization_id, query)
        await self._learn(organization_id, page.statements[::-1], again=True)

    async def _read_waiting(self) -> None:
        """Read what waits, in large portions; at once where somebody wants it."""
        while self._waiting:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_PAUSE_SECONDS):
                    await self._wanted.wait()
            statements, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
            if not self._waiting:
                self._wanted.clear()
            by_organization = defaultdict(list)
            for statement in statements:
                by_organization[statement.organization_id].append(statement)
            for organization_id, told in by_organization.items():
                try:
                    await self._learn(organization_id, told)
                except Exception:
                    await _logger.aexception("metadata_failed", statements=len(told))
            async with self._progress:
                self._read += len(statements)
                self._progress.notify_all()

    async def _learn(
        self, organization_id: str, statements: Sequence[StoredStatement], *, again: bool = False
    ) -> None:
        """Keep what the statements tell and was not told lately; `again`: even if it was."""
        definitions: dict[str, list[bytes]] = defaultdict(list)
        names: dict[str, set[str]] = defaultdict(set)
        new: set[int] = set()
        for place, statement in enumerate(each for each in statements if each.defines):
            if place % _BEFORE_OTHERS == 0:
                await asyncio.sleep(0)
            mentions = read_mentions(statement.raw)
            for activity, definition in mentions.activities:
                if definition and self._is_new((organization_id, activity, definition), new, again):
                    definitions[activity].append(definition)
            for agent, name in mentions.agents:
                if self._is_new((organization_id, agent, name), new, again):
                    names[agent].add(name)
        if names:
            await self._store.add_names(organization_id, names)
        if definitions:
            await self._define(organization_id, definitions)
        self._remember(new)

    async def _define(self, organization_id: str, told: dict[str, list[bytes]]) -> None:
        """Merge definitions into the canonical ones; again where another server was faster."""
        while told:
            known = await self._store.definitions(organization_id, told)
            new = [(each, canonical(told[each])) for each in told if each not in known]
            taken = await self._store.add_definitions(organization_id, new) if new else set()
            late = {new[at][0] for at in taken}
            for activity, current in known.items():
                merged = canonical([current.definition, *told[activity]])
                if merged != current.definition and not await self._store.replace_definition(
                    organization_id, activity, current, merged
                ):
                    late.add(activity)
            told = {activity: told[activity] for activity in late}

    def _is_new(
        self, fact: tuple[str, ...] | tuple[str, str, bytes], new: set[int], again: bool
    ) -> bool:
        mark = hash(fact)
        if mark in self._told:
            self._told.move_to_end(mark)
            return again
        is_new = mark not in new
        new.add(mark)
        return is_new

    def _remember(self, marks: set[int]) -> None:
        self._told.update(dict.fromkeys(marks))
        while len(self._told) > _MOST_REMEMBERED:
            self._told.popitem(last=False)
