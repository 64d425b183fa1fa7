"""What SCORM 2004's courses share for one learner: objectives and stores global to the system.

Each attempt keeps what it wrote, and when; the newest of all the learner's attempts holds. So the
write is atomic with the attempt's own, and there is no second document to fall out of step.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from scorm_runtime.course import Course
from scorm_runtime.sequencing import ObjectiveProgress, State

Value = TypeVar("Value")


class Shared(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one attempt wrote, by target: when, and what."""

    objectives: dict[str, tuple[datetime, ObjectiveProgress]] = {}
    data: dict[str, tuple[datetime, str]] = {}

    def __bool__(self) -> bool:
        return bool(self.objectives or self.data)


def noted(written: Shared, course: Course, before: State, after: State, at: datetime) -> Shared:
    """Add what a step changed."""
    return Shared(
        _noted(
            written.objectives, course.shared_objectives, before.objectives, after.objectives, at
        ),
        _noted(written.data, course.shared_data, before.data, after.data, at),
    )


def taken(state: State, course: Course, written: Iterable[Shared]) -> State:
    """The state with the newest of what the learner's attempts wrote."""
    everything = list(written)
    objectives = _newest(course.shared_objectives, [each.objectives for each in everything])
    data = _newest(course.shared_data, [each.data for each in everything])
    if not objectives and not data:
        return state
    return replace(
        state, objectives={**state.objectives, **objectives}, data={**state.data, **data}
    )


def _noted(
    written: dict[str, tuple[datetime, Value]],
    targets: frozenset[str],
    before: Mapping[str, Value],
    after: Mapping[str, Value],
    at: datetime,
) -> dict[str, tuple[datetime, Value]]:
    changed = {
        target: (at, value)
        for target, value in after.items()
        if target in targets and before.get(target) != value
    }
    return {**written, **changed} if changed else written


def _newest(
    targets: frozenset[str], written: Iterable[Mapping[str, tuple[datetime, Value]]]
) -> dict[str, Value]:
    found: dict[str, tuple[datetime, Value]] = {}
    for each in written:
        for target in targets & each.keys():
            if target not in found or each[target][0] > found[target][0]:
                found[target] = each[target]
    return {target: value for target, (_, value) in found.items()}
