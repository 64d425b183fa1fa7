"""What was done in attempts: how they stand, what was answered, which rule decided what."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from scorm_runtime import interactions
from scorm_runtime.cmi.timespan import duration_of
from scorm_runtime.launch import Launch
from scorm_runtime.navigation import Move
from scorm_runtime.outline import Activity, Outline
from scorm_runtime.sessions import Attempt
from scorm_runtime.store import AttemptStore


class Answered(msgspec.Struct, frozen=True):
    """One interaction as it stands: the question, the response, whether it was right, and how long.

    `patterns` are the right responses; `success` is None where the content did not judge; `latency`
    is an ISO 8601 duration. Texts are as the content wrote them, in the notation of xAPI.
    """

    item: str
    item_title: str
    identifier: str
    kind: str
    question: str
    response: str
    patterns: tuple[str, ...]
    result: str
    success: bool | None
    weighting: str
    latency: str
    at: str


class History:
    """Reads attempts back."""

    def __init__(
        self, store: AttemptStore, outline: Callable[[Launch], Awaitable[Outline]]
    ) -> None:
        self._store = store
        self._outline = outline

    async def attempts(self, organization_id: str, registrations: Sequence[str]) -> list[Attempt]:
        """The attempts of some registrations, the newest of each lesson first; no reviews."""
        found = await self._store.of_registrations(organization_id, registrations)
        found.sort(key=lambda each: each.number, reverse=True)
        return sorted(found, key=lambda each: each.launch.lesson_id)

    async def attempt(self, organization_id: str, attempt_id: str) -> Attempt | None:
        """One attempt."""
        held = await self._store.get(organization_id, attempt_id)
        return held.attempt if held else None

    async def current(self, launch: Launch) -> Attempt | None:
        """The newest attempt of a launch."""
        held = await self._store.latest(launch)
        return held.attempt if held else None

    async def moves(self, organization_id: str, attempt_id: str) -> list[Move]:
        """The latest navigation requests of an attempt, oldest first."""
        return await self._store.moves(organization_id, attempt_id)

    async def answers(self, organization_id: str, attempt_id: str) -> list[Answered]:
        """Every interaction of an attempt, by item, as its last session left it."""
        held = await self._store.get(organization_id, attempt_id)
        if held is None:
            return []
        values = await self._store.values(organization_id, attempt_id)
        if held.attempt.session is not None:
            values[held.attempt.session.position] = held.current
        outline = await self._outline(held.attempt.launch)
        notation = interactions.SCORM12 if outline.course is None else interactions.SCORM2004
        return [
            _answered(outline.activities[position], one)
            for position in sorted(values)
            for one in interactions.read(values[position], notation)
        ]


def _answered(activity: Activity, one: interactions.Interaction) -> Answered:
    kind, notation = one.fields.get("type", "other"), one.notation
    response, judgement = one.outcome
    found: dict[str, Any] = interactions.result(one)
    latency = one.fields.get("latency")
    return Answered(
        item=activity.identifier,
        item_title=activity.title,
        identifier=one.identifier,
        kind=kind,
        question=one.fields.get("description", ""),
        response=notation.translate(kind, response),
        patterns=tuple(notation.translate(kind, each) for each in one.patterns),
        result=judgement,
        success=found.get("success"),
        weighting=one.fields.get("weighting", ""),
        latency=duration_of(notation.seconds(latency)) if latency else "",
        at=one.fields.get("timestamp") or one.fields.get("time", ""),
    )
