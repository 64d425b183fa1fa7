"""The runtime: launches, sessions, commits, and the statements that they become.

Every change is one atomic write that carries its statements in an outbox (`ledger`); `openings`
begins sessions, `commits` takes what their SCOs say and ends them.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from scorm_runtime import launch as launches
from scorm_runtime import store
from scorm_runtime.commits import Commits
from scorm_runtime.history import History
from scorm_runtime.launch import Launch
from scorm_runtime.ledger import Ledger
from scorm_runtime.openings import Openings
from scorm_runtime.outline import Outline
from scorm_runtime.outlines import Outlines
from scorm_runtime.packages import PackageSource
from scorm_runtime.requests import CommitRequest, Committed, Opened, OpenRequest
from scorm_runtime.sink import StatementSink
from scorm_runtime.store import AttemptStore

__all__ = ["CommitRequest", "Committed", "OpenRequest", "Opened", "Runtime"]


def _now() -> datetime:
    return datetime.now(UTC)


class Runtime:
    """Plays packages: `launch` gives the learner a way in, the content origin does the rest."""

    def __init__(
        self,
        database: AsyncDatabase[dict[str, Any]],
        sink: StatementSink,
        packages: PackageSource,
        key: bytes,
        *,
        clock: Callable[[], datetime] = _now,
        lifetime: timedelta = timedelta(hours=12),
        grace: timedelta = timedelta(hours=12),
        lease: timedelta = timedelta(seconds=12),
    ) -> None:
        """Sign launches with `key` (32 bytes or more) for `lifetime`.

        What a session says is taken for `grace` longer, so that an expired sign-in loses nothing.
        A player that is silent for `lease` gives its attempt up to the next.
        """
        self.lease = lease
        self._database = database
        self._packages = packages
        self._key = key
        self._clock = clock
        self._lifetime, self._grace = lifetime, grace
        self._outlines = Outlines(packages)
        attempts = AttemptStore(database)
        self._ledger = Ledger(attempts, sink, clock, lease)
        self._openings = Openings(self._ledger)
        self._commits = Commits(self._ledger)
        self.history = History(attempts, self.outline)

    async def prepare(self) -> None:
        """Make the indexes and send what a crash left unsent."""
        await store.prepare(self._database)
        await self.send_unsent()

    def launch(self, launch: Launch) -> str:
        """The path of the player on the content origin, good for the runtime's `lifetime`."""
        token = launches.sign(launch, self._key, self._clock(), self._lifetime)
        return f"/runtime/launch/{token}"

    def read(self, token: str, *, late: bool = False) -> Launch:
        """The launch that a token stands for; raises LaunchRefused.

        One that expired less than the runtime's `grace` ago is only good for who comes `late`.
        """
        grace = self._grace if late else timedelta(0)
        return launches.read(token, self._key, self._clock(), grace)

    def remaining(self, token: str) -> timedelta:
        """How long a launch is still good."""
        return launches.remaining(token, self._key, self._clock())

    async def file(self, launch: Launch, path: str) -> Path:
        """The local path of one of the launched package's files; raises FileNotInPackage."""
        return await self._packages.file(launch.organization_id, launch.package_id, path)

    async def outline(self, launch: Launch) -> Outline:
        """What the player shows of the launched package."""
        return await self._outlines.of(launch)

    async def open(self, launch: Launch, request: OpenRequest) -> Opened:
        """Launch an item for a player; ends the session that ran before.

        Raises AttemptInUse while another player holds the attempt, and ItemNotFound.
        """
        return await self._openings.open(launch, await self.outline(launch), request)

    async def commit(self, launch: Launch, request: CommitRequest) -> Committed:
        """Apply a session's commits, each number once; a replay is answered as before.

        Raises SessionEnded, CommitGap and AttemptTooLarge.
        """
        return await self._commits.commit(launch, await self.outline(launch), request)

    async def leave(self, launch: Launch, player: str) -> None:
        """The player is done: end its session and give the attempt up."""
        await self._commits.leave(launch, await self.outline(launch), player)

    async def retire(
        self, organization_id: str, registration: str, lesson_id: str, *, forget: bool = False
    ) -> None:
        """Let nobody go on with an attempt: it was reset, or another one takes its place.

        `forget` what it wrote for the learner's other courses as well.
        """
        attempts = self._ledger.store

        async def try_retire() -> bool | None:
            for held in await attempts.of_lesson(organization_id, registration, lesson_id):
                if not await self._commits.retire(held, await self.outline(held.attempt.launch)):
                    return None
                if forget:
                    await attempts.unshare(organization_id, held.attempt.id)
            return True

        await self._ledger.retry(try_retire)

    async def send_unsent(self) -> int:
        """Send every statement that waits in an outbox; how many there were."""
        return await self._ledger.outbox.send_unsent()
