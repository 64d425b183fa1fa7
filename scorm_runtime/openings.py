"""Openings: a player asks for an item, and a session of the right attempt begins."""

import uuid

from msgspec.structs import replace

from scorm_runtime import preferences, sessions, time_limits
from scorm_runtime.errors import AttemptInUse, AttemptOver
from scorm_runtime.held import Held
from scorm_runtime.launch import Launch
from scorm_runtime.ledger import Ledger
from scorm_runtime.outline import Outline
from scorm_runtime.requests import Opened, OpenRequest
from scorm_runtime.rules import rules_of
from scorm_runtime.sessions import Attempt, Session, Turn, Values, waits


class Openings:
    """Finds the attempt to play, ends the session that ran, and launches what comes next."""

    def __init__(self, ledger: Ledger) -> None:
        """Read and write attempts in `ledger`."""
        self._ledger, self._store = ledger, ledger.store

    async def open(self, launch: Launch, outline: Outline, request: OpenRequest) -> Opened:
        """Launch an item for a player; raises AttemptInUse, AttemptOver and ItemNotFound."""

        async def try_open() -> Opened | None:
            held = await self._attempt(launch, outline, request)
            if held.attempt.retired:
                raise AttemptOver
            await self._refuse_if_held(held, request)
            return await self._open(launch, outline, held, request)

        return await self._ledger.retry(try_open)

    async def _attempt(self, launch: Launch, outline: Outline, request: OpenRequest) -> Held:
        """The attempt to play: the newest of this package, else a new one.

        Browsing and review start afresh each time a player begins; a review shows what was done.
        """
        held = await self._store.latest(launch)
        number = held.attempt.number if held else launch.attempt - 1
        if held is not None and _continues(held, launch, request):
            return held
        attempt = sessions.new_attempt(str(uuid.uuid4()), number + 1, launch, outline)
        values: dict[int, Values] = {}
        if launch.mode == "review":
            attempt, values = await self._reviewed(launch, attempt)
        if await self._store.insert(attempt, values, self._ledger.clock()):
            if launch.mode != "normal":
                await self._store.keep_only(attempt)
            return Held(attempt, {}, None, 0)
        found = await self._store.latest(launch)
        if found is None:
            raise RuntimeError("an attempt of this number is stored and cannot be found")
        return found

    async def _reviewed(
        self, launch: Launch, attempt: Attempt
    ) -> tuple[Attempt, dict[int, Values]]:
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

    async def _refuse_if_held(self, held: Held, request: OpenRequest) -> None:
        holder = held.holder
        known = (request.player, request.replaces)
        if holder is None or holder.player in known or request.takeover:
            return
        left, lease = holder.until - self._ledger.clock(), self._ledger.lease
        if left > lease:
            # The clock was set back since. The hold begins anew, and ends unless it is renewed.
            await self._store.hold_until(held, self._ledger.clock() + lease)
        remaining = min(left, lease).total_seconds()
        if remaining > 0:
            raise AttemptInUse(
                "This course is open in another window.", retry_after=round(remaining, 1)
            )

    async def _open(
        self, launch: Launch, outline: Outline, held: Held, request: OpenRequest
    ) -> Opened | None:
        now, rules = self._ledger.clock(), rules_of(outline, launch.mode)
        held = await self._ledger.with_shared(launch, outline, held)
        late = time_limits.told_at_the_end(held.attempt, now)
        turn = rules.turn(held.attempt, outline, held.current, request.navigation, now)
        if turn.position is None:
            if late is not None and outline.course is None:
                turn = _for(turn, late)
            return await self._nothing_to_launch(held, outline, turn, request)
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
        step = replace(step, values=preferences.given(turn.attempt, step.values))
        limit = time_limits.time_limit(launch, step.values)
        if time_limits.used_up(limit):
            turn = _for(turn, time_limits.TIME_IS_UP)
            return await self._nothing_to_launch(held, outline, turn, request)
        session = replace(session, limit=limit)
        attempt = replace(step.attempt, session=session, last=turn.position, problem=None)
        holder = self._ledger.holder(request.player)
        held = replace(held, attempt=attempt, current=step.values, holder=holder)
        made = (*turn.statements, *step.statements)
        if not await self._ledger.save(held, replace(turn, statements=made)):
            return None
        valid = rules.valid(attempt, outline, step.values)
        return Opened(attempt, session, step.values, outline, valid)

    async def _nothing_to_launch(
        self, held: Held, outline: Outline, turn: Turn, request: OpenRequest
    ) -> Opened | None:
        """The request was carried out; the player keeps an attempt that goes on."""
        holder = self._ledger.holder(request.player) if waits(turn.attempt) else None
        held = replace(held, attempt=turn.attempt, current={}, holder=holder)
        if not await self._ledger.save(held, turn):
            return None
        valid = rules_of(outline, turn.attempt.launch.mode).valid(turn.attempt, outline, {})
        return Opened(turn.attempt, None, {}, outline, valid)


def _for(turn: Turn, problem: str) -> Turn:
    """A turn with the reason why nothing is launched."""
    return replace(turn, attempt=replace(turn.attempt, problem=problem))


def _continues(held: Held, launch: Launch, request: OpenRequest) -> bool:
    """Whether the newest attempt goes on."""
    if held.attempt.launch.package_id != launch.package_id:
        return False
    if launch.mode == "normal":
        return True
    return held.holder is not None and held.holder.player == request.player
