"""The runtime: launches, sessions, commits, and the statements that they become.

Every change is one atomic write that carries its statements in an outbox; they are sent to the sink
after it. What a crash leaves unsent is sent again, with the same ids, when the attempt is next
touched or the server starts.
"""

import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
from msgspec.structs import replace
from pymongo.asynchronous.database import AsyncDatabase

from scorm_runtime import launch as launches
from scorm_runtime import sessions, store, time_limits
from scorm_runtime.errors import AttemptInUse, AttemptOver, CommitGap, SessionEnded
from scorm_runtime.held import Held, Holder
from scorm_runtime.history import History
from scorm_runtime.launch import Launch
from scorm_runtime.navigation import Navigation
from scorm_runtime.outbox import Outbox
from scorm_runtime.outline import Outline, outline_of
from scorm_runtime.packages import PackageSource
from scorm_runtime.rules import rules_of
from scorm_runtime.sequencing import State, ValidRequests
from scorm_runtime.sessions import Attempt, Commit, Refusal, Session, Step, Turn
from scorm_runtime.shared import taken
from scorm_runtime.sink import StatementSink
from scorm_runtime.store import AttemptStore

Answer = TypeVar("Answer")

_TRIES: Final = 16
_OUTLINES_KEPT: Final = 256
_OVER: Final = "This attempt is over: what was done in it is kept. Start the lesson again."


class OpenRequest(msgspec.Struct, frozen=True):
    """A player asks for an item.

    `replaces` names a player of the same browser that is known to be gone; `takeover` ends the
    session of whoever holds the attempt.
    """

    player: str
    navigation: Navigation = Navigation()
    replaces: str | None = None
    takeover: bool = False


class CommitRequest(msgspec.Struct, frozen=True):
    """Commits of one session, oldest first; without any it says that the player is alive."""

    session: str
    commits: tuple[Commit, ...] = ()
    leaving: bool = False


class Opened(msgspec.Struct, frozen=True):
    """An item is launched: its session, its values, and the package as the learner sees it.

    Without a session the request left nothing to launch. `valid` is what sequencing allows.
    """

    attempt: Attempt
    session: Session | None
    values: dict[str, str]
    outline: Outline
    valid: ValidRequests | None = None


class Committed(msgspec.Struct, frozen=True):
    """What a session's commits came to.

    `moved` says that the SCO's navigation request was carried out: the session is over. `valid` is
    what sequencing allows now, None where that has not changed.
    """

    attempt: Attempt
    number: int
    outline: Outline
    position: int | None = None
    refused: tuple[Refusal, ...] = ()
    moved: bool = False
    valid: ValidRequests | None = None


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
        lease: timedelta = timedelta(seconds=12),
    ) -> None:
        """Sign launches with `key` (32 bytes or more) for `lifetime`.

        A player that is silent for `lease` gives its attempt up to the next.
        """
        self.lease = lease
        self._database = database
        self._store = AttemptStore(database)
        self._outbox = Outbox(self._store, sink)
        self._packages = packages
        self._key = key
        self._clock = clock
        self._lifetime = lifetime
        self._outlines: dict[tuple[str, str], Outline] = {}
        self.history = History(self._store, self.outline)

    async def prepare(self) -> None:
        """Make the indexes and send what a crash left unsent."""
        await store.prepare(self._database)
        await self.send_unsent()

    def launch(self, launch: Launch) -> str:
        """The path of the player on the content origin, good for the runtime's `lifetime`."""
        token = launches.sign(launch, self._key, self._clock(), self._lifetime)
        return f"/runtime/launch/{token}"

    def read(self, token: str) -> Launch:
        """The launch that a token stands for; raises LaunchRefused."""
        return launches.read(token, self._key, self._clock())

    async def file(self, launch: Launch, path: str) -> Path:
        """The local path of one of the launched package's files; raises FileNotInPackage."""
        return await self._packages.file(launch.organization_id, launch.package_id, path)

    async def outline(self, launch: Launch) -> Outline:
        """What the player shows of the launched package."""
        key = (launch.organization_id, launch.package_id)
        if key not in self._outlines:
            manifest = await self._packages.manifest(*key)
            if len(self._outlines) >= _OUTLINES_KEPT:
                self._outlines.pop(next(iter(self._outlines)))
            self._outlines[key] = outline_of(manifest)
        return self._outlines[key]

    async def open(self, launch: Launch, request: OpenRequest) -> Opened:
        """Launch an item for a player; ends the session that ran before.

        Raises AttemptInUse while another player holds the attempt, and ItemNotFound.
        """
        outline = await self.outline(launch)

        async def try_open() -> Opened | None:
            held = await self._attempt(launch, outline, request)
            if held.attempt.retired:
                raise AttemptOver(_OVER)
            self._refuse_if_held(held, request)
            return await self._open(launch, outline, held, request)

        return await self._retry(try_open)

    async def commit(self, launch: Launch, request: CommitRequest) -> Committed:
        """Apply a session's commits, each number once; a replay is answered as before.

        Raises SessionEnded, CommitGap and AttemptTooLarge.
        """
        outline = await self.outline(launch)
        if not request.commits and not request.leaving:
            held = await self._store.renew(launch, request.session, self._clock() + self.lease)
            if held is not None:
                return self._committed(held.attempt, outline)

        async def try_commit() -> Committed | None:
            held = self._store.recent(launch, request.session) or await self._store.latest(launch)
            session = held.attempt.session if held else None
            if held is None or session is None or session.id != request.session:
                return self._replayed(held, outline, request)
            return await self._commit(held, session, outline, request)

        return await self._retry(try_commit)

    async def leave(self, launch: Launch, player: str) -> None:
        """The player is done: end its session and give the attempt up."""

        async def try_leave() -> bool | None:
            held = await self._store.latest(launch)
            if held is None or held.holder is None or held.holder.player != player:
                return True
            left = await self._left(held)
            after = replace(held, attempt=left.attempt, current={}, holder=None)
            return True if await self._save(after, left) else None

        await self._retry(try_leave)

    async def retire(
        self, organization_id: str, registration: str, lesson_id: str, *, forget: bool = False
    ) -> None:
        """Let nobody go on with an attempt: it was reset, or another one takes its place.

        `forget` what it wrote for the learner's other courses as well.
        """

        async def try_retire() -> bool | None:
            for held in await self._store.of_lesson(organization_id, registration, lesson_id):
                left = await self._left(held)
                over = replace(left.attempt, retired=True)
                after = replace(held, attempt=over, current={}, holder=None)
                if not held.attempt.retired and not await self._save(after, left):
                    return None
                if forget:
                    await self._store.unshare(organization_id, held.attempt.id)
            return True

        await self._retry(try_retire)

    async def send_unsent(self) -> int:
        """Send every statement that waits in an outbox; how many there were."""
        return await self._outbox.send_unsent()

    async def _attempt(self, launch: Launch, outline: Outline, request: OpenRequest) -> Held:
        """The attempt to play: the newest of this package, else a new one.

        Browsing and review start afresh each time a player begins; a review shows what was done.
        """
        held = await self._store.latest(launch)
        number = held.attempt.number if held else launch.attempt - 1
        if held is not None and _continues(held, launch, request):
            return held
        attempt = sessions.new_attempt(str(uuid.uuid4()), number + 1, launch, outline)
        values: dict[int, dict[str, str]] = {}
        if launch.mode == "review":
            attempt, values = await self._reviewed(launch, attempt)
        if await self._store.insert(attempt, values, self._clock()):
            if launch.mode != "normal":
                await self._store.keep_only(attempt)
            return Held(attempt, {}, None, 0)
        found = await self._store.latest(launch)
        if found is None:
            raise RuntimeError("an attempt of this number is stored and cannot be found")
        return found

    async def _reviewed(
        self, launch: Launch, attempt: Attempt
    ) -> tuple[Attempt, dict[int, dict[str, str]]]:
        done = await self._store.latest(launch, "normal")
        if done is None or done.attempt.launch.package_id != launch.package_id:
            return attempt, {}
        values = await self._store.values(launch.organization_id, done.attempt.id)
        if done.attempt.session is not None:
            values[done.attempt.session.position] = done.current
        shown = done.attempt
        seen = replace(
            attempt,
            items=shown.items,
            lesson=shown.lesson,
            last=shown.last,
            sequencing=shown.sequencing,
        )
        return seen, values

    async def _left(self, held: Held) -> Turn:
        """The attempt without a session; what ran is suspended."""
        if held.attempt.session is None:
            return Turn(held.attempt, None)
        outline, suspend = await self.outline(held.attempt.launch), Navigation("suspendAll")
        rules = rules_of(outline, held.attempt.launch.mode)
        return rules.turn(held.attempt, outline, held.current, suspend, self._clock())

    def _refuse_if_held(self, held: Held, request: OpenRequest) -> None:
        holder = held.holder
        known = (request.player, request.replaces)
        if holder is None or holder.player in known or request.takeover:
            return
        # A clock that was set back makes the rest longer than it ever was.
        remaining = min((holder.until - self._clock()), self.lease).total_seconds()
        if remaining > 0:
            raise AttemptInUse(
                "This course is open in another window.", retry_after=round(remaining, 1)
            )

    async def _open(
        self, launch: Launch, outline: Outline, held: Held, request: OpenRequest
    ) -> Opened | None:
        now, rules = self._clock(), rules_of(outline, launch.mode)
        held = await self._with_shared(launch, outline, held)
        late = time_limits.told_at_the_end(held.attempt, now)
        turn = rules.turn(held.attempt, outline, held.current, request.navigation, now)
        if turn.position is None:
            if late is not None and outline.course is None:
                turn = replace(turn, attempt=replace(turn.attempt, problem=late))
            holder = Holder(request.player, now + self.lease) if waits(turn.attempt) else None
            held = replace(held, attempt=turn.attempt, current={}, holder=holder)
            if not await self._save(held, turn):
                return None
            return Opened(turn.attempt, None, {}, outline, rules.valid(turn.attempt, outline))
        stored = await self._store.values(launch.organization_id, held.attempt.id)
        values = {**stored, **turn.parked}.get(turn.position, {})
        session = Session(
            id=str(uuid.uuid4()),
            player=request.player,
            position=turn.position,
            started=now,
            touched=now,
        )
        step = rules.open_session(turn.attempt, outline, session, values, launch)
        limit = time_limits.time_limit(launch, step.values)
        if time_limits.used_up(limit):
            return await self._out_of_time(held, outline, turn, request)
        session = replace(session, limit=limit)
        attempt = replace(step.attempt, session=session, last=turn.position, problem=None)
        holder = Holder(request.player, now + self.lease)
        held = replace(held, attempt=attempt, current=step.values, holder=holder)
        made = (*turn.statements, *step.statements)
        if not await self._save(held, replace(turn, statements=made)):
            return None
        return Opened(attempt, session, step.values, outline, step.valid)

    async def _out_of_time(
        self, held: Held, outline: Outline, turn: Turn, request: OpenRequest
    ) -> Opened | None:
        """What was to be launched has no time left: the learner has to choose something else."""
        attempt = replace(turn.attempt, problem=time_limits.TIME_IS_UP)
        holder = Holder(request.player, self._clock() + self.lease) if waits(attempt) else None
        held = replace(held, attempt=attempt, current={}, holder=holder)
        if not await self._save(held, turn):
            return None
        valid = rules_of(outline, attempt.launch.mode).valid(attempt, outline)
        return Opened(attempt, None, {}, outline, valid)

    async def _with_shared(self, launch: Launch, outline: Outline, held: Held) -> Held:
        """Take in what the learner's other courses have written since."""
        course = outline.course
        if course is None or not (course.shared_objectives or course.shared_data):
            return held
        written = await self._store.shared(launch.organization_id, launch.learner_id)
        state = taken(held.attempt.sequencing or State(), course, written)
        return replace(held, attempt=replace(held.attempt, sequencing=state))

    async def _commit(
        self, held: Held, session: Session, outline: Outline, request: CommitRequest
    ) -> Committed | None:
        now, rules = self._clock(), rules_of(outline, held.attempt.launch.mode)
        step = Step(held.attempt, session.position, held.current)
        statements: list[dict[str, Any]] = []
        refused: list[Refusal] = []
        valid, proceed = None, False
        for commit in request.commits:
            if commit.number <= session.number:
                continue
            if commit.number != session.number + 1:
                raise CommitGap("A commit is missing.", expected=session.number + 1)
            commit, late = time_limits.in_time(session, commit, now)
            refused.extend(late)
            step = rules.apply_commit(step.attempt, session, outline, step.values, commit, now)
            session = step.attempt.session or session
            statements.extend(step.statements)
            refused.extend(step.refused)
            valid, proceed = step.valid or valid, commit.finish and commit.proceed
        asked = rules.asked(step.attempt, outline, step.values) if proceed else None
        if asked is not None:
            held = replace(held, attempt=step.attempt, current=step.values)
            return await self._proceed(held, outline, asked, statements, session)
        until = now if request.leaving else now + self.lease
        after = replace(
            held,
            attempt=step.attempt,
            current=step.values,
            holder=Holder(session.player, until),
        )
        if not await self._save(after, Turn(step.attempt, None, tuple(statements))):
            return None
        return self._committed(step.attempt, outline, tuple(refused), valid)

    async def _proceed(
        self,
        held: Held,
        outline: Outline,
        asked: Navigation,
        statements: Sequence[dict[str, Any]],
        session: Session,
    ) -> Committed | None:
        """Carry out what a SCO asked for as it ended, in the write of its last commit."""
        now = self._clock()
        held = await self._with_shared(held.attempt.launch, outline, held)
        rules = rules_of(outline, held.attempt.launch.mode)
        turn = rules.turn(held.attempt, outline, held.current, asked, now)
        turn = replace(turn, statements=(*statements, *turn.statements))
        holder = Holder(session.player, now + self.lease) if waits(turn.attempt) else None
        held = replace(held, attempt=turn.attempt, current={}, holder=holder)
        if not await self._save(held, turn):
            return None
        return Committed(turn.attempt, session.number, outline, moved=True)

    def _replayed(self, held: Held | None, outline: Outline, request: CommitRequest) -> Committed:
        """Answer for a session that has ended: commits that it had applied are acknowledged."""
        if held is not None and held.attempt.retired:
            raise AttemptOver(_OVER)
        past = dict(held.attempt.past) if held else {}
        number = past.get(request.session)
        if held is None or number is None or any(one.number > number for one in request.commits):
            raise SessionEnded("This session has ended: the course was opened elsewhere.")
        if not request.commits:
            raise SessionEnded("This session has ended.")
        moved = outline.course is not None and held.attempt.session is None
        return Committed(held.attempt, number, outline, moved=moved)

    def _committed(
        self,
        attempt: Attempt,
        outline: Outline,
        refused: tuple[Refusal, ...] = (),
        valid: ValidRequests | None = None,
    ) -> Committed:
        session = attempt.session
        if session is None:
            raise SessionEnded("This session has ended.")
        return Committed(attempt, session.number, outline, session.position, refused, valid=valid)

    async def _save(self, held: Held, turn: Turn) -> bool:
        """Write what a turn came to; browsing and review leave no statements."""
        if held.attempt.launch.mode != "normal":
            turn = replace(turn, statements=())
        waiting = await self._store.save(held, turn, self._clock())
        if waiting:
            await self._outbox.send(held.attempt.launch.organization_id, held.attempt.id, waiting)
        return waiting is not None

    async def _retry(self, attempt: Callable[[], Awaitable[Answer | None]]) -> Answer:
        """Read and write again until no other writer came between."""
        for _ in range(_TRIES):
            answer = await attempt()
            if answer is not None:
                return answer
        raise SessionEnded("The attempt is being written by too many at once; try again.")


def _continues(held: Held, launch: Launch, request: OpenRequest) -> bool:
    """Whether the newest attempt goes on."""
    if held.attempt.launch.package_id != launch.package_id:
        return False
    if launch.mode == "normal":
        return True
    return held.holder is not None and held.holder.player == request.player


def waits(attempt: Attempt) -> bool:
    """Whether sequencing goes on without a session: something is to be launched or chosen."""
    state = attempt.sequencing
    return state is not None and (attempt.delivery is not None or state.current is not None)
