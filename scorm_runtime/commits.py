"""Commits: what a session's SCO said is applied once, and what it asked for as it ended is done."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from msgspec.structs import replace

from scorm_runtime import preferences
from scorm_runtime.errors import AttemptOver, CommitGap, SessionEnded
from scorm_runtime.held import Held, Holder
from scorm_runtime.launch import Launch
from scorm_runtime.ledger import Ledger
from scorm_runtime.navigation import Navigation
from scorm_runtime.outline import Outline
from scorm_runtime.requests import CommitRequest, Committed
from scorm_runtime.rules import rules_of
from scorm_runtime.sequencing import ValidRequests
from scorm_runtime.sessions import Attempt, Commit, Refusal, Session, Step, Turn, waits
from scorm_runtime.time_limits import in_time

_SUSPEND: Final = Navigation("suspendAll")


class Commits:
    """Applies the commits of the sessions that run, and ends those that a player leaves."""

    def __init__(self, ledger: Ledger) -> None:
        """Read and write attempts in `ledger`."""
        self._ledger, self._store = ledger, ledger.store

    async def commit(self, launch: Launch, outline: Outline, request: CommitRequest) -> Committed:
        """Apply commits, each number once; raises SessionEnded, CommitGap and AttemptTooLarge."""
        if not request.commits and not request.leaving:
            until = self._ledger.clock() + self._ledger.lease
            held = await self._store.renew(launch, request.session, until)
            if held is not None:
                return _committed(held.attempt, outline)

        async def try_commit() -> Committed | None:
            store = self._store
            held = store.recent(launch, request.session) or await store.latest(launch)
            session = held.attempt.session if held else None
            if held is None or session is None or session.id != request.session:
                return _replayed(held, outline, request)
            return await self._commit(held, session, outline, request)

        return await self._ledger.retry(try_commit)

    async def leave(self, launch: Launch, outline: Outline, player: str) -> None:
        """End the player's session and give its attempt up."""

        async def try_leave() -> bool | None:
            held = await self._store.latest(launch)
            if held is None or held.holder is None or held.holder.player != player:
                return True
            return True if await self._leave(held, outline) else None

        await self._ledger.retry(try_leave)

    async def retire(self, held: Held, outline: Outline) -> bool:
        """Let nobody go on with an attempt; False if another writer was first."""
        return held.attempt.retired or await self._leave(held, outline, retired=True)

    async def _leave(self, held: Held, outline: Outline, *, retired: bool = False) -> bool:
        left = Turn(held.attempt, None)
        if held.attempt.session is not None:
            left = rules_of(outline, held.attempt.launch.mode).turn(
                held.attempt, outline, held.current, _SUSPEND, self._ledger.clock()
            )
        after = replace(left.attempt, retired=retired or held.attempt.retired)
        return await self._ledger.save(replace(held, attempt=after, current={}, holder=None), left)

    async def _commit(
        self, held: Held, session: Session, outline: Outline, request: CommitRequest
    ) -> Committed | None:
        now = self._ledger.clock()
        step, proceed = _applied(held, session, outline, request.commits, now)
        rules = rules_of(outline, held.attempt.launch.mode)
        asked = rules.asked(step.attempt, outline, step.values) if proceed else None
        held = replace(held, attempt=step.attempt, current=step.values)
        if asked is not None:
            return await self._proceed(held, outline, asked, step.statements, session.player)
        until = now if request.leaving else now + self._ledger.lease
        held = replace(held, holder=Holder(session.player, until))
        if not await self._ledger.save(held, Turn(step.attempt, None, step.statements)):
            return None
        valid = rules.valid(step.attempt, outline, step.values) if step.news else None
        return _committed(step.attempt, outline, step.refused, valid)

    async def _proceed(
        self,
        held: Held,
        outline: Outline,
        asked: Navigation,
        statements: Sequence[dict[str, Any]],
        player: str,
    ) -> Committed | None:
        """Carry out what a SCO asked for as it ended, in the write of its last commit."""
        number = held.attempt.session.number if held.attempt.session else 0
        held = await self._ledger.with_shared(held.attempt.launch, outline, held)
        rules, now = rules_of(outline, held.attempt.launch.mode), self._ledger.clock()
        turn = rules.turn(held.attempt, outline, held.current, asked, now)
        turn = replace(turn, statements=(*statements, *turn.statements))
        holder = self._ledger.holder(player) if waits(turn.attempt) else None
        held = replace(held, attempt=turn.attempt, current={}, holder=holder)
        if not await self._ledger.save(held, turn):
            return None
        return Committed(turn.attempt, number, outline, moved=True)


def _applied(
    held: Held, session: Session, outline: Outline, commits: Sequence[Commit], now: datetime
) -> tuple[Step, bool]:
    """What the commits that are new come to, and whether the SCO's request is due."""
    rules, proceed = rules_of(outline, held.attempt.launch.mode), False
    step = Step(held.attempt, session.position, held.current)
    for commit in commits:
        if commit.number <= session.number:
            continue
        if commit.number != session.number + 1:
            raise CommitGap("A commit is missing.", expected=session.number + 1)
        before = step
        commit, late = in_time(session, commit, now)
        step = rules.apply_commit(before.attempt, session, outline, before.values, commit, now)
        step = preferences.kept(step, commit)
        step = replace(
            step,
            statements=(*before.statements, *step.statements),
            refused=(*before.refused, *late, *step.refused),
            news=step.news or before.news,
        )
        session = step.attempt.session or session
        proceed = commit.finish and commit.proceed
    return step, proceed


def _replayed(held: Held | None, outline: Outline, request: CommitRequest) -> Committed:
    """Answer for a session that has ended: commits that it had applied are acknowledged."""
    if held is not None and held.attempt.retired:
        raise AttemptOver
    past = dict(held.attempt.past) if held else {}
    number = past.get(request.session)
    if held is None or number is None or any(one.number > number for one in request.commits):
        raise SessionEnded("This session has ended: the course was opened elsewhere.")
    if not request.commits:
        raise SessionEnded("This session has ended.")
    moved = outline.course is not None and held.attempt.session is None
    return Committed(held.attempt, number, outline, moved=moved)


def _committed(
    attempt: Attempt,
    outline: Outline,
    refused: tuple[Refusal, ...] = (),
    valid: ValidRequests | None = None,
) -> Committed:
    session = attempt.session
    if session is None:
        raise SessionEnded("This session has ended.")
    return Committed(attempt, session.number, outline, session.position, refused, valid=valid)
