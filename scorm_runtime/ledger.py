"""The one way in which attempts change: atomic writes, each with its statements in an outbox.

The statements are sent to the sink after the write. What a crash leaves unsent is sent again, with
the same ids, when the attempt is next touched or the server starts.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, TypeVar

from msgspec.structs import replace

from scorm_runtime.errors import SessionEnded
from scorm_runtime.held import Held, Holder
from scorm_runtime.launch import Launch
from scorm_runtime.outbox import Outbox
from scorm_runtime.outline import Outline
from scorm_runtime.sequencing import State
from scorm_runtime.sessions import Turn
from scorm_runtime.shared import taken
from scorm_runtime.sink import StatementSink
from scorm_runtime.store import AttemptStore

Answer = TypeVar("Answer")

_TRIES: Final = 16


class Ledger:
    """Attempts as they are read, changed by rules and written; `clock` says when."""

    def __init__(
        self,
        store: AttemptStore,
        sink: StatementSink,
        clock: Callable[[], datetime],
        lease: timedelta,
    ) -> None:
        """A player holds its attempt for `lease` after it was last heard of."""
        self.store = store
        self.outbox = Outbox(store, sink)
        self.clock = clock
        self.lease = lease

    def holder(self, player: str) -> Holder:
        """A player that was heard of now."""
        return Holder(player, self.clock() + self.lease)

    async def save(self, held: Held, turn: Turn) -> bool:
        """Write what `held` is to be, send its statements; False if another writer was first.

        Browsing and review leave no statements.
        """
        if held.attempt.launch.mode != "normal":
            turn = replace(turn, statements=())
        waiting = await self.store.save(held, turn, self.clock())
        if waiting:
            await self.outbox.send(held.attempt.launch.organization_id, held.attempt.id, waiting)
        return waiting is not None

    async def retry(self, attempt: Callable[[], Awaitable[Answer | None]]) -> Answer:
        """Read and write again until no other writer came between."""
        for _ in range(_TRIES):
            answer = await attempt()
            if answer is not None:
                return answer
        raise SessionEnded("The attempt is being written by too many at once; try again.")

    async def with_shared(self, launch: Launch, outline: Outline, held: Held) -> Held:
        """Take in what the learner's other courses have written since."""
        course = outline.course
        if course is None or not (course.shared_objectives or course.shared_data):
            return held
        written = await self.store.shared(launch.organization_id, launch.learner_id)
        state = taken(held.attempt.sequencing or State(), course, written)
        return replace(held, attempt=replace(held.attempt, sequencing=state))
